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
import { pulse } from './kernel';
import { Model } from './model';
import { Sidebar } from './sidebar';
import { statusItem } from './status';
import type { Props } from './view';

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
    const props: Props = { model, trans, run, grouped: true };
    const sidebar = new Sidebar(props);
    sidebar.title.icon = icon;
    sidebar.title.caption = trans.__('Runs and registry');
    app.shell.add(sidebar, 'left', { rank: 450, type: 'trackbook' });
    restorer?.add(sidebar, sidebar.id);

    let marking = true;
    const marked = () => {
      const slice = model.opened?.slice.map(cell => cell.cell_id) ?? [];
      const stale = [...(model.pulse?.cells.stale ?? []), ...(model.opened?.stale ?? [])];
      for (const cell of notebooks.currentWidget?.content.widgets ?? []) {
        cell.toggleClass('jp-trackbook-inSlice', marking && slice.includes(cell.model.id));
        cell.toggleClass('jp-trackbook-isStale', marking && stale.includes(cell.model.id));
      }
    };
    let feeling: unknown = null; // a busy kernel answers when it is done: it is not asked twice meanwhile
    const felt = async (what: 'pulse' | 'toggle' = 'pulse') => {
      const kernel = notebooks.currentWidget?.sessionContext.session?.kernel ?? null;
      if (what === 'toggle' || kernel === null || feeling !== kernel) {
        feeling = kernel;
        const found = await pulse(kernel, what).catch(() => null);
        feeling = null;
        if (kernel === (notebooks.currentWidget?.sessionContext.session?.kernel ?? null)) {
          model.pulse = found;
          model.changed.emit();
        }
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

    const { tracker, args } = addCommands({ app, props, icon, sidebar, notebooks, mime, toggle });
    void restorer?.restore(tracker, { command: 'trackbook:open', args, name: main => main.id });
    for (const command of app.commands.listCommands().filter(id => /^trackbook:(?!open$)/.test(id))) {
      palette?.addItem({ command, category: 'trackbook' });
    }
    launcher?.add({ command: 'trackbook:open-dashboard', category: trans.__('Other'), rank: 50 });
    bar?.registerStatusItem('trackbook:status', { item: statusItem(model, trans, toggle), align: 'left', rank: 90 });

    void app.restored.then(async () => {
      follow();
      const settings = await registry?.load(plugin.id).catch(() => null);
      let timer = 0;
      const apply = () => {
        const set = settings?.composite ?? {};
        props.grouped = set.groupByExperiment !== false;
        marking = set.markCells !== false;
        model.changed.emit();
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
