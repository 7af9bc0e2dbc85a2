// The graph of what rests on what: says what was clicked, and shows what the kernel makes of it.

import { make } from "./dom.js";
import { mounted } from "./mount.js";
import { plot } from "./plot.js";

const BUSY_MS = 1500;

function build(model) {
  const note = make("div", { class: "tb-note", role: "status" });
  const figure = make("div", { class: "tb-plot" });
  const stage = make("div", { class: "tb-stage" }, figure);
  const headline = make("p", { class: "tb-headline" }, model.get("words"));
  const root = make("div", { class: "tb-panel tb-lineage", "data-lm-suppress-shortcuts": "true" }, headline, stage, note);
  let waiting = 0;

  const say = (ask, of) => {
    model.send({ ask, of });
    clearTimeout(waiting);
    waiting = setTimeout(() => (note.textContent = "the kernel is busy: this will be shown when it is free"), BUSY_MS);
  };
  const chart = plot(figure, model, {
    click: (points) => points.length && say("click", points[0][3] ?? ""),
    fit: fitted,
  });
  const draw = () => {
    clearTimeout(waiting);
    note.textContent = "";
    chart.show(JSON.parse(model.get("figure"))).catch((error) => (note.textContent = error.message));
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

/**
 * Fit a tree, whose axes count pixels, into a width: names and words are cut, the words stand in
 * one column. Colours called `ink` and `quiet` become the page's own.
 */
function fitted({ data, layout }, element) {
  const style = getComputedStyle(element);
  const own = { ink: style.getPropertyValue("--tb-ink").trim() || style.color, quiet: style.getPropertyValue("--tb-quiet").trim() || style.color };
  for (const { textfont } of data) {
    if (Array.isArray(textfont?.color)) textfont.color = textfont.color.map((one) => own[one] ?? one);
  }
  const said = data.find((trace) => trace.meta === "said");
  if (!said) return;
  const width = element.clientWidth;
  layout.xaxis.range = [0, width];
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = `12px ${style.fontFamily}`;
  let column = 0;
  for (const trace of data.filter((one) => one.meta === "names")) {
    trace.text = trace.text.map((text, at) => {
      const [kept, wide] = cut(text, Math.max(70, width * 0.45 - trace.x[at]), pen);
      column = Math.max(column, trace.x[at] + wide);
      return kept;
    });
  }
  column += 26;
  said.x = said.x.map(() => column);
  said.text = said.text.map((text) => cut(text, width - column - 12, pen)[0]);
}

/** Return as much of a text with &entities; as fits into so many pixels, and how wide that is. */
function cut(text, most, pen) {
  const letters = text.match(/&[#\w]+;|./gsu) ?? [];
  let wide = 0;
  const plain = { "&lt;": "<", "&gt;": ">", "&amp;": "&" };
  for (const [at, letter] of letters.entries()) {
    const next = wide + pen.measureText(plain[letter] ?? letter).width;
    if (next > most) return at ? [`${letters.slice(0, at - 1).join("")}…`, wide] : ["", 0];
    wide = next;
  }
  return [text, wide];
}

export default {
  initialize: ({ model }) => mounted(model, () => build(model)),
  render({ model, el }) {
    const view = build(model);
    el.append(view.root);
    return view.close;
  },
};
