// Everything that is asked of the server: one function for each request, nothing kept.
import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import type { Answer, Board, Experiment, Picture, Place, Preview, RunDetail, RunPage, Watched } from './records';

export const EVENT = 'https://trackbook.invalid/events/changed/v1';

export interface Asked {
  project: string;
  notebook?: string;
  experiment?: string;
  filter?: string;
  after?: string;
  limit?: number;
  have?: string;
}

/** The server's answer to a request that it does not grant, in words for the user. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string
  ) {
    super(message);
  }
}

type Query = { [name: string]: string | number | string[] | undefined };

export class Api {
  constructor(private settings: ServerConnection.ISettings) {}

  place = (path: string) => this.get<Place>('place', { path });
  runs = (asked: Asked) => this.get<RunPage>('runs', { ...asked });
  run = (project: string, run: string) => this.get<RunDetail>('run', { project, run });
  experiments = (project: string) => this.get<Experiment[]>('experiments', { project });
  compare = (project: string, run: string[]) => this.get<Picture>('compare', { project, run });
  lineage = (project: string, run: string) => this.get<Picture>('lineage', { project, run });
  board = (project: string) => this.get<Board>('board', { project });
  watch = (project: string) => this.post<Watched>('watch', { project });
  verb = (project: string, name: string, values: object) => this.post<Answer>(`verb/${name}`, { project, values });
  promotion = (project: string, version: string, target: string, ask = false) =>
    this.post<Preview>('preview', { project, version, target, ask });
  rollback = (project: string, rollback: string) => this.post<Preview>('preview', { project, rollback });

  private get<T>(path: string, query: Query): Promise<T> {
    const params = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) {
      for (const one of Array.isArray(value) ? value : [value]) {
        if (one !== undefined) {
          params.append(name, String(one));
        }
      }
    }
    return this.ask<T>(`${path}?${params}`, {});
  }

  private post<T>(path: string, body: object): Promise<T> {
    return this.ask<T>(path, { method: 'POST', body: JSON.stringify(body) });
  }

  private async ask<T>(path: string, init: RequestInit): Promise<T> {
    const url = URLExt.join(this.settings.baseUrl, 'trackbook/api', path);
    const response = await ServerConnection.makeRequest(url, init, this.settings);
    const found = await response.json().catch(() => ({}));
    if (!response.ok) {
      throw new Refusal(response.status, found.message || response.statusText);
    }
    return found as T;
  }
}
