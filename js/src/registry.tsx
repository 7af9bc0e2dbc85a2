// The registry: versions by state, and the buttons that move them.
import * as React from 'react';
import { Button } from './button';
import { decide, showHistory } from './dialogs';
import { useFetched } from './fetched';
import { ago, shortNumber, signed } from './pure';
import type { Board, Card } from './records';
import type { Props } from './runs';

const CHAMPION = 'prod/champion';
const MOST_METRICS = 3;

interface Looks extends Props {
  wide?: boolean;
}

/** Show the board of the project in front; of another project nothing is left on screen. */
export function Registry(props: Looks): JSX.Element {
  const project = props.model.project ?? '';
  return <Versions key={project} {...props} project={project} />;
}

function Versions(props: Looks & { project: string }): JSX.Element {
  const { model, trans, wide } = props;
  const [filter, setFilter] = React.useState('');
  const board = useFetched<Board>(model, { columns: [], words: '' }, project => model.api.board(project));
  const wanted = filter.trim().toLowerCase();
  const fits = (card: Card) =>
    [card.name, ...card.aliases, ...card.slots, card.by].join(' ').toLowerCase().includes(wanted);
  const cards = board.value.columns.flatMap(column => column.cards);
  const championOf = (card: Card) =>
    card.slots.includes(CHAMPION)
      ? undefined
      : cards.find(other => other.model === card.model && other.slots.includes(CHAMPION));
  if (board.words) {
    return <p role="alert">{board.words}</p>;
  }
  return (
    <div className={`jp-trackbook-Registry${wide ? ' jp-mod-wide' : ''}`}>
      <input
        type="search"
        className="jp-mod-styled"
        aria-label={trans.__('Filter versions')}
        placeholder={trans.__('name, alias or slot')}
        value={filter}
        onChange={event => setFilter(event.target.value)}
      />
      {board.value.words && <p className="jp-trackbook-Empty">{board.value.words}</p>}
      <div className="jp-trackbook-Columns">
        {board.value.columns
          .map(column => ({ ...column, cards: column.cards.filter(fits) }))
          .filter(column => wide || column.cards.length > 0)
          .map(column => (
            <details key={column.state} open>
              <summary data-state={column.state}>
                {column.state.toLowerCase()} <small>{column.cards.length}</small>
              </summary>
              <ul>
                {column.cards.map(card => (
                  <li key={card.id}>
                    <Version {...props} card={card} champion={championOf(card)} />
                  </li>
                ))}
              </ul>
            </details>
          ))}
      </div>
    </div>
  );
}

function Version(props: Looks & { project: string; card: Card; champion?: Card }): JSX.Element {
  const { card, champion, model, project, trans } = props;
  const metrics = Object.entries(card.metrics);
  const act = (label: string, work: () => Promise<unknown>, danger = false) => (
    <Button
      key={label}
      className={`jp-mod-styled${danger ? ' jp-mod-warn' : ''}`}
      aria-label={`${label}: ${card.name}`}
      onClick={() => void work()}
    >
      {label}
    </Button>
  );
  const about = { model, trans, project, card };
  return (
    <article className="jp-trackbook-Card" aria-label={card.name}>
      <header>
        <b>
          <bdi>{card.name}</bdi>
        </b>
        {card.slots.map(slot => (
          <span key={slot} className="jp-trackbook-Chip" data-kind="good">
            {slot}
          </span>
        ))}
        {card.aliases.map(alias => (
          <span key={alias} className="jp-trackbook-Chip">
            @{alias}
          </span>
        ))}
      </header>
      <p>
        {metrics.slice(0, MOST_METRICS).map(([name, value]) => (
          <span key={name}>
            <bdi>{name}</bdi> <b>{shortNumber(value)}</b>{' '}
            {champion?.metrics[name] !== undefined && (
              <small title={trans.__('%1 has %2', champion.name, shortNumber(champion.metrics[name]))}>
                {signed(value - champion.metrics[name])}{' '}
              </small>
            )}
          </span>
        ))}
        {card.champion && !card.slots.includes(CHAMPION) && (
          <small>
            {trans.__('against champion')} <bdi>{card.champion}</bdi>
          </small>
        )}
      </p>
      <p className="jp-trackbook-Badges">
        {card.badges.map(badge => (
          <span key={badge.label} className="jp-trackbook-Chip" data-kind={badge.kind} title={badge.words}>
            {badge.label}
          </span>
        ))}
      </p>
      <small>
        <bdi>{card.by}</bdi> · {ago(card.since, Date.now())}
      </small>
      <div className="jp-trackbook-Actions" role="toolbar" aria-label={trans.__('Decisions on %1', card.name)}>
        {card.moves.map(to =>
          act(trans.__('Promote to %1', to.toLowerCase()), () => decide({ ...about, deed: 'promote', to }))
        )}
        {card.pending.map(({ target }) => [
          act(trans.__('Approve for %1', target.toLowerCase()), () =>
            decide({ ...about, deed: 'approve', to: target })
          ),
          act(trans.__('Reject for %1', target.toLowerCase()), () => decide({ ...about, deed: 'reject', to: target }))
        ])}
        {card.slots.includes(CHAMPION) &&
          act(trans.__('Roll back'), () => decide({ ...about, deed: 'rollback', to: '' }), true)}
        {card.state !== 'ARCHIVED' &&
          !card.slots.includes(CHAMPION) &&
          act(trans.__('Archive'), () => decide({ ...about, deed: 'archive', to: 'ARCHIVED' }))}
        {act(trans.__('History'), () => showHistory(about))}
      </div>
    </article>
  );
}
