// A Plotly figure in the colours of the page, with one Plotly for all panels of the page.

/** Where Plotly may come from, tried in this order; each gives a script's address. */
const SOURCES = [fromKernel];

/** Return the page's Plotly; the first panel that asks brings it. */
export function plotly(model) {
  if (globalThis.Plotly?.react) return Promise.resolve(globalThis.Plotly);
  // evaluated anew for each widget, so what is shared must hang on the page itself
  globalThis.__trackbookPlotly ??= load(model).catch((error) => {
    globalThis.__trackbookPlotly = undefined;
    throw error;
  });
  return globalThis.__trackbookPlotly;
}

async function load(model) {
  let failure;
  for (const source of SOURCES) {
    try {
      await script(await source(model));
      return globalThis.Plotly;
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

function fromKernel(model) {
  return new Promise((found) => {
    const listen = (content, buffers) => {
      if (content.kind !== "plotly.js") return;
      model.off("msg:custom", listen);
      found(URL.createObjectURL(new Blob([buffers[0]], { type: "text/javascript" })));
    };
    model.on("msg:custom", listen);
    model.send({ ask: "plotly.js" });
  });
}

function script(address) {
  return new Promise((ready, failed) => {
    const tag = document.createElement("script");
    tag.onload = ready;
    tag.onerror = () => failed(new Error("Plotly could not be loaded"));
    tag.src = address;
    document.head.append(tag);
  });
}

/**
 * Draw figures into an element, following the theme and the width.
 * `on` may have `click(points)` and `select(points)`, each point as [trace, index, customdata, id],
 * and `fit(figure, element)`, which fits a figure, its own to change, into the element's width.
 */
export function plot(element, model, on = {}) {
  let figure = null;
  let drawn = false;
  let closed = false;
  let fittedTo = 0;

  const draw = async () => {
    if (!figure || closed) return;
    const Plotly = await plotly(model);
    if (closed || !element.isConnected) return;
    const { data, layout } = structuredClone({ data: figure.data ?? [], layout: figure.layout ?? {} });
    fittedTo = element.clientWidth;
    on.fit?.({ data, layout }, element);
    const options = { displaylogo: false, responsive: false, modeBarButtonsToRemove: ["lasso2d"] };
    if (layout.dragmode === false) options.displayModeBar = false; // nothing to zoom with
    await Plotly.react(element, data, themed(layout, element), options);
    if (drawn) return;
    drawn = true;
    element.on("plotly_click", (event) => on.click?.(points(event)));
    element.on("plotly_selected", (event) => on.select?.(points(event)));
  };
  const themes = new MutationObserver(() => requestAnimationFrame(draw));
  themes.observe(document.body, {
    attributeFilter: ["data-jp-theme-name", "data-jp-theme-light", "class"],
  });
  const widths = new ResizeObserver(() => {
    if (!element.isConnected || !element.offsetWidth) return;
    if (drawn && on.fit) {
      if (element.clientWidth !== fittedTo) draw(); // a new height is its own doing
    } else if (drawn) globalThis.Plotly.Plots.resize(element);
    else draw();
  });
  widths.observe(element);
  return {
    show(next) {
      figure = next;
      return draw();
    },
    close() {
      closed = true;
      themes.disconnect();
      widths.disconnect();
      if (drawn) globalThis.Plotly.purge(element);
    },
  };
}

function points(event) {
  return (event?.points ?? []).map((p) => [p.curveNumber, p.pointIndex ?? p.pointNumber, p.customdata, p.id]);
}

/** Return a layout with the colours and the type of the page around an element. */
export function themed(layout, element) {
  const style = getComputedStyle(element);
  const color = (name, otherwise) => style.getPropertyValue(name).trim() || otherwise;
  const ink = color("--jp-ui-font-color1", style.color || "#333");
  const quiet = color("--jp-border-color2", "rgba(128,128,128,.35)");
  const paper = color("--jp-layout-color0", "#fff");
  const axis = { gridcolor: quiet, linecolor: quiet, zerolinecolor: quiet, automargin: true };
  const out = structuredClone(layout);
  for (const name of Object.keys(out)) {
    if (/^[xy]axis\d*$/.test(name)) out[name] = { ...axis, ...out[name] };
  }
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  return {
    autosize: true,
    margin: { l: 56, r: 16, t: 28, b: 44 },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    modebar: { bgcolor: "rgba(0,0,0,0)", color: quiet, activecolor: ink },
    hoverlabel: { bgcolor: paper, bordercolor: quiet, font: { color: ink } },
    transition: { duration: still ? 0 : 120 },
    ...out,
    font: { color: ink, size: 12, family: style.fontFamily, ...(out.font ?? {}) },
  };
}
