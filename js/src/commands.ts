// What can be done with runs, as commands with names: buttons, the palette and keys ask for these.
import { type JupyterFrontEnd, LabShell } from '@jupyterlab/application';
import { Clipboard, InputDialog, MainAreaWidget, Notification, WidgetTracker } from '@jupyterlab/apputils';
import { type INotebookTracker, NotebookActions } from '@jupyterlab/notebook';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { LabIcon } from '@jupyterlab/ui-components';
import type { Widget } from '@lumino/widgets';
import { Dashboard } from './dashboard';
import { done } from './dialogs';
import type { Model } from './model';
import { PictureWidget } from './picture';
import type { Picture } from './records';
import type { Sidebar } from './sidebar';

export interface Parts {
  app: JupyterFrontEnd;
  model: Model;
  trans: TranslationBundle;
  icon: LabIcon;
  sidebar: Sidebar;
  notebooks: INotebookTracker;
  mime: IRenderMimeRegistry;
  toggle: () => Promise<void>;
}

type Args = { [name: string]: unknown };
type Main = WidgetTracker<MainAreaWidget<Widget>>;

const text = (value: unknown) => (typeof value === 'string' ? value : '');
const TEXT = { type: 'string' };

export function addCommands(parts: Parts): Main {
  const { app, model, trans, icon, sidebar, notebooks, mime, toggle } = parts;
  const tracker: Main = new WidgetTracker({ namespace: 'trackbook' });
  const project = () => model.project ?? '';
  const aNotebook = () => notebooks.currentWidget !== null;
  const add = (
    id: string,
    label: string,
    execute: (args: Args) => unknown,
    properties: { [name: string]: object } = {},
    isEnabled: (args: Args) => boolean = () => true
  ) =>
    app.commands.addCommand(`trackbook:${id}`, {
      label,
      icon: id.startsWith('show') || id.startsWith('open') ? icon : undefined,
      describedBy: { args: { type: 'object', properties } as never },
      execute: args => execute(args as Args),
      isEnabled: args => isEnabled(args as Args)
    });
  const shown = (id: string, make: () => Widget, title: string): void => {
    const known = tracker.find(widget => widget.id === id);
    const main = known ?? new MainAreaWidget({ content: make() });
    if (!known) {
      main.id = id;
      main.content.id = `${id}-content`;
      main.title.label = title;
      main.title.icon = icon;
      main.title.closable = true;
      main.content.title.changed.connect(inner => {
        main.title.label = inner.label || title;
      });
      void tracker.add(main);
    }
    if (!main.isAttached) {
      // Notebook 7 shows one thing in its main area: there it goes beside.
      const split = { mode: 'split-right' as const };
      app.shell.add(main, app.shell instanceof LabShell ? 'main' : 'right', split);
    }
    app.shell.activateById(main.id);
  };
  const pictured = (id: string, title: string, ask: () => Promise<Picture>) =>
    shown(id, () => new PictureWidget(trans, mime, ask), title);
  const verb = (title: string, name: string, values: object, of = project()) =>
    done(model, trans, title, () => model.api.verb(of, name, values));

  add('show', trans.__('Show Runs'), () => {
    sidebar.choose('runs');
    app.shell.activateById(sidebar.id);
  });
  add('show-registry', trans.__('Show Registry'), () => {
    sidebar.choose('registry');
    app.shell.activateById(sidebar.id);
  });
  add('open-dashboard', trans.__('Open Dashboard'), () => {
    const run = (command: string, args?: object) => void app.commands.execute(command, args as never);
    const props = { model, trans, grouped: true, run };
    const chosen = (name: string) => {
      void app.commands.execute('trackbook:show');
      void model.narrow({ experiment: name, scope: 'project' });
    };
    shown('trackbook-dashboard', () => new Dashboard(props, chosen), trans.__('trackbook'));
  });
  add(
    'compare',
    trans.__('Compare Picked Runs'),
    args => {
      const given = Array.isArray(args.runs) ? args.runs.map(String) : [];
      const runs = given.length > 0 ? given : model.selected;
      const of = text(args.project) || project();
      const id = `trackbook-compare-${of}|${runs.join('|')}`;
      pictured(id, trans.__('Compare'), () => model.api.compare(of, runs));
    },
    { runs: { type: 'array', items: TEXT }, project: TEXT },
    args => Array.isArray(args.runs) || model.selected.length > 1
  );
  add(
    'lineage',
    trans.__('Show Lineage'),
    args => {
      const of = text(args.project) || project();
      const run = text(args.run) || (model.opened?.line.run_id ?? '');
      pictured(`trackbook-lineage-${of}|${run}`, trans.__('Lineage'), () => model.api.lineage(of, run));
    },
    { run: TEXT, project: TEXT },
    args => Boolean(args.run) || model.opened !== null
  );
  // What was open before the page was loaded anew says in its id what it shows.
  add('reopen', trans.__('Open Again'), args => {
    const [, what, rest] = text(args.id).match(/^trackbook-([a-z]+)-?(.*)$/s) ?? [];
    const [of, ...runs] = (rest ?? '').split('|');
    const values = what === 'compare' ? { project: of, runs } : { project: of, run: runs[0] };
    return app.commands.execute(`trackbook:${what === 'dashboard' ? 'open-dashboard' : what}`, values);
  });
  add('toggle-recording', trans.__('Turn Recording Off or On'), toggle, {}, aNotebook);
  // Of the run that a button names, or of the one that is open.
  const ofRun = (id: string, label: string, execute: (run: string, name: string, project: string) => unknown) =>
    add(
      id,
      label,
      args => {
        const line = args.run ? { run_id: text(args.run), name: text(args.name) } : model.opened?.line;
        return line && execute(line.run_id, line.name, project());
      },
      { run: TEXT, name: TEXT },
      args => Boolean(args.run) || model.opened !== null
    );
  const asked = async (title: string, placeholder = '') =>
    (await InputDialog.getText({ title, placeholder })).value?.trim() ?? '';

  ofRun('restore', trans.__('Restore Run as Notebook'), async (run, _, of) => {
    const answer = await verb(trans.__('Restore'), 'restore', { run }, of);
    const name = String(answer?.rows[0]?.[0] ?? '')
      .split('/')
      .pop();
    if (name) {
      await app.commands.execute('docmanager:open', { path: [of, name].filter(Boolean).join('/') });
    }
  });
  ofRun('reproduce', trans.__('Reproduce Run'), async (run, name) => {
    const said = trans.__('Executing %1 again in a fresh kernel…', name);
    const note = Notification.emit(said, 'in-progress', { autoClose: false });
    await verb(trans.__('Reproduce'), 'reproduce', { run });
    Notification.dismiss(note);
  });
  ofRun('copy-reference', trans.__('Copy Reference to Run'), run => {
    Clipboard.copyToSystem(run); // also where the page came by http
    Notification.success(trans.__('Copied: %1', run), { autoClose: 3000 });
  });
  const insert = (args: Args) => {
    const panel = notebooks.currentWidget;
    if (panel) {
      NotebookActions.insertBelow(panel.content);
      panel.content.activeCell?.model.sharedModel.setSource(args.run ? `%track show ${text(args.run)}` : '%track runs');
    }
  };
  add('insert-cell', trans.__('Insert a Cell That Shows Runs'), insert, { run: TEXT, name: TEXT }, aNotebook);
  ofRun('tag', trans.__('Tag Run'), async (run, name, of) => {
    const word = await asked(trans.__('Tag %1', name), trans.__('owner=ann, or just baseline'));
    return word && verb(trans.__('Tag %1', name), 'tag', { tags: [word], run }, of);
  });
  ofRun('note', trans.__('Write a Note on Run'), async (run, name, of) => {
    const words = await asked(trans.__('A note on %1', name));
    return words && verb(trans.__('A note on %1', name), 'note', { words, run }, of);
  });
  ofRun('delete', trans.__('Delete Run'), async (run, name, of) => {
    const runs = [run];
    const back = async () => {
      await verb(trans.__('Undo'), 'rm', { runs, undo: true }, of);
      await model.narrow({}); // it may have stood far below the first page
    };
    try {
      await model.api.verb(of, 'rm', { runs });
    } catch (error) {
      Notification.error((error as Error).message, { autoClose: false });
      return;
    }
    await model.open(null);
    model.forget(run);
    await model.refresh();
    Notification.info(trans.__('%1 is in the trash.', name), {
      autoClose: 15_000,
      actions: [{ label: trans.__('Undo'), callback: () => void back() }]
    });
  });
  return tracker;
}
