// The sidebar: three tabs over the project of the notebook in front.
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget, UseSignal } from '@jupyterlab/ui-components';
import * as React from 'react';
import { Button } from './button';
import { Experiments } from './experiments';
import type { Model } from './model';
import { Registry } from './registry';
import { Run } from './run';
import { type Props, Runs } from './runs';

const TABS = ['runs', 'registry', 'experiments'] as const;
export type Tab = (typeof TABS)[number];

export class Sidebar extends ReactWidget {
  grouped = true;
  tab: Tab = 'runs';

  constructor(
    private model: Model,
    private trans: TranslationBundle,
    private run: Props['run']
  ) {
    super();
    this.id = 'trackbook-sidebar';
    this.addClass('jp-trackbook-Sidebar');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', 'trackbook');
  }

  /** Show one of the tabs. */
  choose(tab: Tab): void {
    this.tab = tab;
    this.update();
  }

  protected override onAfterShow(): void {
    this.model.show(this.id, true);
  }

  protected override onAfterHide(): void {
    this.model.show(this.id, false);
  }

  protected render(): JSX.Element {
    return (
      <UseSignal signal={this.model.changed}>
        {() => <View {...this.props} tab={this.tab} choose={tab => this.choose(tab)} />}
      </UseSignal>
    );
  }

  private get props(): Props {
    const { model, trans, grouped, run } = this;
    return { model, trans, grouped, run };
  }
}

function View(props: Props & { tab: Tab; choose: (tab: Tab) => void }): JSX.Element {
  const { model, trans, tab, choose } = props;
  const names = { runs: trans.__('Runs'), registry: trans.__('Registry'), experiments: trans.__('Experiments') };
  const keyed = (event: React.KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: TABS.length - 1 }[event.key];
    if (step !== undefined) {
      const next = TABS[(TABS.indexOf(tab) + step) % TABS.length];
      choose(next);
      document.getElementById(`tb-tab-${next}`)?.focus();
    }
  };
  return (
    <>
      <div className="jp-trackbook-Tabs" role="tablist" aria-label="trackbook" onKeyDown={keyed}>
        {TABS.map(one => (
          <Button
            key={one}
            id={`tb-tab-${one}`}
            role="tab"
            className="jp-trackbook-Tab"
            aria-selected={one === tab}
            aria-controls="tb-panel"
            tabIndex={one === tab ? 0 : -1}
            onClick={() => choose(one)}
          >
            {names[one]}
          </Button>
        ))}
      </div>
      <div id="tb-panel" className="jp-trackbook-Panel" role="tabpanel" aria-labelledby={`tb-tab-${tab}`}>
        {model.trouble && (
          <p className="jp-trackbook-Trouble" role="alert">
            {model.trouble} <Button onClick={() => void model.refresh()}>{trans.__('Try again')}</Button>
          </p>
        )}
        {model.project === null ? (
          <p className="jp-trackbook-Empty">{model.place?.words ?? trans.__('Open a notebook to see its runs.')}</p>
        ) : tab === 'registry' ? (
          <Registry {...props} />
        ) : tab === 'experiments' ? (
          <Experiments
            {...props}
            onExperiment={name => {
              choose('runs');
              void model.narrow({ experiment: name, scope: 'project' });
            }}
          />
        ) : model.opened ? (
          <Run {...props} detail={model.opened} />
        ) : (
          <Runs {...props} />
        )}
      </div>
    </>
  );
}
