// Versions in columns: one table whose sections fold, with a plot of the gains in it.

import { make, unique } from "./dom.js";
import { mounted } from "./mount.js";
import { plot } from "./plot.js";

const WIDE = 760;
const SIGNS = { better: "▲", worse: "▼", undecided: "○" };
const SPOKEN = { better: "better", worse: "worse", undecided: "not told apart" };

function build(model) {
  const view = JSON.parse(model.get("view"));
  const uid = unique("tb-versus");
  const several = view.versions.length > 1;
  const width = `calc(max(100%, var(--tb-names) + ${view.versions.length} * var(--tb-least)))`;
  const voice = make("div", { class: "tb-voice", role: "status" });
  const parts = view.sections.map((section) => part(section, view, `${uid}-${section.key}`, fold));
  const table = make("table", { class: several ? "tb-side" : "tb-side tb-single", style: `width: ${width}` },
    make("caption", { class: "tb-voice" }, "Versions side by side; the first is the reference"),
    make("thead", {}, make("tr", {}, make("td"), ...view.versions.map(head))),
    ...parts.flatMap((one) => [one.top, one.body]));
  const only = make("input", { type: "checkbox", role: "switch", onchange: () => set("only_different", only.checked) });
  const all = make("button", { type: "button", class: "tb-plain", onclick: turnAll });
  const bar = make("div", { class: "tb-bar" },
    several && make("label", { class: "tb-control" }, only, "Only what differs"), all);
  const scroll = make("div", { class: "tb-side-scroll", tabindex: 0, role: "region", "aria-label": "Versions side by side" }, table);
  const root = make("div", { class: "tb-panel tb-versus", "data-lm-suppress-shortcuts": "true" },
    make("p", { class: "tb-headline" }, view.headline), bar, scroll, voice);
  const drawn = parts.find((one) => one.figure);
  const chart = drawn && plot(drawn.figure, model, { fit: fitted });
  chart?.show(view.figure).catch((error) => (drawn.figure.textContent = error.message));

  function fitted(figure, element) {
    Object.assign(figure.layout, structuredClone(view.figure.layouts[element.clientWidth < WIDE ? "narrow" : "wide"]));
  }

  function set(name, value) {
    model.set(name, value);
    model.save_changes();
    paint();
  }

  function fold(key) {
    const now = new Set(model.get("folded"));
    if (!now.delete(key)) now.add(key);
    set("folded", [...now]);
  }

  function turnAll() {
    const open = model.get("folded").length < parts.length;
    set("folded", open ? parts.map((one) => one.key) : []);
  }

  function paint() {
    const folded = new Set(model.get("folded"));
    only.checked = model.get("only_different");
    all.textContent = folded.size < parts.length ? "Fold all" : "Open all";
    let shown = 0;
    for (const one of parts) {
      one.button.setAttribute("aria-expanded", String(!folded.has(one.key)));
      one.body.hidden = folded.has(one.key);
      let count = 0;
      for (const [row, differs] of one.rows) {
        row.hidden = several && only.checked && !differs;
        if (!row.hidden) count += 1;
      }
      one.none.hidden = count > 0 || !one.rows.length;
      one.body.classList.toggle("tb-some", only.checked);
      if (!one.body.hidden) shown += count;
    }
    voice.textContent = `${shown} lines shown`;
  }

  const listen = () => paint();
  model.on("change:only_different change:folded", listen);
  paint();
  return {
    root,
    close() {
      model.off("change:only_different change:folded", listen);
      chart?.close();
    },
  };
}

/** Return the head of one version's column. */
function head({ name, is_first, badges }) {
  const marks = badges.map(({ words, tone }) => make("span", { class: `tb-state-mark tb-state-${tone}` }, words));
  if (is_first) marks.unshift(make("span", { class: "tb-state-mark tb-state-first" }, "reference"));
  return make("th", { scope: "col" }, make("span", { class: "tb-side-name" }, name), make("span", { class: "tb-state-marks" }, ...marks));
}

/** Return one section: its head, its body, and what of it comes and goes. */
function part(section, view, id, fold) {
  const columns = view.versions.length + 1;
  const several = view.versions.length > 1;
  const differing = section.lines.filter((line) => line.differs).length;
  const count = section.lines.length && several ? `${differing} of ${section.lines.length} differ` : "";
  const button = make("button", { type: "button", "aria-controls": id, onclick: () => fold(section.key) },
    make("span", { class: "tb-turned", "aria-hidden": "true" }, "▸"), section.title, make("span", { class: "tb-quiet" }, count));
  const top = make("tbody", { class: "tb-side-top" },
    make("tr", {}, make("th", { colspan: columns, scope: "rowgroup" }, make("div", { class: "tb-stay" }, button))));
  const wide = (...inside) => make("tr", {}, make("td", { colspan: columns, class: "tb-over" }, make("div", { class: "tb-stay" }, ...inside)));
  const rows = section.lines.map((line) => [lineOf(line), line.differs]);
  const none = wide(make("p", { class: "tb-quiet" }, "nothing differs"));
  const body = make("tbody", { id, class: `tb-part tb-part-${section.key}` });
  let figure = null;
  if (section.key === "measured" && view.figure) {
    figure = make("div", { class: "tb-plot", role: "img", "aria-label": view.figure_words });
    const said = `Gain over ${view.versions[0].name} with 95 % intervals: right of zero is better`;
    body.append(wide(make("p", { class: "tb-quiet" }, said), figure));
  }
  body.append(...rows.map(([row]) => row), none);
  if (section.code.length) body.append(wide(...section.code.map(code)));
  if (section.words.length) body.append(wide(...section.words.map((words) => make("p", { class: "tb-quiet" }, words))));
  return { key: section.key, top, body, button, rows, none, figure };
}

/** Return one line, a cell for each version. */
function lineOf({ name, differs, cells }) {
  const inside = cells.map(({ text, words, verdict, tone, title }) => {
    const sign = SIGNS[tone];
    const mark = sign && make("span", { class: `tb-sign tb-tone-${tone}`, role: "img", "aria-label": SPOKEN[tone] }, sign);
    const parts = [text && make("span", { class: "tb-value" }, text), mark, words && make("span", { class: "tb-words" }, words),
      verdict && make("span", { class: "tb-verdict" }, verdict)].filter(Boolean);
    // With a space between, a line ends there, and not within a number.
    return make("td", { class: tone === "missing" ? "tb-missing" : "", title: title || null }, ...parts.flatMap((part) => [part, " "]));
  });
  const dot = make("span", { class: "tb-dot", role: differs ? "img" : null, "aria-label": differs ? "differs" : null }, differs ? "≠" : "");
  return make("tr", { class: differs ? "tb-differs" : "" }, make("th", { scope: "row" }, dot, name), ...inside);
}

/** Return what differs in the code of one version. */
function code({ name, words, rows }) {
  const sign = { add: "+", del: "−", same: " ", hunk: "" };
  const lines = rows.map((row) => make("tr", {},
    make("td", { class: "tb-line" }, row.a ?? ""), make("td", { class: "tb-line" }, row.b ?? ""),
    make("td", { class: `tb-${row.kind}` }, `${sign[row.kind]} ${row.text}`)));
  const table = make("table", { class: "tb-code", "aria-label": `Code of ${name}` }, make("tbody", {}, ...lines));
  return make("details", { class: "tb-diff" }, make("summary", {}, `${name}: ${words}`), make("div", { class: "tb-scroll", tabindex: 0, role: "region", "aria-label": `Code of ${name}` }, table));
}

export default {
  initialize: ({ model }) => mounted(model, () => build(model)),
  render({ model, el }) {
    const view = build(model);
    el.append(view.root);
    return view.close;
  },
};
