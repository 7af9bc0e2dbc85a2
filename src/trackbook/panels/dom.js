// Elements whose text is never markup, and the small things all panels share.

/** Return an element; strings among its children become text, and only text. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

/** Return a function that acts once, when its callers have paused for so long. */
export function settled(act, pauseMs) {
  let timer = 0;
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => act(...given), pauseMs);
  };
}

/** Return a word that no other element of the page is called by. */
export function unique(prefix) {
  globalThis.__trackbookCount = (globalThis.__trackbookCount ?? 0) + 1;
  return `${prefix}-${globalThis.__trackbookCount}`;
}

/** Return a button whose list of checkboxes opens below it; `change` gets the ticked keys. */
export function checklist(title, groups, change) {
  const boxes = [];
  const list = make("div", { class: "tb-menu" });
  for (const [group, options] of groups) {
    if (!options.length) continue;
    const inside = options.map(([key, label, ticked]) => {
      const box = make("input", { type: "checkbox", value: key });
      box.checked = ticked;
      box.addEventListener("change", () =>
        change(boxes.filter((one) => one.checked).map((one) => one.value)));
      boxes.push(box);
      return make("label", { title: label }, box, label);
    });
    list.append(make("fieldset", {}, make("legend", {}, group), ...inside));
  }
  const root = make("details", { class: "tb-pick" }, make("summary", {}, title), list);
  const leave = (event) => {
    if (!root.contains(event.target)) root.open = false;
  };
  root.addEventListener("toggle", () => {
    const act = root.open ? "addEventListener" : "removeEventListener";
    document[act]("pointerdown", leave);
  });
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    root.open = false;
    root.firstChild.focus();
  });
  return root;
}
