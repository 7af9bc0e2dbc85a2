// All params at once: an axis for each, a line for each trial; a stretch of an axis picks trials.

import { make } from "./dom.js";

const SPACE = "http://www.w3.org/2000/svg";
const TOP = 34;
const HIGH = 200;
const FOOT = 12;
const LEAST = 104; // between two axes; more of them scroll

/** Build the plot; `hub` has `selected()` and `select(ids)`. */
export function parallel(hub) {
  const root = make("div", { class: "tb-parallel", tabindex: 0, role: "group", "aria-label": "All params at once: each trial is a line" });
  let view = null;
  let ranges = new Map();
  let paths = new Map();

  function show(next) {
    view = next;
    const names = view?.axes.map((axis) => axis.name).join("\n");
    if (names !== root.dataset.names) ranges = new Map();
    root.dataset.names = names ?? "";
    draw();
  }

  function draw() {
    if (!view) return root.replaceChildren(make("p", { class: "tb-quiet" }, "no trial has come to a value yet"));
    const room = Math.max(240, root.clientWidth - 2);
    const wide = Math.max(room, view.axes.length * LEAST);
    const across = (at) => 62 + (at * (wide - 124)) / Math.max(1, view.axes.length - 1);
    const down = (place) => TOP + HIGH * (1 - place);
    const svg = svgOf("svg", { width: wide, height: TOP + HIGH + FOOT, viewBox: `0 0 ${wide} ${TOP + HIGH + FOOT}`, "aria-hidden": "true" });
    paths = new Map();
    const lines = svgOf("g", { class: "tb-lines" });
    for (const line of view.lines) {
      const points = line.at.map((place, at) => (place === null ? null : `${across(at).toFixed(1)},${down(place).toFixed(1)}`));
      const path = svgOf("polyline", { points: points.filter(Boolean).join(" "), class: line.best ? "tb-best" : "" });
      path.style.setProperty("--rank", line.rank);
      path.append(svgOf("title", {}, line.words));
      path.addEventListener("click", () => hub.select([line.id]));
      paths.set(line.id, path);
      lines.append(path);
    }
    svg.append(lines, ...view.axes.map((axis, at) => axisOf(axis, at, across(at), down)));
    root.classList.toggle("tb-many", view.lines.length > 200);
    root.replaceChildren(svg);
    paint();
  }

  function axisOf(axis, at, x, down) {
    const last = at === view.axes.length - 1;
    const group = svgOf("g", { class: "tb-axis" });
    const title = svgOf("text", { x, y: 14, "text-anchor": "middle", class: "tb-axis-name" }, axis.short.slice(0, 15) + (axis.short.length > 15 ? "…" : ""));
    title.append(svgOf("title", {}, axis.name));
    group.append(title, svgOf("line", { x1: x, x2: x, y1: TOP, y2: TOP + HIGH }));
    if (axis.log) group.append(svgOf("text", { x, y: 27, "text-anchor": "middle" }, "log"));
    for (const [place, text] of axis.ticks) {
      if (place < -0.001 || place > 1.001) continue;
      const words = text.length > 11 ? `${text.slice(0, 10)}…` : text;
      group.append(svgOf("line", { x1: x - 3, x2: x + 3, y1: down(place), y2: down(place) }));
      const label = svgOf("text", { x: last ? x + 7 : x - 7, y: down(place) + 4, "text-anchor": last ? "start" : "end" }, words);
      label.append(svgOf("title", {}, text));
      group.append(label);
    }
    const held = svgOf("rect", { x: x - 6, width: 12, class: "tb-held" });
    const catcher = svgOf("rect", { x: x - 13, y: TOP - 4, width: 26, height: HIGH + 8, class: "tb-catch" });
    catcher.append(svgOf("title", {}, "drag along the axis to pick trials; click to let go"));
    const range = ranges.get(at);
    stretch(held, range, down);
    let from = null;
    const place = (event) => Math.max(0, Math.min(1, 1 - (event.clientY - root.firstChild.getBoundingClientRect().top - TOP) / HIGH));
    catcher.addEventListener("pointerdown", (event) => {
      from = place(event);
      catcher.setPointerCapture(event.pointerId);
    });
    catcher.addEventListener("pointermove", (event) => {
      if (from !== null) stretch(held, [Math.min(from, place(event)), Math.max(from, place(event))], down);
    });
    catcher.addEventListener("pointerup", (event) => {
      const to = place(event);
      if (Math.abs(to - from) < 0.01) ranges.delete(at);
      else ranges.set(at, [Math.min(from, to), Math.max(from, to)]);
      from = null;
      stretch(held, ranges.get(at), down);
      pick();
    });
    group.append(held, catcher);
    return group;
  }

  function stretch(held, range, down) {
    held.setAttribute("y", range ? down(range[1]) : 0);
    held.setAttribute("height", range ? down(range[0]) - down(range[1]) : 0);
  }

  function pick() {
    if (!ranges.size) return hub.select([]);
    const inside = ({ at }) => [...ranges].every(([axis, [low, high]]) => at[axis] !== null && at[axis] >= low - 1e-6 && at[axis] <= high + 1e-6);
    hub.select(view.lines.filter(inside).map((line) => line.id));
  }

  function paint() {
    const picked = hub.selected();
    const some = [...paths.keys()].some((id) => picked.has(id));
    root.classList.toggle("tb-some", some);
    if (!picked.size && ranges.size) {
      ranges.clear();
      root.querySelectorAll(".tb-held").forEach((held) => held.setAttribute("height", 0));
    }
    for (const [id, path] of paths) path.classList.toggle("tb-on", picked.has(id));
  }

  let last = 0;
  const widths = new ResizeObserver(() => {
    if (root.clientWidth === last) return;
    last = root.clientWidth;
    draw();
  });
  widths.observe(root);
  return { root, show, paint, close: () => widths.disconnect() };
}

function svgOf(tag, attributes, ...children) {
  const element = document.createElementNS(SPACE, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}
