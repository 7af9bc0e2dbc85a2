// A sweep: its head, the best so far, what mattered, the response, all params at once, all trials.

import { make, unique } from "./dom.js";
import { mounted, watched } from "./mount.js";
import { parallel } from "./sweep_parallel.js";
import { plot } from "./plot.js";
import { Rows } from "./rows.js";
import { sweepHead } from "./sweep_head.js";
import { runTable } from "./table.js";

const WIDE = 820;
const MIDDLE = 520;

export default () => {
  const rows = new Rows();
  const views = new Set();

  function build(model) {
    const hub = {
      selected: () => new Set(model.get("selected")),
      colors: () => ({}),
      ask: (content) => model.send(content),
      select(ids) {
        model.set("selected", ids);
        model.save_changes();
        paint();
      },
    };
    const read = (name) => JSON.parse(model.get(name));
    const head = sweepHead(hub);
    const lines = parallel(hub);
    const table = runTable(rows, hub, { height: 300 });
    const bars = make("div", { class: "tb-weights" });
    const progress = make("div", { class: "tb-plot", role: "img" });
    const slices = make("div", { class: "tb-plot", role: "img", "aria-label": "The metric against each param" });
    const none = make("p", { class: "tb-quiet" }, "no param has had two values yet");
    const part = (name, ...inside) => {
      const id = unique("tb-sweep");
      return make("section", { "aria-labelledby": id, class: "tb-sweep-part" }, make("h4", { id }, name), ...inside);
    };
    const root = make("div", { class: "tb-panel tb-sweep", "data-lm-suppress-shortcuts": "true" },
      head.root,
      make("div", { class: "tb-sweep-two" }, part("Best so far", progress), part("Which params mattered", bars)),
      part("All params at once", lines.root),
      part("One param at a time", slices, none),
      part("Trials", table.root));
    const click = (points) => {
      const ids = points.map(([, , id]) => id).filter(Boolean);
      if (ids.length) hub.select(ids);
    };
    const charts = {
      progress: plot(progress, model, { click, fit: ring }),
      slices: plot(slices, model, { click, fit: sliced }),
    };

    /** Ring the picked trials. */
    function ring(figure) {
      const picked = hub.selected();
      if (!picked.size) return;
      for (const trace of figure.data) {
        if (!trace.customdata) continue;
        const on = trace.customdata.flatMap((id, at) => (picked.has(id) ? [at] : []));
        Object.assign(trace, { selectedpoints: on, unselected: { marker: { opacity: 0.15 } }, selected: { marker: { opacity: 1 } } });
      }
    }

    function sliced(figure, element) {
      const { layouts } = read("slices");
      const width = element.clientWidth;
      Object.assign(figure.layout, layouts[width < MIDDLE ? "narrow" : width < WIDE ? "middle" : "wide"]);
      ring(figure);
    }

    const draw = {
      head() {
        const view = read("head");
        progress.setAttribute("aria-label", view.words);
        head.show(view);
      },
      progress: () => charts.progress.show(read("progress")).catch((error) => (progress.textContent = error.message)),
      slices() {
        const figure = read("slices");
        slices.hidden = !figure;
        none.hidden = Boolean(figure);
        if (figure) charts.slices.show(figure).catch((error) => (slices.textContent = error.message));
      },
      parallel: () => lines.show(read("parallel")),
      weights: () => bars.replaceChildren(...weighed(read("weights"))),
    };
    const listens = Object.entries(draw).map(([name, act]) => [`change:${name}`, act]);
    for (const [name, act] of listens) model.on(name, act);
    for (const act of Object.values(draw)) act();

    function paint() {
      table.paint();
      lines.paint();
      head.paint();
      draw.progress();
      draw.slices();
    }
    model.on("change:selected", paint);
    const view = { refresh: table.refresh, say: head.say };
    views.add(view);
    if (rows.ids.length) table.refresh();
    else if (!model.get("sent")) model.send({ ask: "all" });
    const leave = watched(root, (seen) => model.send({ ask: seen ? "follow" : "rest" }));
    return {
      root,
      close() {
        leave();
        views.delete(view);
        model.off("change:selected", paint);
        for (const [name, act] of listens) model.off(name, act);
        for (const chart of Object.values(charts)) chart.close();
        lines.close();
      },
    };
  }

  return {
    initialize({ model }) {
      model.on("msg:custom", (content, buffers) => {
        if (content.kind === "note") views.forEach((view) => view.say(content.text));
        if (content.kind !== "rows") return;
        rows.receive(content, buffers);
        views.forEach((view) => view.refresh());
      });
      return mounted(model, () => build(model));
    },
    render({ model, el }) {
      const view = build(model);
      el.append(view.root);
      return view.close;
    },
  };
};

/** Return a bar for each param. */
function weighed({ bars, words }) {
  if (!bars.length) return [make("p", { class: "tb-quiet" }, words)];
  const most = Math.max(...bars.map(([, share]) => share), 1e-9);
  return [make("ul", {}, ...bars.map(([name, share]) => {
    const bar = make("span", { class: "tb-weight", "aria-hidden": "true" });
    bar.style.width = `${(100 * share) / most}%`;
    return make("li", {}, make("span", { class: "tb-weight-name", title: name }, name), make("span", { class: "tb-weight-room" }, bar), make("span", { class: "tb-weight-share" }, `${Math.round(100 * share)} %`));
  })), make("p", { class: "tb-quiet" }, "share in being among the best tenth (PED-ANOVA)")];
}
