// What all views share: they follow the project while they are on screen, and look like JupyterLab.
import { Time } from '@jupyterlab/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget, UseSignal } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import * as React from 'react';
import type { Model } from './model';
import type { Section } from './records';

export interface Props {
  model: Model;
  trans: TranslationBundle;
  grouped: boolean;
  run: (command: string, args?: object) => void;
}

/** A widget for which the model asks for news while it is on screen. */
export class View extends ReactWidget {
  constructor(
    private model: Model,
    private shown: () => JSX.Element
  ) {
    super();
  }

  override processMessage(message: Message): void {
    super.processMessage(message);
    if (['after-show', 'before-hide', 'before-detach'].includes(message.type)) {
      this.model.show(this.id, message.type === 'after-show');
    }
  }

  protected render(): JSX.Element {
    return <UseSignal signal={this.model.changed}>{this.shown}</UseSignal>;
  }
}

const told = JSON.stringify;

/** Return what a view fetches for itself, once and again with every news. */
export function useFetched<T>(model: Model, ask: (project: string) => Promise<T>) {
  const [found, setFound] = React.useState<{ value: T | null; words: string }>({ value: null, words: '' });
  React.useEffect(() => {
    const project = model.project ?? '';
    let latest = 0; // an answer that comes late does not take the place of a later one
    const fetch = () => {
      const turn = ++latest;
      const put = (value: T | null, words: string) =>
        turn === latest &&
        setFound(old => (told(old) === told({ value, words }) ? old : { value: value ?? old.value, words }));
      ask(project).then(
        value => put(value, ''),
        error => put(null, String(error.message))
      );
    };
    fetch();
    model.news.connect(fetch);
    return () => {
      latest = -1;
      model.news.disconnect(fetch);
    };
  }, [model]);
  return found;
}

export const ago = (moment: string) => Time.formatHuman(moment, 'narrow');

/** A button as JupyterLab's look, unless it has a look of its own. */
export const Button = (props: React.ButtonHTMLAttributes<HTMLButtonElement>) => (
  <button type="button" {...props} className={props.className ?? 'jp-mod-styled'} />
);

export const Chip = ({ label, tone = 'quiet', words = '' }: { label: string; tone?: string; words?: string }) => (
  <span className="jp-trackbook-Chip" data-tone={tone} title={words}>
    {label}
  </span>
);

export const Spark = ({ path }: { path: string }) => (
  <svg className="jp-trackbook-Spark" viewBox="0 -2 48 20" preserveAspectRatio="none" aria-hidden focusable={false}>
    <path d={path} />
  </svg>
);

export function Table({ section, open }: { section: Section; open?: boolean }): JSX.Element {
  const { title, columns, numeric, rows, drawn } = section;
  return (
    <details open={open}>
      <summary>
        {title} <small>{rows.length}</small>
      </summary>
      <div className="jp-trackbook-Scroll" role="region" aria-label={title} tabIndex={0}>
        <table>
          <thead>
            <tr>
              {columns.map(name => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, place) => (
              <tr key={place}>
                {row.map((text, at) => (
                  <td key={at} className={numeric[at] ? 'jp-mod-number' : ''}>
                    {drawn && at === columns.length - 1 ? <Spark path={text} /> : text}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
