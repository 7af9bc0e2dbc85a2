// Runs beside each other, and the lineage of one, in the main area.
import { type IRenderMimeRegistry, MimeModel } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import { Widget } from '@lumino/widgets';
import * as React from 'react';
import type { Figure, Picture } from './records';
import { Table } from './run';

const PLOTLY = 'application/vnd.plotly.v1+json';

export class PictureWidget extends ReactWidget {
  private picture: Picture | null = null;
  private words = '';

  constructor(
    private trans: TranslationBundle,
    private mime: IRenderMimeRegistry,
    private ask: () => Promise<Picture>
  ) {
    super();
    this.addClass('jp-trackbook-Picture');
    void this.fetch();
  }

  async fetch(): Promise<void> {
    try {
      this.picture = await this.ask();
      this.words = '';
      this.title.label = this.picture.title.slice(0, 40);
    } catch (error) {
      this.words = (error as Error).message;
    }
    this.update();
  }

  protected render(): JSX.Element {
    const { picture, words, trans, mime } = this;
    if (words) {
      return <p role="alert">{words}</p>;
    }
    if (!picture) {
      return <p className="jp-trackbook-Empty">{trans.__('Loading…')}</p>;
    }
    return (
      <>
        <h2>{picture.title}</h2>
        {picture.figures.map((figure, place) => (
          <Plot key={`${place} ${figure.title}`} figure={figure} mime={mime} />
        ))}
        {picture.section && <Table section={picture.section} trans={trans} open />}
      </>
    );
  }
}

function Plot({ figure, mime }: { figure: Figure; mime: IRenderMimeRegistry }): JSX.Element {
  const place = React.useRef<HTMLDivElement>(null);
  React.useEffect(() => {
    const { current } = place;
    if (!current) {
      return;
    }
    const renderer = mime.createRenderer(PLOTLY);
    const style = getComputedStyle(document.body);
    const ink = style.getPropertyValue('--jp-ui-font-color1').trim();
    const plotly = figure.plotly as { data: object[]; layout: object };
    const layout = {
      ...plotly.layout,
      paper_bgcolor: 'transparent',
      plot_bgcolor: 'transparent',
      font: { color: ink }
    };
    const data = { [PLOTLY]: { data: plotly.data, layout } } as never;
    Widget.attach(renderer, current);
    void renderer.renderModel(new MimeModel({ data }));
    return () => renderer.dispose();
  }, [figure, mime]);
  return <div ref={place} role="img" aria-label={figure.title} />;
}
