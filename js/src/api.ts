// Everything that is asked of the server: one function for each request, nothing kept.
import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import type { Answer, Board, Deed, Experiment, Picture, Place, Preview, RunDetail, RunPage, Watched } from './records';

export const EVENT = 'https://trackbook.invalid/events/changed/v1';

export type Query = { [name: string]: string | number | string[] | undefined };

/** The server's answer to a request that it does not grant, in words for the user. */
export const refusal = (error: unknown, status: number) =>
  error instanceof ServerConnection.ResponseError && error.response.status === status;

export class Api {
  constructor(private settings: ServerConnection.ISettings) {}

  place = (path: string) => this.get<Place>('place', { path });
  runs = (asked: Query) => this.get<RunPage>('runs', asked);
  run = (project: string, run: string) => this.get<RunDetail>('run', { project, run });
  experiments = (project: string) => this.get<Experiment[]>('experiments', { project });
  picture = (what: string, project: string, run: string[]) => this.get<Picture>(what, { project, run });
  board = (project: string) => this.get<Board>('board', { project });
  watch = (project: string) => this.post<Watched>('watch', { project });
  preview = (project: string, { verb, values }: Deed) => this.post<Preview>('preview', { project, verb, values });
  act = (project: string, { verb, values }: Deed, more: object = {}) =>
    this.post<Answer>(`verb/${verb}`, { project, values: { ...values, ...more } });

  private get<T>(path: string, query: Query): Promise<T> {
    const pairs = Object.entries(query).flatMap(([name, value]) => [value ?? []].flat().map(one => [name, `${one}`]));
    return this.ask<T>(`${path}?${new URLSearchParams(pairs)}`, {});
  }

  private post<T>(path: string, body: object): Promise<T> {
    return this.ask<T>(path, { method: 'POST', body: JSON.stringify(body) });
  }

  private async ask<T>(path: string, init: RequestInit): Promise<T> {
    const url = URLExt.join(this.settings.baseUrl, 'trackbook/api', path);
    const response = await ServerConnection.makeRequest(url, init, this.settings);
    if (!response.ok) {
      throw await ServerConnection.ResponseError.create(response);
    }
    return (await response.json()) as T;
  }
}
