// Puts a living panel in the place of its static picture, for as long as a kernel is behind it.
//
// A saved notebook holds only the picture, so a reopened one shows it and no error; whoever can
// talk to the kernel finds the picture by its class and gets the panel instead.

/**
 * Watch the page for this model's pictures; `build()` gives `{root, close}` for each.
 * Returns what ends it all.
 */
export function mounted(model, build) {
  const name = `trackbook-live-${model.get("key")}`;
  const views = [];
  let alive = false;

  const look = () => {
    if (!alive) return;
    for (const place of document.getElementsByClassName(name)) {
      if (views.some((view) => view.place === place)) continue;
      let view = views.find((one) => !one.place.isConnected);
      if (!view) views.push((view = build()));
      view.place = place;
      view.picture = [...place.childNodes];
      place.replaceChildren(view.root);
    }
  };
  const leave = () => {
    alive = false;
    for (const view of views.splice(0)) {
      view.place.replaceChildren(...view.picture);
      view.close();
    }
  };
  const ask = async () => {
    const real = await model.widget_manager?.get_model(model.get("key"));
    const now = Boolean(real?.comm_live);
    if (now === alive) return;
    if (now) {
      alive = true;
      look();
    } else leave();
  };
  const observer = new MutationObserver(look);
  observer.observe(document.body, { childList: true, subtree: true });
  model.on("comm_live_update", ask);
  model.on("change:key", ask);
  ask();
  return () => {
    observer.disconnect();
    leave();
  };
}

/** Tell `say(true or false)` whether any part of an element can be seen; returns what ends it. */
export function watched(element, say) {
  let inView = false;
  let last = null;
  const tell = () => {
    const seen = inView && document.visibilityState === "visible";
    if (seen !== last) say((last = seen));
  };
  const observer = new IntersectionObserver((entries) => {
    inView = entries.at(-1).isIntersecting;
    tell();
  });
  const bye = () => {
    inView = false;
    tell();
  };
  observer.observe(element);
  document.addEventListener("visibilitychange", tell);
  addEventListener("pagehide", bye);
  return () => {
    observer.disconnect();
    document.removeEventListener("visibilitychange", tell);
    removeEventListener("pagehide", bye);
    bye();
  };
}
