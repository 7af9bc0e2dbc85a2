// What a view fetches for itself, and again with every news of its project.
import * as React from 'react';
import type { Model } from './model';

export function useFetched<T>(model: Model, empty: T, ask: (project: string) => Promise<T>) {
  const [found, setFound] = React.useState({ value: empty, words: '', loaded: false });
  const { project } = model;
  React.useEffect(() => {
    let gone = false;
    const fetch = () => {
      if (project !== null) {
        ask(project).then(
          value => !gone && setFound({ value, words: '', loaded: true }),
          error => !gone && setFound(old => ({ ...old, words: String(error.message), loaded: true }))
        );
      }
    };
    fetch();
    model.news.connect(fetch);
    return () => {
      gone = true;
      model.news.disconnect(fetch);
    };
  }, [model, project]);
  return found;
}
