// The runs of a notebook or a project: a list of which only what is on screen exists.
import { Debouncer } from '@lumino/polling';
import * as React from 'react';
import { anchored, between, itemsOf, keyOf, windowOf } from './pure';
import type { RunLine } from './records';
import { ago, Button, type Props, Spark } from './view';

const ROW = 46;
const TYPING_MS = 250;
const SIGNS: { [status: string]: string } = { FINISHED: '✓', FAILED: '✗', KILLED: '✗', RUNNING: '●' };

export function Runs(props: Props): JSX.Element {
  const { model, trans, run } = props;
  const { rows, selected, experiment } = model;
  const alone = model.place?.notebook === null;
  const none = trans.__('No runs yet. Run %load_ext trackbook in the notebook, then train something.');
  const unlike = model.refusal ? '' : trans.__('No run matches this filter.');
  const shown = trans._n('%1 run', '%1 runs', rows.total);
  return (
    <div className="jp-trackbook-Runs">
      <Filter {...props} />
      <div className="jp-trackbook-Bar" role="toolbar" aria-label={trans.__('Runs shown')}>
        <select
          aria-label={trans.__('Of which runs')}
          value={alone ? 'project' : model.scope}
          disabled={alone}
          onChange={event => void model.narrow({ scope: event.target.value as 'notebook' | 'project' })}
        >
          <option value="notebook">{trans.__('this notebook')}</option>
          <option value="project">{trans.__('whole project')}</option>
        </select>
        {experiment && (
          <Button className="jp-trackbook-Chip" onClick={() => void model.narrow({ experiment: '' })}>
            {experiment} ✕
          </Button>
        )}
        <span className="jp-trackbook-Count" aria-live="polite">
          {selected.length > 0 ? trans.__('%1 of %2', selected.length, rows.total) : shown}
        </span>
        {selected.length > 0 && (
          <Button disabled={selected.length < 2} onClick={() => run('trackbook:compare', { runs: selected })}>
            {trans.__('Compare')}
          </Button>
        )}
      </div>
      {rows.best && rows.total > 1 && (
        <div className="jp-trackbook-Best" role="group" aria-label={trans.__('Best run')}>
          <Button className="jp-trackbook-Run" onClick={() => void model.open(rows.best?.run_id ?? null)}>
            <Row line={rows.best} sign="★" when={trans.__('best')} />
          </Button>
        </div>
      )}
      {rows.total > 0 ? (
        <List {...props} />
      ) : (
        model.loaded && <p className="jp-trackbook-Empty">{model.filter ? unlike : none}</p>
      )}
    </div>
  );
}

function Filter({ model, trans }: Props): JSX.Element {
  const [typed] = React.useState(() => new Debouncer((filter: string) => model.narrow({ filter }), TYPING_MS));
  return (
    <div className="jp-trackbook-Filter">
      <input
        type="search"
        className="jp-mod-styled"
        aria-label={trans.__('Filter runs')}
        aria-invalid={model.refusal !== ''}
        placeholder={trans.__('metrics.acc > 0.9 and params.lr < 0.1')}
        spellCheck={false}
        defaultValue={model.filter}
        onChange={event => void typed.invoke(event.target.value)}
      />
      {model.refusal && <pre role="alert">{model.refusal}</pre>}
    </div>
  );
}

function List(props: Props): JSX.Element {
  const { model, trans, grouped } = props;
  const { rows, selected, left } = model;
  const box = React.useRef<HTMLDivElement>(null);
  const [view, setView] = React.useState({ top: left.top, height: 600 });
  const [closed, setClosed] = React.useState(left.closed);
  const [at, setAt] = React.useState(left.at);
  model.left = { top: view.top, at, closed };
  const items = React.useMemo(() => itemsOf(rows.lines, grouped, closed), [rows.lines, grouped, closed]);
  const [from, to] = windowOf(view.top, view.height, ROW, items.length);
  const look = () => box.current && setView({ top: box.current.scrollTop, height: box.current.clientHeight });
  const scrolled = (top: number) => box.current && Object.assign(box.current, { scrollTop: top });
  const before = React.useRef(items);
  React.useLayoutEffect(() => {
    scrolled(anchored(before.current, items, view.top, ROW));
    before.current = items;
    look();
  }, [items]);
  React.useLayoutEffect(() => {
    const seen = new ResizeObserver(look);
    seen.observe(box.current as HTMLDivElement);
    if (at && document.activeElement === document.body) {
      box.current?.focus(); // back from a run, whose button had it
    }
    return () => seen.disconnect();
  }, []);
  React.useEffect(() => void (to >= items.length && model.more()), [to, items.length]);
  const pick = (id: string, event: React.MouseEvent | React.KeyboardEvent) => {
    setAt(id);
    if (event.shiftKey && at) {
      model.select([...new Set([...selected, ...between(items, at, id)])]);
    } else if (
      event.ctrlKey ||
      event.metaKey ||
      (event.target as Element).matches('input') ||
      ('key' in event && event.key === ' ')
    ) {
      model.pick(id);
    } else {
      void model.open(id);
    }
  };
  const keyed = (event: React.KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1, Home: -items.length, End: items.length }[event.key];
    if ((event.target as Element).closest('button') || !(step || event.key === ' ' || event.key === 'Enter')) {
      return; // a group folds by its own key
    }
    event.preventDefault();
    if (step) {
      const runs = items.flatMap((item, place) => (item.line ? { id: item.line.run_id, place } : []));
      const old = runs.findIndex(({ id }) => id === at);
      const { id, place } = runs[Math.min(runs.length - 1, Math.max(0, old + step))];
      setAt(id);
      if (place * ROW < view.top || (place + 1) * ROW > view.top + view.height) {
        scrolled(Math.max(0, place * ROW - view.height / 2));
      }
    } else if (at) {
      pick(at, event);
    }
  };
  const fold = (name: string) =>
    setClosed(closed.has(name) ? new Set([...closed].filter(one => one !== name)) : new Set([...closed, name]));
  return (
    <div
      ref={box}
      className="jp-trackbook-List"
      role="grid"
      tabIndex={0}
      aria-label={trans.__('Runs')}
      aria-multiselectable
      aria-activedescendant={at ? `tb-${at}` : undefined}
      onScroll={look}
      onKeyDown={keyed}
    >
      <div role="presentation" style={{ height: items.length * ROW, position: 'relative' }}>
        {items.slice(from, to).map((item, place) => (
          <div
            key={keyOf(item)}
            id={`tb-${keyOf(item)}`}
            className="jp-trackbook-Place"
            role="row"
            tabIndex={-1}
            aria-selected={item.line && selected.includes(item.line.run_id)}
            style={{ top: (from + place) * ROW, height: ROW }}
          >
            {item.line ? (
              <Choice {...props} line={item.line} active={item.line.run_id === at} onPick={pick} />
            ) : (
              <div role="rowheader" tabIndex={-1}>
                <Button className="jp-trackbook-Group" aria-expanded={item.open} onClick={() => fold(item.name)}>
                  <span aria-hidden>{item.open ? '▾' : '▸'}</span> <bdi>{item.name}</bdi>{' '}
                  <small>{rows.next === null ? item.count : `${item.count}+`}</small>
                </Button>
              </div>
            )}
          </div>
        ))}
      </div>
    </div>
  );
}

type Chosen = Props & { line: RunLine; active: boolean; onPick: (id: string, event: React.MouseEvent) => void };

/** One run that can be picked and opened. */
function Choice({ line, active, model, trans, onPick }: Chosen): JSX.Element {
  const picked = model.selected.includes(line.run_id);
  return (
    <div
      className={`jp-trackbook-Run${active ? ' jp-mod-active' : ''}`}
      role="gridcell"
      tabIndex={-1}
      title={[line.trouble, line.progress, line.name, line.experiment, line.short].filter(Boolean).join(' · ')}
      onClick={event => onPick(line.run_id, event)}
      onKeyDown={() => undefined /* the list listens */}
    >
      <input type="checkbox" tabIndex={-1} aria-label={trans.__('Pick %1', line.name)} checked={picked} readOnly />
      <Row line={line} sign={SIGNS[line.status] ?? '·'} when={ago(line.started_at)} />
    </div>
  );
}

function Row({ line, sign, when }: { line: RunLine; sign: string; when: string }): JSX.Element {
  const { name, status, reproduced, progress, trouble, spark, headline, headline_name, better, change } = line;
  return (
    <>
      <span className="jp-trackbook-Sign" data-status={status} role="img" aria-label={trouble || status.toLowerCase()}>
        {trouble ? '⚠' : sign}
      </span>
      <span className="jp-trackbook-Name">
        <bdi>{name}</bdi>
        <small>
          {progress || when} {reproduced && <span title={reproduced}>↻</span>}
        </small>
      </span>
      <Spark path={spark} />
      <span className="jp-trackbook-Value">
        <b>{headline}</b>
        <small>
          <bdi>{headline_name}</bdi>{' '}
          <span data-better={better} title={better}>
            {change}
          </span>
        </small>
      </span>
    </>
  );
}
