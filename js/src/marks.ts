// Marks on the cells of the open notebook: what a run rests on, and what has grown stale.
import type { NotebookPanel } from '@jupyterlab/notebook';

const SLICE = 'jp-trackbook-inSlice';
const STALE = 'jp-trackbook-isStale';

export function mark(panel: NotebookPanel | null, slice: string[], stale: string[]): void {
  for (const cell of panel?.content.widgets ?? []) {
    cell.toggleClass(SLICE, slice.includes(cell.model.id));
    cell.toggleClass(STALE, stale.includes(cell.model.id));
  }
}
