// One figure by itself; tells the kernel which points were clicked and selected.

import { make } from "./dom.js";
import { mounted } from "./mount.js";
import { plot } from "./plot.js";

function build(model) {
  const root = make("div", { class: "tb-panel tb-plot", "data-lm-suppress-shortcuts": "true" });
  const say = (name) => (points) => {
    model.set(name, points.map(([trace, point]) => [trace, point]));
    model.save_changes();
  };
  const chart = plot(root, model, { click: say("clicked"), select: say("selected") });
  const draw = () =>
    chart.show(JSON.parse(model.get("figure"))).catch((error) => (root.textContent = error.message));
  model.on("change:figure", draw);
  draw();
  return {
    root,
    close() {
      model.off("change:figure", draw);
      chart.close();
    },
  };
}

export default {
  initialize: ({ model }) => mounted(model, () => build(model)),
  render({ model, el }) {
    const view = build(model);
    el.append(view.root);
    return view.close;
  },
};
