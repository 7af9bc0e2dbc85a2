// The graph of what rests on what: says what was clicked, and shows what the kernel makes of it.

import { make, settled } from "./dom.js";
import { mounted } from "./mount.js";
import { plot } from "./plot.js";
import { toldOf } from "./told.js";

const BUSY_MS = 1500;
const FEW = 8; // things can be overlooked without searching
const HALF_PX = 12; // of a row of a tree
const [NAME_PX, WORDS_PX] = [190, 70]; // the least they are given
const KEYS = ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End", "Escape", "Enter", " "];

function build(model) {
  const note = make("div", { class: "tb-note", role: "status" });
  const figure = make("div", { class: "tb-plot" });
  const stage = make("div", { class: "tb-stage", tabindex: 0, role: "group", "aria-label": `${model.get("words")}. Arrow keys walk through it.` }, figure);
  const box = make("div", { class: "tb-told", role: "region", "aria-label": "What is known of it", "aria-live": "polite", tabindex: 0 });
  const folds = make("button", { type: "button", class: "tb-plain", "data-tb": "folds", onclick: () => say("unfold", model.get("folds").opened ? "none" : "all") });
  const search = make("input", { type: "search", class: "tb-search", placeholder: "Find by name", "aria-label": "Find by name" });
  const hits = make("span", { class: "tb-hits", role: "status" });
  const bar = make("div", { class: "tb-bar" }, search, hits, folds);
  const headline = make("p", { class: "tb-headline" }, model.get("words"));
  const root = make("div", { class: "tb-panel tb-lineage", "data-lm-suppress-shortcuts": "true" }, headline, bar, make("div", { class: "tb-sides" }, stage, box), note);
  let waiting = 0;
  let heard = 0;
  let walking = false;

  const say = (ask, of) => {
    model.send({ ask, of });
    root.setAttribute("aria-busy", "true");
    clearTimeout(waiting);
    waiting = setTimeout(() => (note.textContent = "the kernel is busy: this will be shown when it is free"), BUSY_MS);
  };
  const chart = plot(figure, model, {
    click(points) {
      heard = performance.now();
      say("click", points[0]?.[3] ?? "");
    },
    fit: fitted,
  });
  figure.addEventListener("click", (event) => {
    if (performance.now() - heard < 100) return; // on a marker: Plotly has told it
    const id = inRow(figure, event);
    if (id) say("click", id);
  });
  stage.addEventListener("keydown", (event) => {
    if (!KEYS.includes(event.key) || event.target !== stage || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    walking = true;
    say("walk", event.key);
  });
  const seek = settled(() => say("seek", search.value), 150);
  search.addEventListener("input", seek);
  search.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key !== "Enter") return;
    walking = true;
    say("next", event.shiftKey ? "back" : "");
  });
  const draw = () => {
    clearTimeout(waiting);
    note.textContent = "";
    const held = box.contains(document.activeElement);
    box.replaceChildren(...toldOf(model.get("told"), say));
    if (held) box.focus({ preventScroll: true });
    box.scrollTop = 0;
    const { count, opened } = model.get("folds");
    search.hidden = model.get("size") <= FEW;
    hits.textContent = model.get("hits");
    folds.hidden = !count;
    bar.hidden = search.hidden && folds.hidden;
    folds.textContent = opened ? "fold all away" : `unfold all (${count})`;
    const follows = walking;
    walking = false;
    chart.show(JSON.parse(model.get("figure")))
      .then(() => follows && reveal(stage, figure, model.get("told").of))
      .catch((error) => (note.textContent = error.message))
      .finally(() => root.setAttribute("aria-busy", "false"));
  };
  model.on("change:turn", draw);
  draw();
  return {
    root,
    close() {
      clearTimeout(waiting);
      model.off("change:turn", draw);
      chart.close();
    },
  };
}

const tops = (figure) => (figure.querySelector(".nsewdrag")?.getBoundingClientRect().top ?? 0) + HALF_PX;

/** Return the id of what stands where a tree was clicked: a name, or the words of an edge. */
function inRow(figure, event) {
  const said = figure.data?.find((trace) => trace.meta === "said");
  if (!said) return "";
  const { left } = figure.getBoundingClientRect();
  const y = event.clientY - tops(figure);
  const here = (trace) => trace.y.findIndex((one) => Math.abs(one - y) <= HALF_PX);
  const names = figure.data.filter((trace) => trace.meta === "names" && here(trace) >= 0);
  const trace = event.clientX - left >= said.x[0] - 8 ? said : names[0];
  return trace?.ids[here(trace)] ?? "";
}

/** Scroll a tree so far that a node can be seen. */
function reveal(stage, figure, id) {
  const trace = figure.data?.find((one) => one.meta === "names" && one.ids.includes(id));
  if (!trace) return;
  const y = tops(figure) + trace.y[trace.ids.indexOf(id)] - stage.getBoundingClientRect().top;
  if (y < 2 * HALF_PX) stage.scrollTop += y - 4 * HALF_PX;
  else if (y > stage.clientHeight - 2 * HALF_PX) stage.scrollTop += y - stage.clientHeight + 4 * HALF_PX;
}

/**
 * Fit a tree, whose axes count pixels, into a width: names and words are cut, the words stand in
 * one column. Colours called `ink` and `quiet` become the page's own.
 */
function fitted({ data, layout }, element) {
  const style = getComputedStyle(element);
  const own = { ink: style.getPropertyValue("--tb-ink").trim() || style.color, quiet: style.getPropertyValue("--tb-quiet").trim() || style.color };
  for (const { textfont, marker } of data) {
    for (const place of [textfont, marker?.line]) {
      if (Array.isArray(place?.color)) place.color = place.color.map((one) => own[one] ?? one);
    }
  }
  const width = element.clientWidth;
  layout.width = width;
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = `12px ${style.fontFamily}`;
  const below = data.filter((trace) => trace.meta === "below");
  const columns = 1 + below.reduce((most, { x }) => Math.max(most, ...x), 0);
  for (const trace of below) trace.text = trace.text.map((text) => cut(text, Math.max(36, width / columns), pen, true)[0]);
  const said = data.find((trace) => trace.meta === "said");
  if (!said) return;
  layout.xaxis.range = [0, width];
  let column = 0;
  for (const trace of data.filter((one) => one.meta === "names")) {
    trace.text = trace.text.map((text, at) => {
      const [kept, wide] = cut(text, Math.max(NAME_PX, width * 0.45) - trace.x[at], pen, true);
      column = Math.max(column, trace.x[at] + wide);
      return kept;
    });
  }
  column += 26;
  said.x = said.x.map(() => column);
  const room = width - column - 12; // too narrow for words: they stand in the box
  said.text = said.text.map((text) => (room < WORDS_PX ? "" : cut(text, room, pen)[0]));
}

/**
 * Return as much of a text with &entities; as fits into so many pixels, and how wide that is.
 * Of a name the middle is left out, for names differ at their ends.
 */
function cut(text, most, pen, isName = false) {
  const whole = pen.measureText(plain(text)).width;
  if (whole <= most) return [text, whole];
  const letters = text.match(/&[#\w]+;|./gsu) ?? [];
  const wide = letters.map((letter) => widthOf(plain(letter), pen));
  const room = most - widthOf("…", pen);
  let all = wide.reduce((sum, one) => sum + one, 0);
  let head = isName ? Math.ceil(letters.length / 2) : letters.length;
  let tail = head;
  while (all > room && (head > 0 || tail < letters.length)) {
    all -= !isName || head > letters.length - tail ? wide[--head] : wide[tail++];
  }
  return [`${letters.slice(0, head).join("")}…${letters.slice(tail).join("")}`, most];
}

const plain = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

/** Return how wide a letter is; asked once for each. */
function widthOf(letter, pen) {
  const known = (letterWidths[pen.font] ??= {});
  return (known[letter] ??= pen.measureText(letter).width);
}

const letterWidths = {};

export default {
  initialize: ({ model }) => mounted(model, () => build(model)),
  render({ model, el }) {
    const view = build(model);
    el.append(view.root);
    return view.close;
  },
};
