// The box beside a graph: all facts of what was chosen, as text, and its neighbours as buttons.

import { make } from "./dom.js";

/** Return the box's contents; `say(ask, id)` is told what is asked of the kernel. */
export function toldOf(told, say) {
  const choose = (id) => say("choose", id);
  if (!told.title) return [make("p", { class: "tb-empty" }, told.hint ?? "")];
  const act = told.act && make("button", { type: "button", class: "tb-plain", "data-tb": "act", onclick: () => say("click", told.of) }, told.act);
  const leave = make("button", { type: "button", class: "tb-plain tb-leave", "data-tb": "leave", title: "let go", "aria-label": "let go", onclick: () => choose("") }, "×");
  const head = make("div", { class: "tb-told-head" }, make("span", { class: "tb-kind" }, told.kind), leave);
  return [
    head,
    make("p", { class: "tb-told-title" }, told.title),
    ...(act ? [act] : []),
    ...factsOf(told.facts),
    ...told.beside.filter(({ rows }) => rows.length).map((one) => besideOf(one, choose)),
  ];
}

function factsOf(facts) {
  const list = make("dl", { class: "tb-facts" });
  let group = "";
  for (const [of, name, value, how] of facts) {
    if (of && of !== group) list.append(make("dt", { class: "tb-over tb-told-group" }, of));
    group = of;
    const over = how === "block" || !name ? "tb-over" : null;
    if (name) list.append(make("dt", { class: over }, name));
    list.append(make("dd", { class: over }, how === "block" ? make("pre", {}, ...linesOf(value)) : value));
  }
  return [list];
}

/** Return the lines of a block; those of a diff in their colours. */
function linesOf(text) {
  if (!text.startsWith("--- ")) return [text];
  const kinds = { "+": "tb-add", "-": "tb-del", "@": "tb-hunk" };
  return text.split("\n").map((line) => make("span", { class: /^(---|\+\+\+) /.test(line) ? "tb-hunk" : (kinds[line[0]] ?? null) }, `${line}\n`));
}

function besideOf({ title, rows, more }, choose) {
  const lines = rows.map(({ id, name, said }) =>
    make("div", { role: "listitem" }, make("button", { type: "button", class: "tb-plain", "data-tb": id, onclick: () => choose(id) }, name), said && ` ${said}`));
  if (more) lines.push(make("div", { role: "listitem" }, `and ${more} more`));
  return make("div", {}, make("p", { class: "tb-told-group" }, title), make("div", { class: "tb-near", role: "list" }, ...lines));
}
