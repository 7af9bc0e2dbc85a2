// Runs beside each other, and the lineage of one, in the main area; they follow the news.
import { type IRenderMimeRegistry, MimeModel } from '@jupyterlab/rendermime';
import { Widget } from '@lumino/widgets';
import * as React from 'react';
import type { Figure, Picture } from './records';
import { type Props, Table, useFetched } from './view';

const PLOTLY = 'application/vnd.plotly.v1+json';

interface Asked extends Props {
  mime: IRenderMimeRegistry;
  ask: () => Promise<Picture>;
  titled: (title: string) => void;
}

export function Pictured({ model, trans, mime, ask, titled }: Asked): JSX.Element {
  const { value, words } = useFetched(model, ask);
  React.useEffect(() => void (value && titled(value.title)), [value]);
  return (
    <>
      {words && <p role="alert">{words}</p>}
      {!value && !words && <p className="jp-trackbook-Empty">{trans.__('Loading…')}</p>}
      {value && <h2>{value.title}</h2>}
      {value?.figures.map((figure, place) => (
        <Plot key={`${place} ${figure.title}`} figure={figure} mime={mime} />
      ))}
      {value?.sections.map(section => (
        <Table key={section.title} section={section} open />
      ))}
      {value && value.code.length > 0 && <h3>{trans.__('Code')}</h3>}
      {value?.code.map((text, place) => (
        <pre key={place} data-sign={text[0]}>
          {text}
        </pre>
      ))}
    </>
  );
}

function Plot({ figure, mime }: { figure: Figure; mime: IRenderMimeRegistry }): JSX.Element {
  const place = React.useRef<HTMLDivElement>(null);
  const { title, plotly } = figure;
  React.useEffect(() => {
    const renderer = mime.createRenderer(PLOTLY);
    Widget.attach(renderer, place.current as HTMLDivElement);
    void renderer.renderModel(new MimeModel({ data: { [PLOTLY]: plotly as never } }));
    return () => renderer.dispose();
  }, [JSON.stringify(plotly)]);
  return <div ref={place} role="img" aria-label={title} />;
}
