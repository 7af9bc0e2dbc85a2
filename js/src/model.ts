// What the views show just now: which project, which runs of it; fetched again with every news.
import type { Event } from '@jupyterlab/services';
import { Throttler } from '@lumino/polling';
import { Signal } from '@lumino/signaling';
import { type Api, EVENT, type Query, refusal } from './api';
import type { Pulse } from './kernel';
import { NO_ROWS, type Rows, withHead, withMore, without } from './pure';
import type { Place, RunDetail } from './records';

const PAGE = 100;
const WATCH_MS = 30_000;
const SOON_MS = 150;

export const NO_EXTENSION = 'no extension';

export class Model {
  place: Place | null = null;
  path = '';
  scope: 'notebook' | 'project' = 'notebook';
  experiment = '';
  filter = '';
  rows: Rows = NO_ROWS;
  selected: string[] = [];
  opened: RunDetail | null = null;
  pulse: Pulse | null = null;
  refusal = '';
  trouble = '';
  loaded = false;
  /** Where the list of runs was left, for coming back from a run. */
  left = { top: 0, at: '', closed: new Set<string>() as ReadonlySet<string> };
  /** Told when anything that is shown may have changed. */
  readonly changed = new Signal<Model, void>(this);
  /** Told when there is news of the project. */
  readonly news = new Signal<Model, void>(this);

  constructor(
    readonly api: Api,
    events: Event.IManager
  ) {
    events.stream.connect((_, event) => {
      if (event.schema_id === EVENT && event.project === this.project) {
        this.soon();
      }
    });
  }

  get project(): string | null {
    return this.place?.project ?? null;
  }

  /** Follow the project while any view of it is on screen. */
  show(view: string, visible: boolean): void {
    const before = this.views.size > 0;
    visible ? this.views.add(view) : this.views.delete(view);
    if (this.views.size > 0 !== before) {
      window.clearInterval(this.watching);
      if (visible) {
        this.watching = window.setInterval(() => void this.watch(), WATCH_MS);
        void this.follow(this.path);
      }
    }
  }

  /** Show what belongs to a notebook or a folder. */
  async follow(path: string): Promise<void> {
    const moved = path !== this.path;
    this.path = path;
    if (this.views.size === 0) {
      return;
    }
    await this.guarded(async () => {
      const place = await this.api.place(path);
      if (path !== this.path) {
        return;
      }
      const other = place.project !== this.project;
      this.place = place;
      if (moved) {
        this.selected = [];
        this.opened = this.opening = null;
        this.experiment = '';
        this.empty();
      }
      if (other) {
        this.news.emit();
      }
      await this.watch();
      await this.load();
    });
  }

  /** Ask again, together with whatever else asks for it meanwhile; news without end do not put it off. */
  soon = () => void this.throttled.invoke();
  private throttled = new Throttler(() => this.refresh(), { limit: SOON_MS, edge: 'trailing' });

  async refresh(): Promise<void> {
    if (this.views.size > 0 && this.project === null) {
      return this.follow(this.path);
    }
    if (this.views.size > 0) {
      await this.guarded(() => this.load());
      this.news.emit();
    }
  }

  async narrow(changed: Partial<Pick<Model, 'filter' | 'experiment' | 'scope'>>): Promise<void> {
    Object.assign(this, changed);
    this.empty();
    await this.guarded(() => this.load());
  }

  async more(): Promise<void> {
    const { next } = this.rows;
    if (next === null || next === this.asking || this.project === null) {
      return;
    }
    this.asking = next;
    await this.guarded(async () => {
      const page = await this.api.runs({ ...this.asked(), after: next });
      if (this.rows.next === next) {
        this.rows = withMore(this.rows, page);
      }
    });
    this.asking = '';
  }

  select(ids: string[]): void {
    this.selected = ids;
    this.changed.emit();
  }

  /** Pick a run, or let it go. */
  pick(id: string): void {
    const rest = this.selected.filter(one => one !== id);
    this.select(rest.length < this.selected.length ? rest : [...rest, id]);
  }

  async open(run: string | null): Promise<void> {
    this.opening = run;
    if (run === null) {
      this.opened = null;
      this.changed.emit();
    } else {
      await this.guarded(() => this.look(run));
    }
  }

  /** Show a run no longer: it is in the trash. */
  forget(run: string): void {
    this.rows = without(this.rows, run);
    this.select(this.selected.filter(one => one !== run));
  }

  /** Fetch a run to show, unless another was opened, or it was closed, before the answer came. */
  private async look(run: string): Promise<void> {
    const { project } = this;
    const current = () => this.opening === run && this.project === project;
    try {
      const found = await this.api.run(project ?? '', run);
      this.opened = current() ? found : this.opened;
    } catch (error) {
      if (current() && refusal(error, 404)) {
        this.opened = null;
        this.forget(run);
      }
      if (current()) {
        throw error;
      }
    }
  }

  private empty(): void {
    this.rows = NO_ROWS;
    this.loaded = false;
    this.left = { ...this.left, top: 0, at: '' };
    this.answered = this.turn; // an answer on its way holds only the news of what was shown
    this.changed.emit();
  }

  private asked(): Query {
    const notebook = this.scope === 'notebook' && this.place?.notebook ? this.path : undefined;
    const { project, filter, experiment } = this;
    return { project: project ?? '', notebook, filter, experiment, limit: PAGE };
  }

  private async load(): Promise<void> {
    if (this.project === null) {
      this.rows = NO_ROWS;
      return;
    }
    const asked = this.asked();
    const have = this.rows.lines.slice(0, PAGE).map(line => line.mark);
    const turn = ++this.turn;
    // Of two answers the one asked for later counts, and none to what is no longer asked.
    const fits = () => turn > this.answered && JSON.stringify(asked) === JSON.stringify(this.asked());
    try {
      const page = await this.api.runs({ ...asked, have: have.join(',') });
      if (fits()) {
        this.answered = turn;
        this.rows = withHead(this.rows, page);
        this.refusal = '';
      }
    } catch (error) {
      if (!refusal(error, 400)) {
        throw error;
      }
      this.refusal = fits() ? (error as Error).message : this.refusal;
    }
    if (this.opened) {
      await this.look(this.opened.line.run_id);
    }
  }

  private async watch(): Promise<void> {
    if (this.project !== null && !document.hidden) {
      await this.api.watch(this.project).catch(() => undefined); // the slow look asks again anyway
    }
  }

  private async guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.trouble = '';
    } catch (error) {
      // a server that has the extension answers for every place
      this.trouble = this.place || !refusal(error, 404) ? String((error as Error).message) : NO_EXTENSION;
    }
    this.loaded = true;
    this.changed.emit();
  }

  private views = new Set<string>();
  private watching = 0;
  private asking = '';
  private opening: string | null = null;
  private turn = 0;
  private answered = 0;
}
