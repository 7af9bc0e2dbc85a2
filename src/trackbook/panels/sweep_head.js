// The head of a sweep: how far it is, the best so far, and the buttons that end what runs.

import { make } from "./dom.js";

const COLORS = { done: "ok", running: "brand", failed: "bad", pruned: "quiet", cancelled: "warn" };

/** Build the head; `hub` has `ask(content)`, `select(ids)` and `selected()`. */
export function sweepHead(hub) {
  const title = make("p", { class: "tb-headline" });
  const about = make("p", { class: "tb-about" });
  const bar = make("div", { class: "tb-meter", role: "progressbar", "aria-label": "Trials ended" });
  const counts = make("p", { class: "tb-counts" });
  const best = make("div", { class: "tb-best-box" });
  const voice = make("p", { class: "tb-voice", role: "status" });
  const note = make("p", { class: "tb-note", role: "status" });
  const acts = make("div", { class: "tb-acts" });
  const root = make("header", { class: "tb-sweep-head" }, make("div", { class: "tb-sweep-told" }, title, about, bar, counts, note), best, acts, voice);
  let view = null;
  let asked = null; // what waits for a second word

  function show(next) {
    const before = view;
    view = next;
    const state = make("span", { class: `tb-pill tb-pill-${view.status.toLowerCase().replace(/[^a-z]/g, "")}` }, view.state);
    title.replaceChildren(view.name, " ", state);
    about.replaceChildren(make("span", { class: "tb-target" }, view.target), ` · ${view.how} · ${view.times}`);
    const total = Math.max(view.total ?? 0, view.ended, 1);
    bar.hidden = !view.total && !view.ended;
    bar.setAttribute("aria-valuemin", 0);
    bar.setAttribute("aria-valuemax", total);
    bar.setAttribute("aria-valuenow", view.ended);
    bar.replaceChildren(...view.counts.filter(([, count]) => count).map(([name, count]) => {
      const part = make("span", { class: `tb-part-${COLORS[name]}` });
      part.style.width = `${(100 * count) / Math.max(total, view.ended + (name === "running" ? count : 0))}%`;
      return part;
    }));
    counts.replaceChildren(...view.counts.map(([name, count]) => make("span", {}, make("i", { class: `tb-part-${COLORS[name]}`, "aria-hidden": "true" }), `${count}${name === "done" && view.total ? ` of ${view.total}` : ""} ${name}`)));
    best.replaceChildren(...bestOf(view));
    if (!before || before.words !== view.words) voice.textContent = view.words;
    paint();
  }

  function bestOf({ best: one, metric, direction }) {
    if (!one) return [make("p", { class: "tb-quiet" }, direction ? "no trial has come to a value yet" : "which way the metric is better is not known")];
    return [
      make("p", { class: "tb-quiet" }, `best ${metric} (${direction}imum)`.replace("minimum", "least").replace("maximum", "most")),
      make("p", { class: "tb-best-value" }, one.value, " ",
        make("button", { type: "button", class: "tb-plain", onclick: () => hub.select([one.id]) }, `trial ${one.number}`)),
      make("dl", {}, ...one.params.flatMap(([name, value]) => [make("dt", { title: name }, name), make("dd", { title: value }, value)])),
    ];
  }

  /** Show the buttons that fit what is picked. */
  function paint() {
    if (!view) return;
    const picked = hub.selected();
    const mine = view.trials.filter((one) => picked.has(one.id));
    const failed = mine.filter((one) => one.error);
    const running = mine.filter((one) => !one.error);
    if (!view.is_running) {
      asked = null;
      note.textContent = "";
    }
    const key = JSON.stringify([view.is_running, asked, mine]);
    if (acts.dataset.key === key) return; // the focus stays where it is
    acts.dataset.key = key;
    const button = (name, act, main) => make("button", { type: "button", class: `tb-do${main ? " tb-main" : ""}`, onclick: act }, name);
    const parts = failed.slice(0, 3).map((one) => make("p", { class: "tb-error" }, `trial ${one.number}: ${one.error}`));
    if (asked) {
      const yes = button(asked.label, () => {
        hub.ask(asked.content);
        say("asked; a busy kernel hears it when it is free");
        turn(null);
      }, true);
      parts.push(make("div", { class: "tb-ask", role: "alertdialog", "aria-label": asked.words }, make("span", {}, asked.words), yes, button("Leave it", () => turn(null))));
    } else if (view.is_running) {
      parts.push(button("Stop sweep…", () => turn({ words: "Stop this sweep? What runs is cancelled; it can be resumed.", label: "Stop it", content: { ask: "stop" } })));
      for (const one of running.slice(0, 3)) {
        parts.push(button(`Prune trial ${one.number}…`, () => turn({ words: `End trial ${one.number} now?`, label: "Prune it", content: { ask: "prune", number: one.number } })));
      }
    }
    acts.replaceChildren(...parts);
  }

  function turn(next) {
    asked = next;
    paint();
    acts.querySelector("button")?.focus();
  }
  acts.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && asked) turn(null);
  });

  function say(text) {
    note.textContent = text;
  }
  return { root, show, paint, say };
}
