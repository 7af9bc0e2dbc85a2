// What needs no JupyterLab: merging pages, the rows on screen, numbers and times in words.
import type { RunLine, RunPage } from './records';

export interface Rows {
  version: string;
  total: number;
  lines: RunLine[];
  next: string | null;
  headline: string | null;
  best: RunLine | null;
  words: string;
}

export const NO_ROWS: Rows = {
  version: '',
  total: 0,
  lines: [],
  next: null,
  headline: null,
  best: null,
  words: ''
};

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
  return {
    ...page,
    lines: [...head, ...rest.filter(line => !seen.has(line.run_id))],
    next: rest.length > 0 ? rows.next : page.next
  };
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

export type Item = { kind: 'group'; name: string; count: number; open: boolean } | { kind: 'run'; line: RunLine };

/** Return what stands in the list: under each experiment its runs, where groups are wanted. */
export function itemsOf(lines: RunLine[], grouped: boolean, closed: ReadonlySet<string>): Item[] {
  if (!grouped) {
    return lines.map(line => ({ kind: 'run', line }));
  }
  const groups = new Map<string, RunLine[]>();
  for (const line of lines) {
    const known = groups.get(line.experiment);
    known ? known.push(line) : groups.set(line.experiment, [line]); // ten thousand in one are not copied each time
  }
  if (groups.size < 2) {
    return lines.map(line => ({ kind: 'run', line }));
  }
  return [...groups].flatMap(([name, inner]) => {
    const open = !closed.has(name);
    const head: Item = { kind: 'group', name, count: inner.length, open };
    return [head, ...(open ? inner.map((line): Item => ({ kind: 'run', line })) : [])];
  });
}

/** Return which rows are on screen, with a few above and below. */
export function windowOf(top: number, height: number, row: number, count: number, spare = 8): [number, number] {
  const first = Math.max(0, Math.floor(top / row) - spare);
  const last = Math.min(count, Math.ceil((top + height) / row) + spare);
  return [Math.min(first, last), last];
}

const keyOf = (item: Item) => (item.kind === 'run' ? item.line.run_id : `group ${item.name}`);

/** Return where a list must stand for the row at its top edge to stay there while others come above it. */
export function anchored(before: Item[], after: Item[], top: number, row: number): number {
  const edge = before[Math.floor(top / row)];
  if (top < row || !edge) {
    return top; // at the head one wants to see what is new
  }
  const place = after.findIndex(item => keyOf(item) === keyOf(edge));
  return place < 0 ? top : place * row + (top % row);
}

/** Return the path of a spark line in a box. */
export function sparkPath(values: number[], width: number, height: number): string {
  if (values.length < 2) {
    return '';
  }
  const low = Math.min(...values);
  const span = Math.max(...values) - low || 1;
  return values
    .map((value, at) => {
      const x = (at / (values.length - 1)) * width;
      const y = height - ((value - low) / span) * height;
      return `${at === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`;
    })
    .join('');
}

/** Return a number in few digits. */
export function shortNumber(value: number | null): string {
  if (value === null) {
    return '';
  }
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) {
    return value.toExponential(2);
  }
  return Number(value.toPrecision(4)).toString();
}

/** Return a change with its sign. */
export function signed(value: number): string {
  return `${value > 0 ? '+' : value < 0 ? '−' : '±'}${shortNumber(Math.abs(value))}`;
}

/** Return how long ago a moment was. */
export function ago(iso: string, now: number): string {
  const seconds = Math.max(0, (now - Date.parse(iso)) / 1000);
  const steps: [number, string][] = [
    [86400 * 365, 'y'],
    [86400 * 30, 'mo'],
    [86400, 'd'],
    [3600, 'h'],
    [60, 'min']
  ];
  for (const [size, unit] of steps) {
    if (seconds >= size) {
      return `${Math.floor(seconds / size)} ${unit}`;
    }
  }
  return `${Math.floor(seconds)} s`;
}

/** Return the runs from one to another in the order shown, for shift and click. */
export function between(ids: string[], a: string, b: string): string[] {
  const [from, to] = [ids.indexOf(a), ids.indexOf(b)].sort((x, y) => x - y);
  return from < 0 ? [b] : ids.slice(from, to + 1);
}
