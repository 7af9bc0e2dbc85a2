import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anchored, between, itemsOf, NO_ROWS, windowOf, withHead, withMore, without } from '../src/pure.ts';
import type { RunLine, RunPage } from '../src/records.ts';

const line = (id: string, experiment = 'a', mark = id) => ({ run_id: id, experiment, mark }) as RunLine;
const page = (order: string[], runs: RunLine[], next: string | null = null): RunPage => ({
  total: 9,
  order,
  runs,
  next,
  best: null
});
const listed = (names: string) =>
  itemsOf(
    [...names].map(id => line(id)),
    false,
    new Set()
  );
const ids = (rows: { lines: RunLine[] }) => rows.lines.map(one => one.run_id).join('');

test('only news is sent, and the list stays whole and in order', () => {
  const first = withHead(NO_ROWS, page(['c', 'b'], [line('c'), line('b')], 'b'));
  const more = withMore(first, page(['a'], [line('a')], null));
  assert.equal(ids(more), 'cba');
  const news = withHead(more, page(['d', 'c'], [line('d')], 'c'));
  assert.equal(ids(news), 'dcba');
  assert.equal(news.next, null);
});

test('a run that was deleted is gone, one that changed is replaced', () => {
  const rows = withHead(
    NO_ROWS,
    page(
      ['c', 'b', 'a'],
      ['c', 'b', 'a'].map(id => line(id))
    )
  );
  const after = withHead(rows, page(['c', 'a'], [line('a', 'a', 'new')]));
  assert.equal(ids(after), 'ca');
  assert.equal(after.lines[1].mark, 'new');
});

test('a page that comes twice is shown once', () => {
  const rows = withHead(NO_ROWS, page(['b'], [line('b')], 'b'));
  const more = page(['a'], [line('a')]);
  assert.equal(ids(withMore(withMore(rows, more), more)), 'ba');
});

test('a run in the trash leaves the list, and the next page is asked for behind another', () => {
  const rows = withHead(NO_ROWS, page(['c', 'b'], [line('c'), line('b')], 'b'));
  const after = without(rows, 'b');
  assert.deepEqual([ids(after), after.next, after.total], ['c', 'c', 8]);
  assert.equal(without(after, 'gone').total, 8);
});

test('the row at the edge stays where it is while runs come above it, and the head shows the news', () => {
  assert.equal(anchored(listed('cba'), listed('edcba'), 50, 46), 142);
  assert.equal(anchored(listed('cba'), listed('edcba'), 0, 46), 0);
  assert.equal(anchored(listed('cba'), listed('ca'), 50, 46), 50);
});

test('a hundred thousand runs of one experiment are grouped at once', () => {
  const lines = Array.from({ length: 100_000 }, (_, n) => line(`${n}`, n === 99_999 ? 'b' : 'a'));
  assert.equal(itemsOf(lines, true, new Set()).length, 100_002);
});

test('runs stand under their experiments, folded or not; one experiment needs no name', () => {
  const lines = [line('c', 'x'), line('b', 'y'), line('a', 'x')];
  const told = (closed: string[]) => itemsOf(lines, true, new Set(closed)).map(item => item.line?.run_id ?? item.name);
  assert.deepEqual(told([]), ['x', 'c', 'a', 'y', 'b']);
  assert.deepEqual(told(['x']), ['x', 'y', 'b']);
  assert.equal(itemsOf([line('a')], true, new Set()).length, 1);
});

test('of ten thousand rows only those on screen are drawn', () => {
  assert.deepEqual(windowOf(0, 460, 46, 10_000), [0, 18]);
  assert.deepEqual(windowOf(460_000 - 460, 460, 46, 10_000), [9982, 10_000]);
  assert.deepEqual(windowOf(900, 460, 46, 3), [3, 3]);
});

test('shift takes all between, either way', () => {
  assert.deepEqual(between(listed('abcd'), 'c', 'a'), ['a', 'b', 'c']);
  assert.deepEqual(between(listed('a'), 'gone', 'a'), ['a']);
});
