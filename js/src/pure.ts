// What needs no JupyterLab: merging pages, and the rows on screen.
import type { RunLine, RunPage } from './records';

export type Rows = Pick<RunPage, 'total' | 'next' | 'best'> & { lines: RunLine[] };

export const NO_ROWS: Rows = { total: 0, lines: [], next: null, best: null };

/** Put the head of a list in place, as the server sent it: ids in order, and lines that are news. */
export function withHead(rows: Rows, page: RunPage): Rows {
  const known = new Map(rows.lines.map(line => [line.run_id, line]));
  for (const line of page.runs) {
    known.set(line.run_id, line);
  }
  const head = page.order.flatMap(id => known.get(id) ?? []);
  const last = page.next === null ? -1 : rows.lines.findIndex(line => line.run_id === page.next);
  const rest = last < 0 ? [] : rows.lines.slice(last + 1);
  const seen = new Set(page.order);
  const lines = [...head, ...rest.filter(line => !seen.has(line.run_id))];
  return { total: page.total, best: page.best, lines, next: rest.length > 0 ? rows.next : page.next };
}

/** Put a further page behind a list. */
export function withMore(rows: Rows, page: RunPage): Rows {
  const seen = new Set(rows.lines.map(line => line.run_id));
  const fresh = page.runs.filter(line => !seen.has(line.run_id));
  return { ...rows, total: page.total, lines: [...rows.lines, ...fresh], next: page.next };
}

/** Take a run out that is no more; the cursor never rests on it. */
export function without(rows: Rows, run: string): Rows {
  const lines = rows.lines.filter(line => line.run_id !== run);
  const next = rows.next === run ? (lines.at(-1)?.run_id ?? null) : rows.next;
  return { ...rows, lines, next, total: rows.total - (rows.lines.length - lines.length) };
}

/** A row of the list: a run, or the head of those of an experiment. */
export type Item = { name: string; count: number; open: boolean; line?: RunLine };

export const keyOf = (item: Item | undefined) => item && (item.line?.run_id ?? `group ${item.name}`);

/** Return what stands in the list: under each experiment its runs, where groups are wanted. */
export function itemsOf(lines: RunLine[], grouped: boolean, closed: ReadonlySet<string>): Item[] {
  const rowOf = (line: RunLine): Item => ({ name: line.experiment, count: 1, open: true, line });
  const groups = new Map<string, RunLine[]>();
  for (const line of grouped ? lines : []) {
    const known = groups.get(line.experiment);
    known ? known.push(line) : groups.set(line.experiment, [line]); // ten thousand in one are not copied each time
  }
  if (groups.size < 2) {
    return lines.map(rowOf);
  }
  return [...groups].flatMap(([name, inner]) => {
    const open = !closed.has(name);
    return [{ name, count: inner.length, open }, ...(open ? inner.map(rowOf) : [])];
  });
}

/** Return which rows are on screen, with a few above and below. */
export function windowOf(top: number, height: number, row: number, count: number, spare = 8): [number, number] {
  const first = Math.max(0, Math.floor(top / row) - spare);
  const last = Math.min(count, Math.ceil((top + height) / row) + spare);
  return [Math.min(first, last), last];
}

/** Return where a list must stand for the row at its top edge to stay there while others come above it. */
export function anchored(before: Item[], after: Item[], top: number, row: number): number {
  const edge = before[Math.floor(top / row)];
  if (top < row || !edge) {
    return top; // at the head one wants to see what is new
  }
  const place = after.findIndex(item => keyOf(item) === keyOf(edge));
  return place < 0 ? top : place * row + (top % row);
}

/** Return the ids of the runs from one to another in the order shown, for shift and click. */
export function between(items: Item[], a: string, b: string): string[] {
  const ids = items.flatMap(item => item.line?.run_id ?? []);
  const [from, to] = [ids.indexOf(a), ids.indexOf(b)].sort((x, y) => x - y);
  return from < 0 ? [b] : ids.slice(from, to + 1);
}
