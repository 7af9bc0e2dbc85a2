// One run opened: what is known of it, the cells that it rests on, and what can be done with it.
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { Button } from './button';
import { shortNumber } from './pure';
import type { RunDetail, Section } from './records';
import type { Props } from './runs';

const MAIN = ['Metrics', 'Params'];

export function Run(props: Props & { detail: RunDetail }): JSX.Element {
  const { detail, model, trans, run } = props;
  const { line } = detail;
  const back = React.useRef<HTMLButtonElement>(null);
  React.useEffect(() => back.current?.focus(), [line.run_id]);
  const act = (command: string, label: string, key: string) => (
    <Button key={key} onClick={() => run(command, { run: line.run_id, name: line.name })}>
      {label}
    </Button>
  );
  return (
    <section
      className="jp-trackbook-Detail"
      aria-label={trans.__('Run %1', line.name)}
      onKeyDown={event => event.key === 'Escape' && void model.open(null)}
    >
      <header>
        <Button ref={back} onClick={() => void model.open(null)}>
          ‹ {trans.__('Runs')}
        </Button>
        <h2>
          <bdi>{line.name}</bdi>
        </h2>
        <small>
          <span data-status={line.status}>{line.status.toLowerCase()}</span> · <code>{line.short}</code>
          {line.reproduced && ` · ${line.reproduced}`}
        </small>
      </header>
      <div className="jp-trackbook-Actions" role="toolbar" aria-label={trans.__('What can be done with this run')}>
        {act('trackbook:restore', trans.__('Restore as notebook'), 'restore')}
        {act('trackbook:reproduce', trans.__('Reproduce'), 'reproduce')}
        {act('trackbook:lineage', trans.__('Lineage'), 'lineage')}
        {act('trackbook:insert-cell', trans.__('Insert cell'), 'insert')}
        {act('trackbook:copy-reference', trans.__('Copy reference'), 'copy')}
        {act('trackbook:tag', trans.__('Tag…'), 'tag')}
        {act('trackbook:note', trans.__('Note…'), 'note')}
        {act('trackbook:delete', trans.__('Delete'), 'delete')}
      </div>
      {detail.doubts.length > 0 && (
        <ul className="jp-trackbook-Doubts" aria-label={trans.__('What speaks against it')}>
          {detail.doubts.map((words, place) => (
            <li key={place}>⚠ {words}</li>
          ))}
        </ul>
      )}
      {Object.keys(line.tags).length > 0 && (
        <p className="jp-trackbook-Tags">
          {Object.entries(line.tags).map(([name, value]) => (
            <span key={name} className="jp-trackbook-Chip">
              {value === 'true' ? name : `${name}=${value}`}
            </span>
          ))}
        </p>
      )}
      {detail.notes.map((words, place) => (
        <blockquote key={place}>{words}</blockquote>
      ))}
      {detail.sections.map(section => (
        <Table key={section.title} section={section} trans={trans} open={MAIN.includes(section.title)} />
      ))}
      <details>
        <summary>
          {trans.__('Code')} <small>{detail.slice.length}</small>
        </summary>
        <p>{detail.slice_words}</p>
        {detail.slice.map((cell, place) => (
          <pre key={place} className={detail.stale.includes(cell.cell_id ?? '') ? 'jp-trackbook-Stale' : ''}>
            <small>[{cell.count ?? ' '}]</small> {cell.source}
          </pre>
        ))}
      </details>
    </section>
  );
}

export function Table(props: { section: Section; trans: TranslationBundle; open?: boolean }): JSX.Element {
  const { section, trans, open } = props;
  return (
    <details open={open}>
      <summary>
        {section.title || trans.__('Facts')} <small>{section.rows.length}</small>
      </summary>
      <div className="jp-trackbook-Scroll">
        <table>
          <thead>
            <tr>
              {section.columns.map(name => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {section.rows.map((row, place) => (
              <tr key={place}>
                {row.map((value, at) => (
                  <td key={at} className={typeof value === 'number' ? 'jp-mod-number' : ''}>
                    {typeof value === 'number' ? shortNumber(value) : value === null ? '' : String(value)}
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
