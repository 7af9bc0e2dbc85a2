// The experiments of a project, over all its notebooks.
import * as React from 'react';
import { Button } from './button';
import { useFetched } from './fetched';
import { ago, shortNumber } from './pure';
import type { Experiment } from './records';
import type { Props } from './runs';

export function Experiments(props: Props & { onExperiment: (name: string) => void }): JSX.Element {
  const { model, trans, onExperiment } = props;
  const found = useFetched<Experiment[]>(model, [], project => model.api.experiments(project));
  if (found.words) {
    return <p role="alert">{found.words}</p>;
  }
  return (
    <ul className="jp-trackbook-Experiments" aria-label={trans.__('Experiments')}>
      {found.value.map(one => (
        <li key={one.name}>
          <Button className="" onClick={() => onExperiment(one.name)}>
            <b>
              <bdi>{one.name}</bdi>
            </b>
            <span className="jp-trackbook-Value">
              <b>{shortNumber(one.headline_value)}</b> <small>{one.headline}</small>
            </span>
            <small>
              {trans._n('%1 run', '%1 runs', one.run_count)} ·{' '}
              {trans._n('%1 notebook', '%1 notebooks', one.notebook_count)} · {ago(one.last_at, Date.now())}
            </small>
          </Button>
        </li>
      ))}
      {found.loaded && found.value.length === 0 && <li className="jp-trackbook-Empty">{trans.__('No runs yet.')}</li>}
    </ul>
  );
}
