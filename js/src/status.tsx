// The status bar: whether this notebook is recorded, its run and its last metric.
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget, UseSignal } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Model } from './model';
import { Button } from './view';

export function statusItem(model: Model, trans: TranslationBundle, toggle: () => void): ReactWidget {
  const shown = () => {
    const { pulse } = model;
    if (!pulse?.recording) {
      return null;
    }
    const off = pulse.recording === 'off';
    const words = off ? trans.__('recording off') : (pulse.run ?? trans.__('recording'));
    const title = off
      ? trans.__('trackbook records nothing: click to record again')
      : trans.__('trackbook records this notebook: click to stop');
    return (
      <Button className="" aria-pressed={!off} title={title} onClick={toggle}>
        <span aria-hidden data-recording={pulse.recording}>
          {off ? '○' : '●'}
        </span>{' '}
        <bdi>{words}</bdi> {!off && pulse.metric}
      </Button>
    );
  };
  const item = ReactWidget.create(<UseSignal signal={model.changed}>{shown}</UseSignal>);
  item.addClass('jp-trackbook-Status');
  return item;
}
