// One version, opened: what can be done with it, its numbers, gates, approvals, and the model's past.

import { age, badgeView, keepingFocus } from "./board.js";
import { make, unique } from "./dom.js";

const MOVES = 8;

/** Build the sheet of a version; `middle` stands between its buttons and its facts. */
export function detailView(hub, middle) {
  const id = unique("tb-version");
  const title = make("h4", { id, tabindex: -1, class: "tb-title" });
  const state = make("span", { class: "tb-slot" });
  const close = make("button", { type: "button", class: "tb-do tb-close", "aria-label": "Close the version", onclick: () => hub.open("") }, "✕");
  const actions = make("div", { class: "tb-actions" });
  const why = make("p", { class: "tb-note", role: "status" });
  const head = make("header", { class: "tb-detail-head" }, title, state, close);
  const body = make("div", { class: "tb-facts" });
  const root = make("section", { class: "tb-detail", role: "region", "aria-labelledby": id }, head, actions, why, middle, body);
  let whole = "";

  function refresh() {
    const card = hub.cards.get(hub.selected());
    const detail = hub.detail?.id === hub.selected() ? hub.detail : null;
    const none = !card;
    head.hidden = actions.hidden = why.hidden = body.hidden = none;
    root.hidden = none && middle.hidden;
    if (none) return;
    if (title.textContent !== card.name) {
      title.textContent = card.name;
      why.textContent = "";
    }
    state.textContent = card.state;
    keepingFocus(root, () => {
      actions.replaceChildren(...(detail?.actions ?? []).map(action));
      body.setAttribute("aria-busy", String(!detail));
      body.replaceChildren(...(detail ? sections(detail) : [make("p", { class: "tb-quiet" }, "…")]));
    }, title);
  }

  function action({ do: deed, label, to, why_not: against }) {
    const off = Boolean(against) || hub.isRunning();
    const button = make("button", {
      type: "button", class: `tb-do${deed === "promote" ? " tb-main" : ""}`, "aria-disabled": String(off), title: against || null,
      onclick: () => {
        why.textContent = against ? `${label}: ${against}` : "";
        if (!off) hub.begin(deed, to);
      },
    }, label);
    button.dataset.at = `do ${deed} ${to}`;
    return button;
  }

  function sections(detail) {
    const gates = detail.reports.length ? detail.reports.map(report) : [quiet("it stood before no gate yet")];
    const asked = detail.approvals.length ? [section("Approvals", approvals(detail))] : [];
    return [
      make("div", {}, section("Metrics", metrics(detail)), section("Gates", ...gates), ...asked),
      make("div", {}, section("Known", known(detail)), section(`History of ${detail.model}`, ...past(detail))),
    ];
  }

  function past(detail) {
    const all = whole === detail.model;
    const shown = all ? detail.history : detail.history.slice(0, MOVES);
    const list = make("ol", { class: "tb-line-of-time" }, ...shown.map(moment));
    if (shown.length === detail.history.length) return [list];
    const more = make("button", { type: "button", class: "tb-plain", onclick: () => {
      whole = detail.model;
      refresh();
    } }, `Show all ${detail.history.length}`);
    return [list, more];
  }

  const back = (deed, to) => [...actions.children].find((one) => one.dataset.at === `do ${deed} ${to}`);
  return {
    root,
    refresh,
    focus() {
      title.focus({ preventScroll: true });
      root.scrollIntoView({ block: "nearest" });
    },
    /** Give the focus back to the button that a task was begun with. */
    focusAction: ({ do: deed, to }) => (back(deed, to) ?? title).focus({ preventScroll: true }),
  };
}

function section(name, ...inside) {
  const id = unique("tb-part");
  return make("section", { "aria-labelledby": id }, make("h5", { id }, name), ...inside);
}

function quiet(words) {
  return make("p", { class: "tb-quiet" }, words);
}

function metrics(detail) {
  if (!detail.metrics.length) return quiet("its run measured nothing, or no run is known");
  const against = !detail.is_champion && detail.champion;
  const titles = ["metric", "this", ...(against ? [`champion ${detail.champion}`, "difference"] : [])];
  const head = make("tr", {}, ...titles.map((title) => make("th", { scope: "col" }, title)));
  const rows = detail.metrics.map((line) => {
    const name = make("th", { scope: "row", title: line.way }, line.name, line.way ? make("span", { class: "tb-quiet" }, line.way.startsWith("higher") ? " ↑" : " ↓") : "");
    const rest = against ? [make("td", {}, line.champion || "–"), make("td", { class: `tb-tone-${line.tone}` }, `${line.step} ${line.word}`)] : [];
    return make("tr", {}, name, make("td", {}, make("b", {}, line.value)), ...rest);
  });
  const note = detail.is_champion ? [quiet("it is the champion")] : detail.champion ? [] : [quiet("there is no champion to compare with")];
  return make("div", {}, make("div", { class: "tb-wide" }, make("table", { class: "tb-numbers" }, make("thead", {}, head), make("tbody", {}, ...rows))), ...note);
}

function known(detail) {
  const facts = detail.facts.map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", { title: value }, value)));
  const badges = detail.badges.map((badge) => make("li", {}, badgeView(badge), badge.title ? make("span", { class: "tb-quiet" }, ` ${badge.title}`) : ""));
  return make("div", {}, make("ul", { class: "tb-known", role: "list" }, ...badges), make("dl", {}, ...facts));
}

function approvals(detail) {
  const lines = detail.approvals.map((one) => make("li", {}, one.words, make("span", { class: "tb-quiet", title: one.when }, ` · ${age(one.when_ms)}`)));
  return make("ul", { class: "tb-known", role: "list" }, ...lines);
}

function report(one) {
  const sign = one.passed ? badgeView({ words: "passed", tone: "ok", sign: "✓" }) : badgeView({ words: "failed", tone: "bad", sign: "✗" });
  const words = make("span", { title: one.when }, `${one.target} `, sign, make("span", { class: "tb-quiet" }, ` ${one.words} · ${age(one.when_ms)}`));
  return make("details", {}, make("summary", {}, words), checkList(one.checks));
}

/** Return one decision of the past, as a point on the line of time. */
function moment(one) {
  const head = make("div", {}, make("b", {}, one.command), ` ${one.versions.join(", ")} `, make("span", { class: "tb-quiet", title: one.when }, `${one.when} · ${one.by}`));
  const lines = one.moves.map((words) => make("div", {}, words));
  if (one.reason) lines.push(make("div", { class: "tb-reason" }, `“${one.reason}”`));
  if (one.forced) lines.push(make("div", { class: "tb-tone-bad" }, `‼ ${one.forced}`));
  return make("li", { class: one.forced || one.incident ? "tb-grave" : "" }, head, ...lines);
}

const SIGN = { passed: "✓", failed: "✗", warned: "!", errored: "⚡", skipped: "–", running: "◌" };
const TONE = { passed: "ok", failed: "bad", warned: "warn", errored: "bad", skipped: "quiet", running: "quiet" };
const GRAVITY = ["failed", "errored", "warned", "skipped", "passed"];

/** Return checks with what each found; those that keep a version out first, unless in order. */
export function checkList(checks, { inOrder = false } = {}) {
  const rank = (one) => (one.blocks ? 0 : 1) * 10 + GRAVITY.indexOf(one.state);
  const sorted = inOrder ? checks : [...checks].sort((a, b) => rank(a) - rank(b));
  return make("ol", { class: "tb-checks", role: "list" }, ...sorted.map((one) => {
    const state = make("span", { class: `tb-tone-${TONE[one.state] ?? "quiet"}` }, make("span", { class: "tb-sign", "aria-hidden": "true" }, SIGN[one.state] ?? "·"), one.state);
    const time = make("span", { class: "tb-quiet tb-time" }, one.seconds === undefined ? "" : seconds(one.seconds));
    const words = make("span", { class: "tb-words", title: one.held || null }, one.words ?? "");
    return make("li", { class: one.blocks ? "tb-blocks" : "" }, state, make("b", {}, one.label), words, time);
  }));
}

export function seconds(count) {
  return count < 0.95 ? `${Math.round(count * 1000)} ms` : count < 60 ? `${count.toFixed(1)} s` : `${Math.floor(count / 60)} min ${Math.round(count % 60)} s`;
}
