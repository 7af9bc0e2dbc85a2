// The board: what is in each slot, and a column of cards for each state.

import { make, unique } from "./dom.js";

const STATES = ["DEVELOPMENT", "STAGING", "PRODUCTION", "DEPRECATED", "ARCHIVED"];
const ENVS = ["dev", "staging", "prod"];
const ROLES = ["champion", "challenger", "shadow", "canary", "last_good"];
const FIRST = 8;
const MORE = 24;
const IN_A_SLOT = 3;
const SPANS = [["min", 60], ["h", 24], ["day", 30.4], ["month", 12], ["year", Infinity]];

/** Build the board; `hub` has `cards`, `order`, `slots`, `facts`, `filter()`, `selected()`, `open(id)`. */
export function boardView(hub) {
  const room = {};
  const wide = new Set();
  let active = "";
  const strip = make("div", { class: "tb-strip" });
  const columns = STATES.map((state) => column(state));
  const board = make("div", { class: "tb-board", role: "group", "aria-label": "Versions by state" }, ...columns.map((one) => one.root));
  const root = make("div", {}, strip, board);

  function column(state) {
    const id = unique("tb-state");
    const count = make("span", { class: "tb-quiet" });
    const list = make("ul", { role: "list", class: "tb-cards", "aria-labelledby": id });
    const more = make("button", { type: "button", class: "tb-plain", onclick: () => {
      room[state] = (room[state] ?? FIRST) + MORE;
      const next = [...list.querySelectorAll(".tb-vname")].length;
      refresh();
      focusCard(list.querySelectorAll(".tb-vname")[next]);
    } });
    const head = make("h4", { id, class: "tb-state" }, state, " ", count);
    return { state, list, more, count, root: make("section", { class: "tb-column" }, head, list, more) };
  }

  function refresh() {
    const words = hub.filter().toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (card) => words.every((word) => card.text.includes(word));
    const found = hub.order.map((id) => hub.cards.get(id)).filter((card) => card && fits(card));
    const seen = [];
    keepingFocus(root, () => {
      drawSlots(new Set(found.map((card) => card.id)));
      for (const one of columns) seen.push(...drawColumn(one, found.filter((card) => card.state === one.state)));
      rove();
    });
    hub.want(seen.filter((id) => !hub.facts.has(id)));
    return found.length;
  }

  function drawColumn({ state, list, more, count, root: box }, cards) {
    const at = cards.findIndex((card) => card.id === hub.selected());
    const length = Math.max(room[state] ?? FIRST, at + 1);
    const shown = cards.slice(0, length);
    count.textContent = cards.length.toLocaleString();
    box.classList.toggle("tb-none", !cards.length);
    list.replaceChildren(...(shown.length ? shown.map(cardView) : [make("li", { class: "tb-quiet" }, "none")]));
    more.hidden = cards.length <= length;
    more.textContent = `Show ${Math.min(MORE, cards.length - length)} more of ${cards.length - length}`;
    return shown.map((card) => card.id);
  }

  function cardView(card) {
    const on = card.id === hub.selected();
    const name = make("button", { type: "button", class: "tb-vname", "aria-expanded": String(on), title: card.name, tabindex: -1 }, card.name);
    name.dataset.at = card.id;
    const places = card.slots.map((slot) => make("span", { class: `tb-slot${slot === "prod/champion" ? " tb-first-slot" : ""}` }, slot));
    const names = card.aliases.map((alias) => make("span", { class: "tb-slot" }, `@${alias}`));
    const metrics = card.metrics.map((line) => make("div", { class: "tb-vmetric" }, metricWords(line)));
    if (card.metrics_more) metrics.push(make("div", { class: "tb-quiet" }, `and ${card.metrics_more} more`));
    const badges = [...(hub.facts.get(card.id) ?? []), ...card.badges].map(badgeView);
    const foot = make("div", { class: "tb-quiet tb-foot", title: `since ${card.since}` }, `${age(card.since_ms)} · ${card.by}`);
    const parts = [make("div", { class: "tb-where" }, ...places, ...names), ...metrics, make("div", { class: "tb-badges" }, ...badges)];
    const item = make("li", { class: `tb-vcard${on ? " tb-on" : ""}` }, name, ...parts.filter((part) => part.hasChildNodes()), foot);
    item.addEventListener("click", () => {
      // whoever marks words in a card to copy them does not want it opened
      const marked = getSelection();
      if (marked.isCollapsed || !item.contains(marked.anchorNode)) hub.open(card.id);
    });
    return item;
  }

  function drawSlots(found) {
    const head = make("tr", {}, make("td"), ...ROLES.map((role) => make("th", { scope: "col" }, role.replace("_", " "))));
    const rows = ENVS.map((env) => make("tr", {}, make("th", { scope: "row" }, env), ...ROLES.map((role) => slotView(`${env}/${role}`, found))));
    strip.replaceChildren(make("table", { class: "tb-slots", "aria-label": "What is in each slot" }, make("thead", {}, head), make("tbody", {}, ...rows)));
  }

  function slotView(slot, found) {
    const there = (hub.slots[slot] ?? []).filter((one) => found.has(one.id));
    const length = wide.has(slot) ? there.length : IN_A_SLOT;
    const buttons = there.slice(0, length).map((one) => {
      const button = make("button", { type: "button", class: "tb-plain", title: one.name, onclick: () => hub.open(one.id) }, one.name);
      button.dataset.at = `${slot} ${one.id}`;
      return make("div", {}, button);
    });
    if (there.length > length) {
      buttons.push(make("button", { type: "button", class: "tb-plain tb-quiet", onclick: () => {
        wide.add(slot);
        refresh();
      } }, `and ${there.length - length} more`));
    }
    return make("td", {}, ...(buttons.length ? buttons : [make("span", { class: "tb-quiet", "aria-label": "empty" }, "–")]));
  }

  /** Let the tab key stop at one card only; arrows lead to the others. */
  function rove() {
    const all = [...board.querySelectorAll(".tb-vname")];
    const one = all.find((name) => name.dataset.at === active) ?? all.find((name) => name.dataset.at === hub.selected()) ?? all[0];
    if (one) one.tabIndex = 0;
  }

  function focusCard(name) {
    if (!name) return;
    board.querySelectorAll('.tb-vname[tabindex="0"]').forEach((other) => (other.tabIndex = -1));
    name.tabIndex = 0;
    name.focus();
  }

  board.addEventListener("focusin", (event) => {
    if (event.target.matches(".tb-vname")) active = event.target.dataset.at;
  });
  board.addEventListener("keydown", (event) => {
    if (!event.target.matches(".tb-vname")) return;
    const lists = columns.map((one) => [...one.list.querySelectorAll(".tb-vname")]).filter((names) => names.length);
    const at = lists.findIndex((names) => names.includes(event.target));
    const row = lists[at].indexOf(event.target);
    const beside = (other) => other && other[Math.min(row, other.length - 1)];
    const next = {
      ArrowDown: () => lists[at][row + 1], ArrowUp: () => lists[at][row - 1], Home: () => lists[at][0],
      End: () => lists[at].at(-1), ArrowRight: () => beside(lists[at + 1]), ArrowLeft: () => beside(lists[at - 1]),
    }[event.key];
    if (!next) return;
    event.preventDefault();
    focusCard(next());
  });
  return {
    root,
    refresh,
    focus: (id) => focusCard([...board.querySelectorAll(".tb-vname")].find((name) => name.dataset.at === id) ?? board.querySelector(".tb-vname")),
  };
}

/** Return a metric with how it stands against the champion's, by sign, colour and word. */
export function metricWords(line) {
  const words = make("span", {}, make("span", { class: "tb-quiet", title: [line.name, line.way].filter(Boolean).join(": ") }, line.name), " ", make("b", {}, line.value));
  if (line.step) {
    const than = line.champion ? `champion: ${line.champion}` : "";
    words.append(" ", make("span", { class: `tb-tone-${line.tone}`, title: than }, `${line.step} ${line.word === "same" ? "same" : line.word}`));
  }
  return words;
}

export function badgeView({ words, tone, sign, title }) {
  return make("span", { class: `tb-badge tb-tone-${tone}`, title: title || null }, make("span", { "aria-hidden": "true" }, `${sign} `), words);
}

/** Return how long ago something was, in one word and a number. */
export function age(ms) {
  let count = (Date.now() - ms) / 60000;
  if (count < 1) return "just now";
  for (const [unit, size] of SPANS) {
    if (count < size) {
      const whole = Math.floor(count);
      return `${whole} ${unit}${whole === 1 || unit.length < 3 || unit === "min" ? "" : "s"}`;
    }
    count /= size;
  }
  return "";
}

/** Draw anew, and give the focus back to what stands where it was; if nothing does, to `otherwise`. */
export function keepingFocus(root, draw, otherwise) {
  const held = root.contains(document.activeElement) ? document.activeElement : null;
  draw();
  if (!held || root.contains(document.activeElement)) return;
  const same = held.dataset.at === undefined ? null : [...root.querySelectorAll("[data-at]")].find((one) => one.dataset.at === held.dataset.at);
  (same ?? otherwise)?.focus({ preventScroll: true });
}
