// The table of runs by itself.

import { make } from "./dom.js";
import { mounted } from "./mount.js";
import { Rows } from "./rows.js";
import { runTable } from "./table.js";

export default () => {
  const rows = new Rows();
  const listeners = new Set();

  function build(model) {
    const hub = {
      selected: () => new Set(model.get("selected")),
      colors: () => ({}),
      select(ids) {
        model.set("selected", ids);
        model.save_changes();
      },
    };
    const table = runTable(rows, hub, { height: model.get("height") });
    const root = make("div", { class: "tb-panel", "data-lm-suppress-shortcuts": "true" }, table.root);
    listeners.add(table.refresh);
    model.on("change:selected", table.paint);
    if (rows.ids.length) table.refresh();
    else model.send({ ask: "all" });
    return {
      root,
      close() {
        listeners.delete(table.refresh);
        model.off("change:selected", table.paint);
      },
    };
  }
  return {
    initialize({ model }) {
      model.on("msg:custom", (content, buffers) => {
        if (content.kind !== "rows") return;
        rows.receive(content, buffers);
        listeners.forEach((refresh) => refresh());
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
