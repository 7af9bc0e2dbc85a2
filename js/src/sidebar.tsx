// The sidebar: three tabs over the project of the notebook in front; and the same in the main area.
import { TabPanelSvg } from '@jupyterlab/ui-components';
import * as React from 'react';
import { Experiments } from './experiments';
import { NO_EXTENSION } from './model';
import { Registry } from './registry';
import { Run } from './run';
import { Runs } from './runs';
import { Button, type Props, View } from './view';

const RunsOrOne = (props: Props) => {
  const { opened } = props.model;
  return opened ? <Run key={opened.line.run_id} {...props} detail={opened} /> : <Runs {...props} />;
};

export class Sidebar extends TabPanelSvg {
  constructor(props: Props) {
    super();
    const { model, trans } = props;
    this.id = 'trackbook-sidebar';
    this.addClass('jp-trackbook-Sidebar');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', 'trackbook');
    const add = (label: string, Shown: (props: Props) => JSX.Element) => {
      const view = new View(model, () => <OfProject {...props} shown={() => <Shown {...props} />} />);
      view.id = `trackbook-tab-${this.widgets.length}`;
      view.title.label = label;
      this.addWidget(view);
    };
    add(trans.__('Runs'), RunsOrOne);
    add(trans.__('Registry'), Registry);
    add(trans.__('Experiments'), Experiments);
  }

  /** Show one of the tabs. */
  choose(tab: 'runs' | 'registry'): void {
    this.currentIndex = tab === 'runs' ? 0 : 1;
  }
}

/** Show something of the project in front, and what is wrong; of another project nothing is left on screen. */
function OfProject({ model, trans, shown }: Props & { shown: () => JSX.Element }): JSX.Element {
  return (
    <>
      {model.trouble && (
        <p className="jp-trackbook-Trouble" role="alert">
          {model.trouble === NO_EXTENSION ? trans.__('The server has no trackbook extension.') : model.trouble}{' '}
          <Button onClick={() => void model.refresh()}>{trans.__('Try again')}</Button>
        </p>
      )}
      {model.project !== null ? (
        <React.Fragment key={model.project}>{shown()}</React.Fragment>
      ) : (
        <p className="jp-trackbook-Empty">{model.place?.words ?? trans.__('Open a notebook to see its runs.')}</p>
      )}
    </>
  );
}

/** Show the registry and the experiments of a project in the main area. */
export function Dashboard(props: Props): JSX.Element {
  const { trans } = props;
  const both = () => (
    <>
      <h2>{trans.__('Registry')}</h2>
      <Registry {...props} wide />
      <h2>{trans.__('Experiments')}</h2>
      <Experiments {...props} />
    </>
  );
  return <OfProject {...props} shown={both} />;
}
