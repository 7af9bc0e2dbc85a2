// The compare panel: a table to pick runs from, and tabs that show the picked ones.

import { checklist, make, settled, unique } from "./dom.js";
import { mounted, watched } from "./mount.js";
import { plot } from "./plot.js";
import { Rows } from "./rows.js";
import { runTable } from "./table.js";

const TABS = [["values", "Params & metrics"], ["curves", "Curves"], ["parallel", "Parallel coordinates"], ["scatter", "Scatter"], ["code", "Code"], ["resources", "Resources"]];

/** Return what all views of one panel share: its rows, its last views, and who listens. */
function shared(model) {
  const hub = { rows: new Rows(), views: {}, note: "", busy: "", waiting: 0, listeners: new Set() };
  const tell = (what) => hub.listeners.forEach((listener) => listener(what));
  model.on("msg:custom", (content, buffers) => {
    if (content.kind === "rows") hub.rows.receive(content, buffers);
    else if (content.kind === "view") {
      hub.views[content.tab] = content;
      clearTimeout(hub.waiting);
      hub.busy = "";
    }
    else if (content.kind === "note") hub.note = content.text;
    else return;
    tell(content.kind);
  });
  for (const name of ["selected", "tab", "colors"]) model.on(`change:${name}`, () => tell(name));
  hub.selected = () => new Set(model.get("selected"));
  hub.colors = () => model.get("colors");
  hub.directions = () => model.get("directions");
  hub.set = (name, value) => {
    // the kernel answers changes only
    if (JSON.stringify(model.get(name)) === JSON.stringify(value)) return;
    model.set(name, value);
    model.save_changes();
    tell(name);
    clearTimeout(hub.waiting);
    hub.waiting = setTimeout(() => {
      hub.busy = "the kernel is busy: this will be drawn when it is free";
      tell("note");
    }, 1500);
  };
  hub.select = (ids) => hub.set("selected", ids);
  return hub;
}

/** Build one view of the panel; gives `{root, close}`. `coming`: the kernel sends by itself. */
function build(model, hub, coming) {
  const uid = unique("tb-tab");
  const table = runTable(hub.rows, hub);
  const controls = make("div", { class: "tb-controls" });
  const content = make("div", { class: "tb-content" });
  const figure = make("div", { class: "tb-plot" });
  const note = make("div", { class: "tb-note", role: "status" });
  const tabs = TABS.map(([key, title]) =>
    make("button", { type: "button", role: "tab", id: `${uid}-${key}`, "aria-controls": uid, onclick: () => hub.set("tab", key) }, title));
  const bar = make("div", { class: "tb-tabs", role: "tablist", "aria-label": "What to compare" }, ...tabs);
  const sheet = make("div", { class: "tb-sheet", role: "tabpanel", id: uid, tabindex: -1 }, controls, content);
  const root = make("div", { class: "tb-panel", "data-lm-suppress-shortcuts": "true" }, table.root, bar, sheet, note);
  const chart = plot(figure, model, {
    click: (points) => points.filter((p) => p[2]).forEach(([, , id]) => toggle(id)),
  });
  let settings = "";

  function toggle(id) {
    const picked = hub.selected();
    if (!picked.delete(id)) picked.add(id);
    hub.select([...picked]);
    table.paint();
  }

  function draw() {
    const now = model.get("tab");
    TABS.forEach(([key], at) => {
      tabs[at].setAttribute("aria-selected", String(key === now));
      tabs[at].tabIndex = key === now ? 0 : -1;
    });
    sheet.setAttribute("aria-labelledby", `${uid}-${now}`);
    const view = hub.views[now];
    sheet.setAttribute("aria-busy", String(!view));
    note.textContent = [hub.busy, view?.note, hub.note].filter(Boolean).join(" · ");
    const said = JSON.stringify([now, view?.controls ?? []]);
    if (said !== settings && !controls.contains(document.querySelector(".tb-pick[open]"))) {
      settings = said;
      const held = controls.contains(document.activeElement) && document.activeElement.name;
      controls.replaceChildren(...(view?.controls ?? []).map((one) => control(one, hub)));
      if (held) controls.querySelector(`[name="${held}"]`)?.focus();
    }
    if (view?.figure) {
      if (!content.contains(figure)) content.replaceChildren(figure);
      chart.show(view.figure).catch((error) => (note.textContent = error.message));
    } else if (view?.beside) content.replaceChildren(beside(view.beside, hub));
    else if (view?.code) content.replaceChildren(code(view.code));
    else content.replaceChildren(make("p", { class: "tb-empty" }, view?.words ?? "…"));
  }

  bar.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const at = (TABS.findIndex(([key]) => key === model.get("tab")) + step + TABS.length) % TABS.length;
    hub.set("tab", TABS[at][0]);
    tabs[at].focus();
  });
  const listen = (what) => {
    if (what === "rows") table.refresh();
    else if (what === "selected" || what === "colors") table.paint();
    if (what !== "rows" && what !== "selected") draw();
  };
  hub.listeners.add(listen);
  const unwatch = watched(root, (seen) => model.send({ ask: seen ? "follow" : "rest" }));
  root.addEventListener("pointerleave", settled(() => root.matches(":focus-within, :hover") || model.send({ ask: "picture" }), 1500));
  if (hub.rows.ids.length) table.refresh();
  else if (!coming) model.send({ ask: "all" });
  draw();
  return {
    root,
    close() {
      hub.listeners.delete(listen);
      unwatch();
      chart.close();
    },
  };
}

/** Return one setting as a labelled control; what it does is known to the kernel only. */
function control({ type, trait, label, value, options, ...range }, hub) {
  const send = settled((next) => hub.set(trait, next), type === "range" ? 60 : 0);
  if (type === "many") {
    const groups = [["", options.map(([key, name]) => [key, name, value.includes(key)])]];
    return checklist(`${label} (${value.length})`, groups, (keys) => hub.set(trait, keys));
  }
  let input;
  if (type === "one") {
    input = make("select", { name: trait }, ...options.map(([key, name]) => make("option", { value: key }, name)));
    input.value = value;
    input.addEventListener("change", () => send(input.value));
  } else if (type === "range") {
    input = make("input", { type: "range", name: trait, ...range });
    input.value = value;
    input.addEventListener("input", () => send(Number(input.value)));
  } else {
    input = make("input", { type: "checkbox", name: trait });
    input.checked = value;
    input.addEventListener("change", () => send(input.checked));
  }
  return make("label", { class: "tb-control" }, label, input);
}

/** Return runs side by side, one column each; what differs and what is best is marked. */
function beside({ runs, rows }, hub) {
  const colors = hub.colors();
  const titles = runs.map((run) => {
    const swatch = make("span", { class: "tb-swatch" });
    swatch.style.background = colors[run.id] ?? "transparent";
    return make("th", { scope: "col", title: run.id }, swatch, run.name);
  });
  const lines = [];
  let group = "";
  for (const row of rows) {
    if (row.group !== group) {
      group = row.group;
      lines.push(make("tr", { class: "tb-group" }, make("th", { colspan: runs.length + 1, scope: "rowgroup" }, group)));
    }
    const cells = row.cells.map((text, at) => {
      const best = row.best.includes(at);
      const mark = make("span", { class: "tb-mark", role: "img", title: "best", "aria-label": "best" }, "▲");
      return make("td", { title: row.titles[at] }, ...(best ? [make("b", {}, text), mark] : [text]));
    });
    const dot = make("span", { class: "tb-dot", title: row.differs ? "differs" : "", "aria-label": row.differs ? "differs" : null }, row.differs ? "≠" : "");
    const name = make("th", { scope: "row" }, dot, row.name);
    if (row.metric !== undefined) name.append(direction(row, hub));
    lines.push(make("tr", { class: row.differs ? "tb-differs" : "" }, name, ...cells));
  }
  const head = make("thead", {}, make("tr", {}, make("td"), ...titles));
  return make("div", { class: "tb-scroll" }, make("table", { class: "tb-beside" }, head, make("tbody", {}, ...lines)));
}

/** Return the button that says which way a metric is better, and turns it. */
function direction({ metric, direction: now }, hub) {
  const next = { max: "min", min: "", "": "max" }[now];
  const word = { max: "higher is better", min: "lower is better", "": "neither is better" }[now];
  return make("button", {
    type: "button", class: "tb-turn", title: `${word}; click to change`, "aria-label": `${metric}: ${word}`,
    onclick: () => hub.set("directions", { ...hub.directions(), [metric]: next }),
  }, { max: "↑", min: "↓", "": "–" }[now]);
}

/** Return a diff in one column or two. */
function code({ rows, pairs }) {
  const sign = { add: "+", del: "−", same: " ", hunk: "" };
  const cell = (row) => make("td", { class: `tb-${row?.kind ?? "none"}` }, row ? `${sign[row.kind]} ${row.text}` : "");
  const number = (value) => make("td", { class: "tb-line" }, value ?? "");
  const lines = rows
    ? rows.map((row) => make("tr", {}, number(row.a), number(row.b), cell(row)))
    : pairs.map(([a, b]) => a?.kind === "hunk"
      ? make("tr", {}, make("td", { class: "tb-hunk", colspan: 4 }, a.text))
      : make("tr", {}, number(a?.a), cell(a), number(b?.b), cell(b)));
  return make("div", { class: "tb-scroll" }, make("table", { class: "tb-code" }, make("tbody", {}, ...lines)));
}

export default () => {
  let hub;
  return {
    initialize({ model }) {
      hub = shared(model);
      return mounted(model, () => build(model, hub, !model.get("sent")));
    },
    render({ model, el }) {
      const view = build(model, hub, false);
      el.append(view.root);
      return view.close;
    },
  };
};
