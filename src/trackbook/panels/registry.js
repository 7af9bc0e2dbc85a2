// The registry panel: a board of versions, one of them opened, and the decision at hand.

import { boardView } from "./board.js";
import { detailView } from "./detail.js";
import { make, settled } from "./dom.js";
import { mounted, watched } from "./mount.js";
import { isRunning, taskView } from "./task.js";

const FULL = 1000;

/** Return what all views of one panel share: what the kernel said, and who listens. */
function sharedRegistry(model) {
  const hub = {
    cards: new Map(), order: [], slots: {}, facts: new Map(), detail: null, task: null,
    known: false, note: "", busy: "", waiting: 0, mine: 0, begun: false, away: new Set(), listeners: new Set(),
  };
  const asked = new Set();
  const tell = (what) => hub.listeners.forEach((listener) => listener(what));
  const heard = {
    board(content) {
      if (content.reset) hub.cards.clear();
      hub.known = true;
      for (const card of content.cards) {
        card.text = [card.name, card.state, ...card.slots, ...card.aliases.map((alias) => `@${alias}`), card.by].join(" ").toLowerCase();
        hub.cards.set(card.id, card);
        hub.facts.delete(card.id);
      }
      asked.clear();
      hub.order = content.order;
      hub.slots = content.slots;
    },
    facts: ({ of }) => Object.entries(of).forEach(([id, badges]) => hub.facts.set(id, badges)),
    detail: ({ detail }) => (hub.detail = detail),
    task({ task }) {
      hub.task = task;
      hub.begun = false;
    },
    note: ({ text }) => (hub.note = text),
  };
  model.on("msg:custom", (content) => {
    if (!(content.kind in heard)) return;
    heard[content.kind](content);
    if (content.kind === "task") {
      clearTimeout(hub.waiting);
      hub.busy = "";
    }
    tell(content.kind);
  });
  for (const name of ["selected", "filter"]) model.on(`change:${name}`, () => tell(name));
  hub.get = (name) => model.get(name);
  hub.set = (name, value) => {
    if (JSON.stringify(model.get(name)) === JSON.stringify(value)) return;
    model.set(name, value);
    model.save_changes();
  };
  hub.selected = () => model.get("selected");
  hub.filter = () => model.get("filter");
  hub.isRunning = () => hub.begun || isRunning(hub.task);
  hub.ask = (content) => {
    model.send(content);
    clearTimeout(hub.waiting);
    hub.waiting = setTimeout(() => {
      hub.busy = "the kernel is busy: this will be done when it is free";
      tell("note");
    }, 1500);
  };
  /** Ask once for what costs the kernel a question each. */
  hub.want = (ids) => {
    const fresh = ids.filter((id) => !asked.has(id));
    fresh.forEach((id) => asked.add(id));
    if (fresh.length) model.send({ ask: "facts", ids: fresh });
  };
  hub.begin = (deed, to) => {
    hub.begun = true;
    hub.mine = Date.now();
    hub.ask({ ask: "begin", id: hub.selected(), do: deed, to });
    tell("detail");
  };
  return hub;
}

/** Build one view of the panel; gives `{root, close}`. `coming`: the kernel sends by itself. */
function buildRegistry(model, shared, coming) {
  const hub = Object.create(shared);
  const search = make("input", {
    type: "search", class: "tb-search", placeholder: "filter: model, version, @alias, slot, who",
    "aria-label": "Filter versions", spellcheck: "false",
  });
  const count = make("span", { class: "tb-count", role: "status" });
  const note = make("div", { class: "tb-note", role: "status" });
  const voice = make("div", { class: "tb-voice", role: "status", "aria-live": "polite" });
  hub.say = settled((words) => voice.textContent === words || (voice.textContent = words), 500);
  hub.open = (id) => {
    const before = hub.selected();
    hub.set("selected", id);
    if (id) detail.focus();
    else board.focus(before);
  };
  const board = boardView(hub);
  const task = taskView(hub, (closed, isElsewhere) => {
    hub.say("");
    detail.refresh();
    if (!isElsewhere) detail.focusAction(closed);
  });
  const detail = detailView(hub, task.root);
  const bar = make("div", { class: "tb-bar" }, search, count);
  const root = make("div", { class: "tb-panel tb-registry", "data-lm-suppress-shortcuts": "true" }, bar, board.root, detail.root, note, voice);

  function drawBoard() {
    if (search.value !== hub.filter() && document.activeElement !== search) search.value = hub.filter();
    const found = board.refresh();
    const all = hub.order.length;
    const words = hub.known
      ? `${found === all ? "" : `${found.toLocaleString()} of `}${all.toLocaleString()} version${all === 1 ? "" : "s"}`
      : "…";
    if (count.textContent !== words) count.textContent = words;
  }
  const listen = (what) => {
    if (["board", "facts", "filter", "selected"].includes(what)) drawBoard();
    if (what === "task") {
      task.refresh();
      if (hub.task) shared.mine = 0;
    }
    if (["board", "detail", "selected", "task"].includes(what)) detail.refresh();
    const full = hub.order.length >= FULL ? "the board shows no more than these: %track versions lists all" : "";
    note.textContent = [shared.busy, shared.note, full].filter(Boolean).join(" · ");
  };
  search.addEventListener("input", settled(() => hub.set("filter", search.value), 120));
  search.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !search.value) return;
    search.value = "";
    hub.set("filter", "");
  });
  detail.root.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && hub.selected()) hub.open("");
  });
  shared.listeners.add(listen);
  const unwatch = watched(root, (seen) => model.send({ ask: seen ? "follow" : "rest" }));
  const leave = settled(() => root.matches(":focus-within, :hover") || model.send({ ask: "picture" }), 1500);
  root.addEventListener("pointerleave", leave);
  root.addEventListener("focusout", leave);
  const minute = setInterval(drawBoard, 60000);
  if (!hub.known && !coming) model.send({ ask: "all" });
  for (const what of ["board", "detail", "task"]) listen(what);
  return {
    root,
    close() {
      shared.listeners.delete(listen);
      clearInterval(minute);
      task.close();
      unwatch();
    },
  };
}

export default () => {
  let hub;
  return {
    initialize({ model }) {
      hub = sharedRegistry(model);
      return mounted(model, () => buildRegistry(model, hub, !model.get("sent")));
    },
    render({ model, el }) {
      const view = buildRegistry(model, hub, false);
      el.append(view.root);
      return view.close;
    },
  };
};
