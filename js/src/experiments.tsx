// The experiments of a project, over all its notebooks.
import * as React from 'react';
import { ago, Button, type Props, useFetched } from './view';

export function Experiments({ model, trans, run }: Props): JSX.Element {
  const { value, words } = useFetched(model, project => model.api.experiments(project));
  const chosen = (experiment: string) => {
    run('trackbook:show');
    void model.narrow({ experiment, scope: 'project' });
  };
  return (
    <ul className="jp-trackbook-Experiments" aria-label={trans.__('Experiments')}>
      {words && <li role="alert">{words}</li>}
      {value?.map(one => (
        <li key={one.name}>
          <Button className="" onClick={() => chosen(one.name)}>
            <b>
              <bdi>{one.name}</bdi>
            </b>
            <span className="jp-trackbook-Value">
              <b>{one.headline}</b> <small>{one.headline_name}</small>
            </span>
            <small>
              {one.words} · {ago(one.last_at)}
            </small>
          </Button>
        </li>
      ))}
      {value?.length === 0 && <li className="jp-trackbook-Empty">{trans.__('No runs yet.')}</li>}
    </ul>
  );
}
