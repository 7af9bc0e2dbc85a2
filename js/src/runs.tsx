// The runs of a notebook or a project: a list of which only what is on screen exists.
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { Button } from './button';
import type { Model } from './model';
import { ago, anchored, between, type Item, itemsOf, shortNumber, signed, sparkPath, windowOf } from './pure';
import type { RunLine } from './records';

const ROW = 46;
const TYPING_MS = 250;
const SIGNS: { [status: string]: string } = { FINISHED: '✓', FAILED: '✗', KILLED: '✗', RUNNING: '●' };

type Pressed = React.MouseEvent | React.KeyboardEvent;

export interface Props {
  model: Model;
  trans: TranslationBundle;
  grouped: boolean;
  run: (command: string, args?: { [name: string]: string | string[] }) => void;
}

export function Runs(props: Props): JSX.Element {
  const { model, trans, run } = props;
  const { rows, selected } = model;
  const all = model.scope === 'project' || model.place?.notebook === null;
  return (
    <div className="jp-trackbook-Runs">
      <Filter {...props} />
      <div className="jp-trackbook-Bar" role="toolbar" aria-label={trans.__('Runs shown')}>
        <select
          aria-label={trans.__('Of which runs')}
          value={all ? 'project' : 'notebook'}
          disabled={model.place?.notebook === null}
          onChange={event => void model.narrow({ scope: event.target.value as 'notebook' | 'project' })}
        >
          <option value="notebook">{trans.__('this notebook')}</option>
          <option value="project">{trans.__('whole project')}</option>
        </select>
        {model.experiment && (
          <Button className="jp-trackbook-Chip" onClick={() => void model.narrow({ experiment: '' })}>
            {model.experiment} ✕
          </Button>
        )}
        <span className="jp-trackbook-Count" aria-live="polite">
          {selected.length > 0
            ? trans.__('%1 of %2', selected.length, rows.total)
            : trans._n('%1 run', '%1 runs', rows.total)}
        </span>
        {selected.length > 0 && (
          <Button
            className="jp-mod-styled jp-mod-accept"
            disabled={selected.length < 2}
            onClick={() => run('trackbook:compare', { runs: selected })}
          >
            {trans.__('Compare')}
          </Button>
        )}
      </div>
      {rows.best && rows.total > 1 && (
        <div className="jp-trackbook-Best" role="group" aria-label={trans.__('Best run')}>
          <Button className="jp-trackbook-Run" onClick={() => void model.open(rows.best?.run_id ?? null)}>
            <Row line={rows.best} trans={trans} sign="★" when={trans.__('best')} />
          </Button>
        </div>
      )}
      {rows.total > 0 ? <List {...props} /> : model.loaded && <p className="jp-trackbook-Empty">{emptyWords(props)}</p>}
    </div>
  );
}

function emptyWords({ model, trans }: Props): string {
  if (model.filter) {
    return model.refusal ? '' : trans.__('No run matches this filter.');
  }
  return trans.__('No runs yet. Run %load_ext trackbook in the notebook, then train something.');
}

function Filter({ model, trans }: Props): JSX.Element {
  const [text, setText] = React.useState(model.filter);
  const first = React.useRef(true);
  React.useEffect(() => {
    if (first.current) {
      first.current = false;
      return;
    }
    const timer = window.setTimeout(() => void model.narrow({ filter: text }), TYPING_MS);
    return () => window.clearTimeout(timer);
  }, [text]);
  return (
    <div className="jp-trackbook-Filter">
      <input
        type="search"
        className="jp-mod-styled"
        aria-label={trans.__('Filter runs')}
        aria-invalid={model.refusal !== ''}
        placeholder={trans.__('metrics.acc > 0.9 and params.lr < 0.1')}
        spellCheck={false}
        value={text}
        onChange={event => setText(event.target.value)}
      />
      {model.refusal && <pre role="alert">{model.refusal}</pre>}
    </div>
  );
}

function List(props: Props): JSX.Element {
  const { model, trans } = props;
  const box = React.useRef<HTMLDivElement>(null);
  const [view, setView] = React.useState({ top: model.left.top, height: 600 });
  const [closed, setClosed] = React.useState(model.left.closed);
  const [at, setAt] = React.useState(model.left.at);
  model.left = { top: view.top, at, closed };
  const { lines } = model.rows;
  const items = React.useMemo(() => itemsOf(lines, props.grouped, closed), [lines, props.grouped, closed]);
  const ids = React.useMemo(() => items.flatMap(item => (item.kind === 'run' ? [item.line.run_id] : [])), [items]);
  const [from, to] = windowOf(view.top, view.height, ROW, items.length);
  const look = () => box.current && setView({ top: box.current.scrollTop, height: box.current.clientHeight });
  const before = React.useRef(items);
  React.useLayoutEffect(() => {
    if (box.current) {
      box.current.scrollTop = anchored(before.current, items, view.top, ROW);
      before.current = items;
      look();
    }
  }, [items]);
  React.useLayoutEffect(() => {
    const seen = new ResizeObserver(look);
    if (box.current) {
      seen.observe(box.current);
    }
    if (at && document.activeElement === document.body) {
      box.current?.focus(); // back from a run, whose button had it
    }
    return () => seen.disconnect();
  }, []);
  React.useEffect(() => {
    if (to >= items.length) {
      void model.more();
    }
  }, [to, items.length]);
  const pick = (id: string, event: Pressed) => {
    setAt(id);
    const { selected } = model;
    if (event.shiftKey && at) {
      model.select([...new Set([...selected, ...between(ids, at, id)])]);
    } else if (event.ctrlKey || event.metaKey || ('key' in event && event.key === ' ')) {
      model.pick(id);
    } else {
      void model.open(id);
    }
  };
  const keyed = (event: React.KeyboardEvent) => {
    if ((event.target as Element).closest('button')) {
      return; // a group folds by its own key
    }
    const steps: { [key: string]: number } = { ArrowDown: 1, ArrowUp: -1, Home: -ids.length, End: ids.length };
    if (event.key in steps) {
      event.preventDefault();
      const next = Math.min(ids.length - 1, Math.max(0, ids.indexOf(at) + steps[event.key]));
      setAt(ids[next]);
      const place = items.findIndex(item => item.kind === 'run' && item.line.run_id === ids[next]) * ROW;
      if (box.current && (place < view.top || place + ROW > view.top + view.height)) {
        box.current.scrollTop = Math.max(0, place - view.height / 2);
      }
    } else if ((event.key === ' ' || event.key === 'Enter') && at) {
      event.preventDefault();
      pick(at, event);
    }
  };
  const fold = (name: string) => {
    const folded = new Set(closed);
    folded.has(name) ? folded.delete(name) : folded.add(name);
    setClosed(folded);
  };
  return (
    <div
      ref={box}
      className="jp-trackbook-List"
      role="listbox"
      tabIndex={0}
      aria-label={trans.__('Runs')}
      aria-multiselectable
      aria-activedescendant={at ? `tb-run-${at}` : undefined}
      onScroll={look}
      onKeyDown={keyed}
    >
      <div role="presentation" style={{ height: items.length * ROW, position: 'relative' }}>
        {items.slice(from, to).map((item: Item, place) => (
          <div
            key={item.kind === 'run' ? item.line.run_id : `group ${item.name}`}
            role="presentation"
            style={{ position: 'absolute', top: (from + place) * ROW, left: 0, right: 0, height: ROW }}
          >
            {item.kind === 'run' ? (
              <Choice {...props} line={item.line} active={item.line.run_id === at} onPick={pick} onTick={setAt} />
            ) : (
              <Button className="jp-trackbook-Group" aria-expanded={item.open} onClick={() => fold(item.name)}>
                <span aria-hidden>{item.open ? '▾' : '▸'}</span> <bdi>{item.name}</bdi>{' '}
                <small>{model.rows.next === null ? item.count : `${item.count}+`}</small>
              </Button>
            )}
          </div>
        ))}
      </div>
    </div>
  );
}

/** One run that can be picked and opened. */
function Choice(
  props: Props & {
    line: RunLine;
    active: boolean;
    onPick: (id: string, event: Pressed) => void;
    onTick: (id: string) => void;
  }
) {
  const { line, active, model, trans, onPick, onTick } = props;
  const picked = model.selected.includes(line.run_id);
  return (
    <div
      id={`tb-run-${line.run_id}`}
      className={`jp-trackbook-Run${active ? ' jp-mod-active' : ''}`}
      role="option"
      tabIndex={-1}
      aria-selected={picked}
      title={`${line.name} · ${line.experiment} · ${line.short}`}
      onClick={event => onPick(line.run_id, event)}
      onKeyDown={() => undefined /* the list listens */}
    >
      <input
        type="checkbox"
        tabIndex={-1}
        aria-label={trans.__('Pick %1', line.name)}
        checked={picked}
        onClick={event => event.stopPropagation()}
        onChange={() => {
          onTick(line.run_id);
          model.pick(line.run_id);
        }}
      />
      <Row line={line} trans={trans} sign={SIGNS[line.status] ?? '·'} when={ago(line.started_at, Date.now())} />
    </div>
  );
}

function Row(props: { line: RunLine; trans: TranslationBundle; sign: string; when: string }): JSX.Element {
  const { line, trans, sign, when } = props;
  return (
    <>
      <span className="jp-trackbook-Sign" data-status={line.status} role="img" aria-label={line.status}>
        {sign}
      </span>
      <span className="jp-trackbook-Name">
        <bdi>{line.name}</bdi>
        <small>
          {when}
          {line.reproduced && <span title={line.reproduced}> ↻</span>}
        </small>
      </span>
      <Spark values={line.spark} />
      <span className="jp-trackbook-Value">
        <b>{shortNumber(line.headline)}</b>
        <small>
          <bdi>{line.headline_name}</bdi> <Change line={line} trans={trans} />
        </small>
      </span>
    </>
  );
}

function Change({ line, trans }: { line: RunLine; trans: TranslationBundle }): JSX.Element | null {
  if (line.change === null) {
    return null;
  }
  const words = line.better === null ? '' : line.better ? trans.__('better') : trans.__('worse');
  return (
    <span className="jp-trackbook-Change" data-better={line.better} title={words}>
      {signed(line.change)}
      {line.better !== null && (
        <span role="img" aria-label={words}>
          {line.better ? ' ▲' : ' ▼'}
        </span>
      )}
    </span>
  );
}

export function Spark({ values }: { values: number[] }): JSX.Element {
  return (
    <svg className="jp-trackbook-Spark" viewBox="0 -2 48 20" aria-hidden focusable={false}>
      <path d={sparkPath(values, 48, 16)} />
    </svg>
  );
}
