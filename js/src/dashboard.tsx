// The registry and the experiments of a project, side by side in the main area.
import { ReactWidget, UseSignal } from '@jupyterlab/ui-components';
import * as React from 'react';
import { Experiments } from './experiments';
import { Registry } from './registry';
import type { Props } from './runs';

export class Dashboard extends ReactWidget {
  constructor(
    private props: Props,
    private onExperiment: (name: string) => void
  ) {
    super();
    this.addClass('jp-trackbook-Dashboard');
  }

  protected override onAfterShow(): void {
    this.props.model.show(this.id, true);
  }

  protected override onBeforeHide(): void {
    this.props.model.show(this.id, false);
  }

  protected override onBeforeDetach(): void {
    this.props.model.show(this.id, false);
  }

  protected render(): JSX.Element {
    const { props } = this;
    const { model, trans } = props;
    return (
      <UseSignal signal={model.changed}>
        {() =>
          model.project === null ? (
            <p className="jp-trackbook-Empty">{model.place?.words ?? trans.__('Open a notebook first.')}</p>
          ) : (
            <>
              <h2>{trans.__('Registry')}</h2>
              <Registry {...props} wide />
              <h2>{trans.__('Experiments')}</h2>
              <Experiments {...props} onExperiment={this.onExperiment} />
            </>
          )
        }
      </UseSignal>
    );
  }
}
