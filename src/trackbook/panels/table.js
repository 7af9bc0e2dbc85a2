// The table of runs: ten thousand rows, of which only those in sight exist.

import { checklist, make, settled, unique } from "./dom.js";
import { inShort } from "./rows.js";

const ROW = 24;
const SPARE = 8;
const WIDTHS = { text: 120, number: 96, time: 146 };
const STATUS = { RUNNING: "◌", FINISHED: "✓", FAILED: "✗", KILLED: "■", PRUNED: "◇", CANCELLED: "■" };

/** Build a table over `rows`; `hub` has `selected()`, `select(ids)` and `colors()`. */
export function runTable(rows, hub, { height = 250 } = {}) {
  const uid = unique("tb-row");
  let order = [];
  let filter = "";
  let sortKey = "started_at";
  let descending = true;
  let shown = null; // keys the reader chose; null: as the kernel proposes
  let active = 0;
  let anchor = 0;

  const search = make("input", {
    type: "search", class: "tb-search", placeholder: "filter: word, lr=0.1, accuracy>0.9",
    "aria-label": "Filter runs", spellcheck: "false",
  });
  const count = make("span", { class: "tb-count", role: "status" });
  const clear = make("button", { type: "button", class: "tb-plain", hidden: true, onclick: () => hub.select([]) }, "drop all");
  const chooser = make("span");
  const head = make("div", { class: "tb-head", role: "row", "aria-rowindex": 1 });
  const body = make("div", { class: "tb-rows", role: "presentation" });
  const pad = make("div", { class: "tb-pad", role: "rowgroup" }, body);
  const grid = make("div", {
    class: "tb-grid", role: "grid", tabindex: 0, "aria-label": "Runs", "aria-multiselectable": "true",
    style: `max-height:${height}px`,
  }, head, pad);
  const root = make("div", { class: "tb-runs" }, make("div", { class: "tb-bar" }, search, count, clear, chooser), grid);

  const columns = () => rows.columns.filter((c) => c.key === "name" || (shown ? shown.has(c.key) : c.shown));
  const inOrder = () => {
    const all = columns();
    const rank = { about: 0, metrics: 1, params: 2, tags: 3 };
    return all.sort((a, b) => (rank[a.group] ?? 9) - (rank[b.group] ?? 9));
  };

  function refresh() {
    order = rows.ordered(filter, sortKey, descending);
    active = Math.min(active, Math.max(0, order.length - 1));
    grid.setAttribute("aria-rowcount", order.length + 1);
    pad.style.height = `${order.length * ROW}px`;
    drawHead();
    paint();
  }

  function drawHead() {
    const widths = inOrder().map(width);
    root.style.setProperty("--tb-columns", widths.map((px, at) => (at ? `${px}px` : `minmax(${px}px,1fr)`)).join(" "));
    root.style.setProperty("--tb-width", `${widths.reduce((sum, px) => sum + px, 0)}px`);
    head.replaceChildren(...inOrder().map((column) => {
      const sorted = column.key === sortKey ? (descending ? "descending" : "ascending") : "none";
      const arrow = { descending: " ↓", ascending: " ↑", none: "" }[sorted];
      const button = make("button", { type: "button", title: `${column.key}: sort`, onclick: () => sortBy(column) },
        column.name + arrow);
      return make("div", { role: "columnheader", "aria-sort": sorted, class: kind(column) }, button);
    }));
    const groups = ["about", "metrics", "params", "tags"].map((group) => [group, rows.columns
      .filter((c) => c.group === group && c.key !== "name")
      .map((c) => [c.key, c.name, shown ? shown.has(c.key) : c.shown])]);
    if (chooser.querySelector("details")?.open) return;
    chooser.replaceChildren(checklist("Columns", groups, (keys) => {
      shown = new Set(keys);
      refresh();
    }));
  }

  function sortBy(column) {
    descending = column.key === sortKey ? !descending : column.type !== "text";
    sortKey = column.key;
    refresh();
    head.querySelector('[aria-sort]:not([aria-sort="none"]) button')?.focus();
  }

  function paint() {
    const first = Math.max(0, Math.floor(grid.scrollTop / ROW) - SPARE);
    const last = Math.min(order.length, first + Math.ceil((grid.clientHeight || height) / ROW) + 2 * SPARE);
    const picked = hub.selected();
    const all = inOrder();
    body.style.transform = `translateY(${first * ROW}px)`;
    const lines = [];
    for (let at = first; at < last; at++) lines.push(row(at, all, picked));
    body.replaceChildren(...lines);
    grid.setAttribute("aria-activedescendant", `${uid}-${active}`);
    const many = picked.size ? ` · ${picked.size} picked` : "";
    const of = order.length === rows.ids.length ? "" : ` of ${rows.ids.length.toLocaleString()}`;
    const words = `${order.length.toLocaleString()}${of} run${rows.ids.length === 1 ? "" : "s"}${many}`;
    if (count.textContent !== words) count.textContent = words;
    clear.hidden = !picked.size;
  }

  function row(at, all, picked) {
    const place = order[at];
    const id = rows.ids[place];
    const on = picked.has(id);
    const line = make("div", {
      role: "row", id: `${uid}-${at}`, class: `tb-row${at === active ? " tb-active" : ""}`,
      "aria-rowindex": at + 2, "aria-selected": String(on),
    });
    line.dataset.at = at;
    for (const column of all) line.append(cell(column, place, id, on));
    return line;
  }

  function cell(column, place, id, on) {
    const value = column.values[place];
    const text = inShort(value, column.type);
    const box = make("div", { role: "gridcell", class: kind(column), title: value === undefined ? "" : text });
    if (column.key === "name") {
      const mark = make("span", { class: "tb-check", "aria-hidden": "true" }, on ? "✓" : "");
      if (on) mark.style.background = hub.colors()[id] ?? "var(--jp-brand-color1)";
      box.append(mark, make("span", { class: "tb-name" }, text));
    } else if (column.key === "status") {
      box.classList.add(`tb-status-${String(value).toLowerCase().replace(/[^a-z]/g, "")}`);
      box.append(`${STATUS[value] ?? "·"} ${text.toLowerCase()}`);
    } else if (column.best.has(id)) {
      box.append(make("b", {}, text), make("span", { class: "tb-mark", role: "img", title: "best", "aria-label": "best" }, "▲"));
    } else box.append(text);
    return box;
  }

  /** Pick or drop one row, or with a range all from the last one to this. */
  function pick(at, range) {
    if (order[at] === undefined) return;
    const picked = new Set(hub.selected());
    if (range) {
      const [from, to] = [Math.min(anchor, at), Math.max(anchor, at)];
      for (let one = from; one <= to; one++) picked.add(rows.ids[order[one]]);
    } else {
      const id = rows.ids[order[at]];
      if (!picked.delete(id)) picked.add(id);
      anchor = at;
    }
    active = at;
    hub.select([...picked]);
    paint();
  }

  function move(to, range) {
    active = Math.max(0, Math.min(order.length - 1, to));
    const top = active * ROW;
    const room = grid.clientHeight - head.offsetHeight;
    if (top < grid.scrollTop) grid.scrollTop = top;
    else if (top + ROW > grid.scrollTop + room) grid.scrollTop = top + ROW - room;
    if (range) pick(active, true);
    else paint();
  }

  const page = () => Math.max(1, Math.floor(grid.clientHeight / ROW) - 2);
  const keys = {
    ArrowDown: () => active + 1, ArrowUp: () => active - 1, Home: () => 0, End: () => order.length - 1,
    PageDown: () => active + page(), PageUp: () => active - page(),
  };
  grid.addEventListener("keydown", (event) => {
    if (event.target !== grid) return;
    if (event.key === " " || event.key === "Enter") pick(active, event.shiftKey);
    else if (event.key in keys) move(keys[event.key](), event.shiftKey);
    else return;
    event.preventDefault();
  });
  body.addEventListener("click", (event) => {
    const at = event.target.closest("[role=row]")?.dataset.at;
    if (at !== undefined) pick(Number(at), event.shiftKey);
  });
  body.addEventListener("mousedown", (event) => event.shiftKey && event.preventDefault());
  grid.addEventListener("scroll", () => requestAnimationFrame(paint), { passive: true });
  search.addEventListener("input", settled(() => {
    if (filter === search.value) return;
    filter = search.value;
    grid.scrollTop = 0;
    active = 0;
    refresh();
  }, 80));
  return { root, refresh, paint };
}

function kind(column) {
  return `tb-cell tb-${column.key === "name" ? "first" : column.type}`;
}

function width(column) {
  if (column.key === "name") return 170;
  return Math.max(WIDTHS[column.type], 26 + 8 * Math.min(column.name.length, 18));
}
