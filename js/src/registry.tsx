// The registry: versions by state, and the buttons that move them.
import * as React from 'react';
import { Deeds } from './deeds';
import type { Card } from './records';
import { ago, Chip, type Props, useFetched } from './view';

export function Registry(props: Props & { wide?: boolean }): JSX.Element {
  const { model, trans, wide } = props;
  const [filter, setFilter] = React.useState('');
  const { value: board, words } = useFetched(model, project => model.api.board(project));
  const wanted = filter.trim().toLowerCase();
  const fits = (card: Card) =>
    [card.name, card.by, ...card.badges.map(badge => badge.label)].join(' ').toLowerCase().includes(wanted);
  const columns = (board?.columns ?? []).map(column => ({ ...column, cards: column.cards.filter(fits) }));
  return (
    <div className={`jp-trackbook-Registry${wide ? ' jp-mod-wide' : ''}`}>
      {words && <p role="alert">{words}</p>}
      <input
        type="search"
        className="jp-mod-styled"
        aria-label={trans.__('Filter versions')}
        placeholder={trans.__('name, alias or slot')}
        onChange={event => setFilter(event.target.value)}
      />
      {board?.words && <p className="jp-trackbook-Empty">{board.words}</p>}
      <div className="jp-trackbook-Columns">
        {columns
          .filter(column => wide || column.cards.length > 0)
          .map(({ state, label, cards }) => (
            <details key={state} open>
              <summary>
                {label} <small>{cards.length}</small>
              </summary>
              {cards.map(card => (
                <Version key={card.id} {...props} card={card} />
              ))}
            </details>
          ))}
      </div>
    </div>
  );
}

function Version(props: Props & { card: Card }): JSX.Element {
  const { card, trans } = props;
  return (
    <article className="jp-trackbook-Card" aria-label={card.name}>
      <b>
        <bdi>{card.name}</bdi>
      </b>
      <p>
        {card.metrics.map(({ name, value, change, words }) => (
          <span key={name} title={words}>
            <bdi>{name}</bdi> <b>{value}</b> <small>{change}</small>{' '}
          </span>
        ))}
        {card.against && <small>{trans.__('against champion %1', card.against)}</small>}
      </p>
      <p>
        {card.badges.map(badge => (
          <Chip key={badge.label} {...badge} />
        ))}
      </p>
      <small>
        <bdi>{card.by}</bdi> · {ago(card.since)}
      </small>
      <Deeds {...props} deeds={card.deeds} label={trans.__('Decisions on %1', card.name)} />
    </article>
  );
}
