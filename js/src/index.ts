// The plugin: a sidebar that follows the notebook in front, commands, a status bar item, a dashboard.
import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { ILauncher } from '@jupyterlab/launcher';
import { INotebookTracker, NotebookActions } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { LabIcon } from '@jupyterlab/ui-components';
import svgstr from '../style/icons/trackbook.svg';
import { Api } from './api';
import { addCommands } from './commands';
import { type Pulse, pulse } from './kernel';
import { mark } from './marks';
import { Model } from './model';
import { Sidebar } from './sidebar';
import { Status } from './status';

const IN_PALETTE = ['show', 'show-registry', 'open-dashboard', 'compare', 'toggle-recording', 'insert-cell'].concat(
  ['restore', 'reproduce', 'lineage', 'copy-reference', 'tag', 'note', 'delete'] // of the run that is open
);
const SLOWLY_S = 10;

const plugin: JupyterFrontEndPlugin<void> = {
  id: 'trackbook:plugin',
  description: 'Runs and the registry beside the notebook.',
  autoStart: true,
  requires: [INotebookTracker, IRenderMimeRegistry],
  optional: [
    ICommandPalette,
    ILayoutRestorer,
    ILauncher,
    ISettingRegistry,
    IStatusBar,
    ITranslator,
    IDefaultFileBrowser
  ],
  activate: (
    app: JupyterFrontEnd,
    notebooks: INotebookTracker,
    mime: IRenderMimeRegistry,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null,
    launcher: ILauncher | null,
    registry: ISettingRegistry | null,
    bar: IStatusBar | null,
    translator: ITranslator | null,
    browser: IDefaultFileBrowser | null
  ) => {
    const trans = (translator ?? nullTranslator).load('trackbook');
    const { serverSettings, events, contents } = app.serviceManager;
    const icon = new LabIcon({ name: 'trackbook:runs', svgstr });
    const model = new Model(new Api(serverSettings), events);
    const run = (command: string, args?: object) => void app.commands.execute(command, args as never);
    const sidebar = new Sidebar(model, trans, run);
    sidebar.title.icon = icon;
    sidebar.title.caption = trans.__('Runs and registry');
    app.shell.add(sidebar, 'left', { rank: 450, type: 'trackbook' });
    restorer?.add(sidebar, sidebar.id);

    let marking = true;
    let last: Pulse | null = null;
    const status = new Status(trans, () => void toggle());
    const marked = () => {
      const slice = model.opened?.slice.flatMap(cell => cell.cell_id ?? []) ?? [];
      const stale = [...(last?.cells.stale ?? []), ...(model.opened?.stale ?? [])];
      mark(notebooks.currentWidget, marking ? slice : [], marking ? stale : []);
    };
    let feeling: unknown = null; // a busy kernel answers when it is done: it is not asked twice meanwhile
    const felt = async (what: 'pulse' | 'toggle' = 'pulse') => {
      const panel = notebooks.currentWidget;
      const kernel = panel?.sessionContext.session?.kernel ?? null;
      if (what === 'pulse' && kernel !== null && feeling === kernel) {
        return;
      }
      feeling = kernel;
      const found = await pulse(kernel, what).catch(() => null);
      feeling = null;
      if (panel === notebooks.currentWidget) {
        last = found;
        status.tell(found);
        marked();
      }
    };
    const toggle = () => felt('toggle');
    const follow = () => {
      const { currentWidget } = notebooks;
      // without the drive: with real-time collaboration a path starts with its name
      void model.follow(contents.localPath(currentWidget?.context.path ?? browser?.model.path ?? ''));
      void felt();
    };
    notebooks.currentChanged.connect(follow);
    browser?.model.pathChanged.connect(() => notebooks.currentWidget ?? follow());
    notebooks.widgetAdded.connect((_, panel) => {
      panel.context.pathChanged.connect(follow);
      const heard = () => void (panel === notebooks.currentWidget && felt());
      panel.sessionContext.kernelChanged.connect(heard);
      panel.sessionContext.connectionStatusChanged.connect(heard);
    });
    NotebookActions.executed.connect(() => {
      model.soon();
      void felt();
    });
    model.changed.connect(marked);

    const tracker = addCommands({ app, model, trans, icon, sidebar, notebooks, mime, toggle });
    void restorer?.restore(tracker, {
      command: 'trackbook:reopen',
      args: widget => ({ id: widget.id }),
      name: widget => widget.id
    });
    for (const id of IN_PALETTE) {
      palette?.addItem({ command: `trackbook:${id}`, category: 'trackbook' });
    }
    launcher?.add({ command: 'trackbook:open-dashboard', category: trans.__('Other'), rank: 50 });
    bar?.registerStatusItem('trackbook:status', { item: status, align: 'left', rank: 90 });

    void app.restored.then(async () => {
      follow();
      const settings = await registry?.load(plugin.id).catch(() => null);
      let timer = 0;
      const apply = () => {
        const set = settings?.composite ?? {};
        sidebar.grouped = set.groupByExperiment !== false;
        marking = set.markCells !== false;
        sidebar.update();
        marked();
        window.clearInterval(timer);
        const every = typeof set.refreshSeconds === 'number' ? set.refreshSeconds : SLOWLY_S;
        timer = window.setInterval(() => document.hidden || model.soon(), every * 1000);
      };
      settings?.changed.connect(apply);
      apply();
    });
  }
};

export default plugin;
