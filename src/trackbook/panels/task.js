// A decision under way: what a gate says check by check, the reason, and what came of it.

import { checkList, seconds } from "./detail.js";
import { make, settled, unique } from "./dom.js";

const RUNNING = ["examining", "stopping", "planning", "acting"];

export const isRunning = (task) => Boolean(task) && RUNNING.includes(task.stage);

/** Build the pane of the task at hand; `closed(task)` is called when it was put away. */
export function taskView(hub, closed) {
  const ids = [unique("tb-task"), unique("tb-reason"), unique("tb-refusal")];
  const title = make("h5", { id: ids[0], tabindex: -1, class: "tb-title" });
  const words = make("p", { class: "tb-task-words" });
  const bar = make("progress", { "aria-label": "Checks done" });
  const checks = make("div", { class: "tb-check-box" });
  const label = make("label", { for: ids[1] });
  const reason = make("textarea", { id: ids[1], rows: 2, "aria-describedby": ids[2], spellcheck: "true" });
  const refusal = make("p", { id: ids[2], class: "tb-refusal", role: "alert" });
  const form = make("div", { class: "tb-form" }, label, reason);
  const button = (name, act, main) => make("button", { type: "button", class: `tb-do${main ? " tb-main" : ""}`, onclick: act }, name);
  const act = button("", decide, true);
  const again = button("Examine again", () => hub.ask({ ask: "again", number: task.number }));
  const cancel = button("Cancel", () => hub.ask({ ask: "cancel" }));
  const close = button("Close", leave);
  const buttons = make("div", { class: "tb-actions" }, act, again, cancel, close);
  const root = make("section", { class: "tb-task", role: "region", "aria-labelledby": ids[0] }, title, words, bar, checks, form, refusal, buttons);
  let task = null;
  let since = 0;
  let ticking = 0;

  const draftKey = () => `${task.do} ${task.id}`;
  const keep = () => hub.set("drafts", { ...hub.get("drafts"), [draftKey()]: reason.value });
  const keepSoon = settled((number) => task?.number === number && task.stage === "asking" && keep(), 400);
  reason.addEventListener("input", () => keepSoon(task.number));
  reason.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) decide();
  });

  function decide() {
    if (task.stage !== "asking") return;
    keep();
    hub.ask({ ask: "act", number: task.number, reason: reason.value });
  }

  function leave() {
    if (task?.stage === "examining") hub.ask({ ask: "cancel" });
    if (!task || isRunning(task)) return;
    if (task.stage === "asking") keep();
    hub.ask({ ask: "close" });
    hub.away.add(task.number); // at once: the kernel may be busy
    refresh();
  }

  function refresh() {
    const before = task;
    task = hub.away.has(hub.task?.number) ? null : hub.task;
    root.hidden = !task;
    if (!task) {
      clearInterval(ticking);
      if (before && root.contains(document.activeElement)) closed(before);
      else if (before) closed(before, true);
      return;
    }
    const isNew = before?.number !== task.number;
    const inside = root.contains(document.activeElement);
    if (isNew) {
      title.textContent = `${task.label}: ${task.name}`;
      reason.value = hub.get("drafts")[draftKey()] ?? "";
      act.textContent = task.label;
    }
    draw();
    tick();
    // the focus goes to what was begun here, and soon: never away from what is typed elsewhere
    if (isNew && Date.now() - hub.mine < 10000) focusFirst();
    else if (inside && !visible(document.activeElement)) focusFirst();
    else if (task.stage === "asking" && task.stage !== before?.stage && (inside || document.activeElement === title)) reason.focus();
    if (task.refusal && task.refusal !== before?.refusal && inside) reason.focus();
    if (root.contains(document.activeElement)) root.scrollIntoView({ block: "nearest" });
  }

  function draw() {
    const stage = task.stage;
    const done = task.checks.filter((one) => one.state !== "running").length;
    root.dataset.stage = stage;
    root.setAttribute("aria-busy", String(isRunning(task)));
    bar.hidden = !["examining", "stopping"].includes(stage);
    bar.max = task.check_count || 1;
    bar.value = done;
    const told = sentence(task, done);
    words.textContent = told;
    words.className = `tb-task-words tb-tone-${{ done: "ok", "kept out": "bad", refused: "bad", cancelled: "warn" }[stage] ?? "plain"}`;
    hub.say(told);
    checks.hidden = !task.checks.length || stage === "done";
    checks.replaceChildren(checkList(task.checks, { inOrder: isRunning(task) && stage !== "acting" }));
    checks.scrollTop = stage === "examining" ? checks.scrollHeight : 0;
    form.hidden = !["asking", "acting"].includes(stage);
    label.textContent = task.needs_reason ? "Why? It stays on record." : "A comment, if you like. It stays on record.";
    reason.readOnly = stage === "acting";
    reason.setAttribute("aria-invalid", String(Boolean(task.refusal) && !reason.value.trim()));
    refusal.textContent = task.refusal;
    act.hidden = form.hidden;
    act.setAttribute("aria-disabled", String(stage === "acting"));
    again.hidden = !["kept out", "refused", "cancelled"].includes(stage) && !(stage === "asking" && task.do === "promote" && task.refusal);
    again.textContent = task.do === "promote" ? "Examine again" : "Try again";
    cancel.hidden = !["examining", "stopping"].includes(stage);
    cancel.setAttribute("aria-disabled", String(stage === "stopping"));
    close.hidden = isRunning(task);
  }

  /** Count the seconds of the check that works, so that nobody thinks it hangs. */
  function tick() {
    clearInterval(ticking);
    if (!["examining", "planning", "acting"].includes(task.stage)) return;
    since = performance.now();
    const place = () => checks.querySelector("li:last-child .tb-time");
    ticking = setInterval(() => {
      if (!root.isConnected) return clearInterval(ticking);
      const running = task.stage === "examining" && task.checks.at(-1)?.state === "running";
      if (running && place()) place().textContent = seconds((performance.now() - since) / 1000);
    }, 500);
  }

  function focusFirst() {
    const first = [form.hidden ? null : reason, cancel, again, close].find((one) => one && !one.hidden);
    (task.stage === "planning" ? title : first ?? title).focus({ preventScroll: true });
    root.scrollIntoView({ block: "nearest" });
  }

  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    leave();
  });
  return { root, refresh, close: () => clearInterval(ticking) };
}

const visible = (element) => element.isConnected && element.offsetParent !== null;

function sentence(task, done) {
  const now = task.checks.find((one) => one.state === "running");
  return {
    examining: now ? `Check ${done + 1} of ${task.check_count}: ${now.label}` : "Getting ready to examine it…",
    stopping: "Stopping…",
    planning: "Looking at what a rollback would change…",
    asking: task.do === "promote" ? `The gate is passed: ${task.words}, in ${seconds(task.seconds)}` : task.words,
    acting: task.do === "rollback" ? "Verifying the version to go back to, then rolling back…" : "Writing it down…",
    done: task.words,
  }[task.stage] ?? task.words;
}
