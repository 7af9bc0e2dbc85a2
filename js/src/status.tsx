// The status bar: whether this notebook is recorded, its run and its last metric.
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';
import { Button } from './button';
import type { Pulse } from './kernel';

export class Status extends ReactWidget {
  private pulse: Pulse | null = null;

  constructor(
    private trans: TranslationBundle,
    private toggle: () => void
  ) {
    super();
    this.addClass('jp-trackbook-Status');
  }

  tell(pulse: Pulse | null): void {
    this.pulse = pulse;
    this.update();
  }

  protected render(): JSX.Element | null {
    const { pulse, trans } = this;
    if (!pulse?.recording) {
      return null;
    }
    const off = pulse.recording === 'off';
    const words = off ? trans.__('recording off') : (pulse.run ?? trans.__('recording'));
    const title = off
      ? trans.__('trackbook records nothing: click to record again')
      : trans.__('trackbook records this notebook: click to stop');
    return (
      <Button className="" aria-pressed={!off} title={title} onClick={this.toggle}>
        <span aria-hidden data-recording={pulse.recording}>
          {off ? '○' : '●'}
        </span>{' '}
        <bdi>{words}</bdi> {!off && pulse.metric}
      </Button>
    );
  }
}
