// What the views show just now: which project, which runs of it; fetched again with every news.
import type { Event } from '@jupyterlab/services';
import { type ISignal, Signal } from '@lumino/signaling';
import { type Api, type Asked, EVENT, Refusal } from './api';
import { NO_ROWS, type Rows, withHead, withMore, without } from './pure';
import type { Place, RunDetail } from './records';

export type Scope = 'notebook' | 'project';
const PAGE = 100;
const WATCH_MS = 30_000;
const SOON_MS = 150;

export class Model {
  place: Place | null = null;
  path = '';
  scope: Scope = 'notebook';
  experiment = '';
  filter = '';
  rows: Rows = NO_ROWS;
  selected: string[] = [];
  opened: RunDetail | null = null;
  refusal = '';
  trouble = '';
  loaded = false;
  /** Where the list of runs was left, for coming back from a run. */
  left = { top: 0, at: '', closed: new Set<string>() as ReadonlySet<string> };

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

  /** Told when anything that is shown may have changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Told when there is news of the project. */
  get news(): ISignal<this, void> {
    return this._news;
  }

  get project(): string | null {
    return this.place?.project ?? null;
  }

  /** Follow the project while any view of it is on screen. */
  show(view: string, visible: boolean): void {
    const before = this._visible;
    visible ? this._views.add(view) : this._views.delete(view);
    if (this._visible === before) {
      return;
    }
    window.clearInterval(this._watching);
    if (visible) {
      this._watching = window.setInterval(() => void this.watch(), WATCH_MS);
      void this.follow(this.path);
    }
  }

  private get _visible(): boolean {
    return this._views.size > 0;
  }

  /** Show what belongs to a notebook or a folder. */
  async follow(path: string): Promise<void> {
    const moved = path !== this.path;
    this.path = path;
    if (!this._visible) {
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
        this.opened = this._opening = null;
        this.experiment = '';
        this.empty();
      }
      if (other) {
        this._news.emit();
      }
      await this.watch();
      await this.load();
    });
  }

  /** Ask again, together with whatever else asks for it meanwhile; news without end do not put it off. */
  soon(): void {
    this._soon ||= window.setTimeout(() => {
      this._soon = 0;
      void this.refresh();
    }, SOON_MS);
  }

  async refresh(): Promise<void> {
    if (!this._visible) {
      return;
    }
    if (this.project === null) {
      return this.follow(this.path);
    }
    await this.guarded(() => this.load());
    this._news.emit();
  }

  async narrow(changed: Partial<Pick<Model, 'filter' | 'experiment' | 'scope'>>): Promise<void> {
    Object.assign(this, changed);
    this.empty();
    await this.guarded(() => this.load());
  }

  async more(): Promise<void> {
    const { next } = this.rows;
    if (next === null || next === this._asking || this.project === null) {
      return;
    }
    this._asking = next;
    await this.guarded(async () => {
      const page = await this.api.runs({ ...this.asked(), after: next });
      if (this.rows.next === next) {
        this.rows = withMore(this.rows, page);
      }
    });
    this._asking = '';
  }

  select(ids: string[]): void {
    this.selected = ids;
    this._changed.emit();
  }

  /** Pick a run, or let it go. */
  pick(id: string): void {
    const { selected } = this;
    this.select(selected.includes(id) ? selected.filter(one => one !== id) : [...selected, id]);
  }

  async open(run: string | null): Promise<void> {
    this._opening = run;
    if (run === null || this.project === null) {
      this.opened = null;
      this._changed.emit();
      return;
    }
    await this.guarded(() => this.look(run));
  }

  /** Show a run no longer: it is in the trash. */
  forget(run: string): void {
    this.rows = without(this.rows, run);
    this.select(this.selected.filter(one => one !== run));
  }

  /** Fetch a run to show, unless another was opened, or it was closed, before the answer came. */
  private async look(run: string): Promise<void> {
    const { project } = this;
    const current = () => this._opening === run && this.project === project;
    try {
      const found = await this.api.run(project ?? '', run);
      if (current()) {
        this.opened = found;
      }
    } catch (error) {
      if (!current()) {
        return;
      }
      if (error instanceof Refusal && error.status === 404) {
        this.opened = null;
        this.forget(run);
      }
      throw error;
    }
  }

  private empty(): void {
    this.rows = NO_ROWS;
    this.loaded = false;
    this.left = { ...this.left, top: 0, at: '' };
    this._answered = this._turn; // an answer on its way holds only the news of what was shown
    this._changed.emit();
  }

  private asked(): Asked {
    const notebook = this.scope === 'notebook' && this.place?.notebook ? this.path : undefined;
    const { filter, experiment } = this;
    return { project: this.project ?? '', notebook, filter, experiment, limit: PAGE };
  }

  private async load(): Promise<void> {
    if (this.project === null) {
      this.rows = NO_ROWS;
      return;
    }
    const asked = this.asked();
    const have = this.rows.lines.slice(0, PAGE).map(line => line.mark);
    const turn = ++this._turn;
    // Of two answers the one asked for later counts, and none to what is no longer asked.
    const fits = () => turn > this._answered && JSON.stringify(asked) === JSON.stringify(this.asked());
    try {
      const page = await this.api.runs({ ...asked, have: have.join(',') });
      if (fits()) {
        this._answered = turn;
        this.rows = withHead(this.rows, page);
        this.refusal = '';
      }
    } catch (error) {
      if (!(error instanceof Refusal && error.status === 400)) {
        throw error;
      }
      this.refusal = fits() ? error.message : this.refusal;
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
      const lost = error instanceof Refusal && error.status === 404 && !error.message;
      this.trouble = lost ? 'the server has no trackbook extension' : String((error as Error).message);
    }
    this.loaded = true;
    this._changed.emit();
  }

  private _views = new Set<string>();
  private _watching = 0;
  private _soon = 0;
  private _asking = '';
  private _opening: string | null = null;
  private _turn = 0;
  private _answered = 0;
  private _changed = new Signal<this, void>(this);
  private _news = new Signal<this, void>(this);
}
