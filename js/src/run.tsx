// One run opened: what is known of it, the cells that it rests on, and what can be done with it.
import * as React from 'react';
import { Deeds } from './deeds';
import type { RunDetail } from './records';
import { Button, Chip, type Props, Table } from './view';

export function Run(props: Props & { detail: RunDetail }): JSX.Element {
  const { detail, model, trans, run } = props;
  const { line } = detail;
  const top = React.useRef<HTMLElement>(null);
  React.useEffect(() => top.current?.querySelector('button')?.focus(), [line.run_id]);
  const act = (command: string, label: string, args: object) => (
    <Button onClick={() => run(`trackbook:${command}`, args)}>{label}</Button>
  );
  return (
    <section
      ref={top}
      className="jp-trackbook-Detail"
      aria-label={trans.__('Run %1', line.name)}
      onKeyDown={event => event.key === 'Escape' && void model.open(null)}
    >
      <header>
        <Button onClick={() => void model.open(null)}>‹ {trans.__('Runs')}</Button>
        <h2 dir="auto">{line.name}</h2>
        <small>
          <span data-status={line.status}>{line.status.toLowerCase()}</span> · <code>{line.short}</code>
          {[line.reproduced, detail.progress].map(words => words && ` · ${words}`)}
        </small>
      </header>
      <Deeds {...props} deeds={detail.deeds} label={trans.__('What can be done with this run')}>
        {act('compare', trans.__('Curves'), { runs: [line.run_id] })}
        {act('lineage', trans.__('Lineage'), { runs: [line.run_id] })}
        {act('insert-cell', trans.__('Insert cell'), { run: line.run_id })}
        {act('copy-reference', trans.__('Copy reference'), { run: line.run_id })}
      </Deeds>
      <ul className="jp-trackbook-Doubts" aria-label={trans.__('What speaks against it')}>
        {detail.doubts.map((words, place) => (
          <li key={place}>⚠ {words}</li>
        ))}
      </ul>
      <p>
        {line.tags.map(tag => (
          <Chip key={tag} label={tag} />
        ))}
      </p>
      {detail.notes.map((words, place) => (
        <blockquote key={place}>{words}</blockquote>
      ))}
      {detail.sections.map((section, place) => (
        <Table key={section.title} section={section} open={place < 3} />
      ))}
      <details>
        <summary>
          {trans.__('Code')} <small>{detail.slice.length}</small>
        </summary>
        <p>{detail.slice_words}</p>
        {detail.slice.map(({ cell_id, count, source }, place) => (
          <pre key={place} className={detail.stale.includes(cell_id ?? '') ? 'jp-trackbook-Stale' : ''}>
            <small>[{count ?? ' '}]</small> {source}
          </pre>
        ))}
      </details>
    </section>
  );
}
