// What a view fetches for itself, and again with every news of its project.
import * as React from 'react';
import type { Model } from './model';

export function useFetched<T>(model: Model, empty: T, ask: (project: string) => Promise<T>) {
  const [found, setFound] = React.useState({ value: empty, words: '', loaded: false });
  const { project } = model;
  React.useEffect(() => {
    let latest = 0; // an answer that comes late does not take the place of a later one
    const fetch = () => {
      if (project !== null) {
        const turn = ++latest;
        ask(project).then(
          value => turn === latest && setFound({ value, words: '', loaded: true }),
          error => turn === latest && setFound(old => ({ ...old, words: String(error.message), loaded: true }))
        );
      }
    };
    fetch();
    model.news.connect(fetch);
    return () => {
      latest = -1;
      model.news.disconnect(fetch);
    };
  }, [model, project]);
  return found;
}
