// What can be done, as commands with names: the palette, keys, menus and buttons ask for these.
import { type JupyterFrontEnd, LabShell } from '@jupyterlab/application';
import { Clipboard, MainAreaWidget, Notification, WidgetTracker } from '@jupyterlab/apputils';
import { type INotebookTracker, NotebookActions } from '@jupyterlab/notebook';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { LabIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import { carryOut } from './deeds';
import { Pictured } from './picture';
import { Dashboard, type Sidebar } from './sidebar';
import { type Props, View } from './view';

export interface Parts {
  app: JupyterFrontEnd;
  props: Props;
  icon: LabIcon;
  sidebar: Sidebar;
  notebooks: INotebookTracker;
  mime: IRenderMimeRegistry;
  toggle: () => Promise<void>;
}

/** What a view in the main area shows: enough to show it again after a reload. */
type Opened = { what: string; project: string; runs: string[] };
type Args = Partial<Opened & { run: string }>;

const TEXT = { type: 'string' };
const RUNS = { project: TEXT, runs: { type: 'array', items: TEXT } };
const always = () => true;

export function addCommands({ app, props, icon, sidebar, notebooks, mime, toggle }: Parts) {
  const { model, trans } = props;
  const project = () => model.project ?? '';
  const openRun = () => model.opened?.line.run_id ?? '';
  const aNotebook = () => notebooks.currentWidget !== null;
  const add = (
    id: string,
    label: string,
    execute: (args: Args) => unknown,
    isEnabled: (args: Args) => boolean = always,
    properties: object = {}
  ) =>
    app.commands.addCommand(`trackbook:${id}`, {
      label,
      icon: /^(show|open)/.test(id) ? icon : undefined,
      describedBy: { args: { type: 'object', properties } as never },
      execute: args => execute(args as Args),
      isEnabled: args => isEnabled(args as Args)
    });

  const show = (tab: 'runs' | 'registry') => {
    sidebar.choose(tab);
    app.shell.activateById(sidebar.id);
  };
  add('show', trans.__('Show Runs'), () => show('runs'));
  add('show-registry', trans.__('Show Registry'), () => show('registry'));

  const open = ({ what, project: of, runs }: Opened) => {
    const id = `trackbook-${what}-${of}|${runs.join('|')}`;
    if (!tracker.find(known => known.id === id)) {
      const ask = () => model.api.picture(what, of, runs);
      const titled = (title: string) => {
        main.title.label = title.slice(0, 40);
      };
      const content = new View(model, () =>
        what === 'dashboard'
          ? React.createElement(Dashboard, props)
          : React.createElement(Pictured, { ...props, mime, ask, titled })
      );
      content.id = `${id}-content`;
      content.addClass('jp-trackbook-Main');
      const main = new MainAreaWidget({ content });
      Object.assign(main, { id });
      Object.assign(main.title, { label: 'trackbook', icon, closable: true });
      opened.set(main, { what, project: of, runs });
      void tracker.add(main);
      // Notebook 7 shows one thing in its main area: there it goes beside.
      app.shell.add(main, app.shell instanceof LabShell ? 'main' : 'right', { mode: 'split-right' });
    }
    app.shell.activateById(id);
  };
  const tracker = new WidgetTracker<MainAreaWidget<View>>({ namespace: 'trackbook' });
  const opened = new WeakMap<MainAreaWidget<View>, Opened>();
  const several = ({ runs }: Args) => (runs?.length ? runs : model.selected);
  const single = ({ runs }: Args) => (runs?.length ? runs : [openRun()]);
  add('open', trans.__('Open Again'), args => open(args as Opened), always, { what: TEXT, ...RUNS });
  add('open-dashboard', trans.__('Open Dashboard'), () => open({ what: 'dashboard', project: '', runs: [] }));
  add(
    'compare',
    trans.__('Compare Picked Runs'),
    args => open({ what: 'compare', project: args.project ?? project(), runs: several(args) }),
    args => several(args).length > (args.runs ? 0 : 1),
    RUNS
  );
  add(
    'lineage',
    trans.__('Show Lineage'),
    args => open({ what: 'lineage', project: args.project ?? project(), runs: single(args) }),
    args => single(args)[0] !== '',
    RUNS
  );
  add('toggle-recording', trans.__('Turn Recording Off or On'), toggle, aNotebook);

  // Of the run that is open: what its buttons do.
  const deeds: [string, string, string][] = [
    ['restore', 'restore', trans.__('Restore Run as Notebook')],
    ['reproduce', 'reproduce', trans.__('Reproduce Run')],
    ['tag', 'tag', trans.__('Tag Run')],
    ['note', 'note', trans.__('Write a Note on Run')],
    ['delete', 'rm', trans.__('Delete Run')]
  ];
  for (const [id, verb, label] of deeds) {
    const deed = () => model.opened?.deeds.find(one => one.verb === verb);
    const done = () => {
      const found = deed();
      return found && carryOut(props, found);
    };
    add(id, label, done, () => deed() !== undefined);
  }
  const copy = ({ run = openRun() }: Args) => {
    Clipboard.copyToSystem(run); // also where the page came by http
    Notification.success(trans.__('Copied: %1', run), { autoClose: 3000 });
  };
  const ofRun = ({ run = openRun() }: Args) => run !== '';
  add('copy-reference', trans.__('Copy Reference to Run'), copy, ofRun, { run: TEXT });
  const insert = ({ run = openRun() }: Args) => {
    const panel = notebooks.currentWidget;
    if (panel) {
      NotebookActions.insertBelow(panel.content);
      panel.content.activeCell?.model.sharedModel.setSource(run ? `%track show ${run}` : '%track runs');
    }
  };
  add('insert-cell', trans.__('Insert a Cell That Shows Runs'), insert, aNotebook, { run: TEXT });
  // After a reload a view says again what it shows.
  const args = (main: MainAreaWidget<View>) => opened.get(main) as Opened;
  return { tracker, args };
}
