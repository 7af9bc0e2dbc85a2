// What a button does: it is foretold where it decides something, asks for what it needs, and is done.
import { Clipboard, Dialog, Notification, ReactWidget, showDialog } from '@jupyterlab/apputils';
import * as React from 'react';
import type { Answer, Deed, Field, Preview } from './records';
import { Button, type Props, Table } from './view';

type Values = { [name: string]: string | string[] };

const SOON = { autoClose: 6000 } as const;

/** Do what a button says, and say what came of it: in the project of the button, whatever comes in front. */
export async function carryOut(props: Props, deed: Deed, project = props.model.project ?? ''): Promise<void> {
  const { model, trans } = props;
  try {
    const preview = deed.foretold ? await waiting(deed, model.api.preview(project, deed)) : null;
    if (preview?.verdict === 'asked') {
      Notification.success(preview.words, SOON);
      return await model.refresh();
    }
    const last = preview ? preview.deeds.at(0) : deed;
    let values: Values = {};
    if (preview || deed.fields.length > 0) {
      const body = new Form(preview, last?.fields ?? []);
      const buttons = [Dialog.cancelButton({ label: last ? trans.__('Cancel') : trans.__('Close') })];
      if (last) {
        const label = last.foretold ? last.label : last.title;
        buttons.push(last.danger ? Dialog.warnButton({ label }) : Dialog.okButton({ label }));
      }
      const focusNodeSelector = '.jp-trackbook-Dialog :is(textarea, input)';
      const { button, value } = await showDialog({ title: deed.title, body, buttons, focusNodeSelector });
      if (!button.accept) {
        return;
      }
      values = value ?? {};
    }
    if (last?.foretold) {
      return await carryOut(props, last, project);
    }
    if (last) {
      await tell(props, project, last, await waiting(last, model.api.act(project, last, values)));
    }
  } catch (error) {
    const words = (error as Error).message;
    const copy = { label: trans.__('Copy'), callback: () => Clipboard.copyToSystem(words) };
    Notification.error(`${deed.title}: ${words}`, { autoClose: false, actions: [copy] });
  }
  await model.refresh();
}

/** Say what is waited for, where it takes its time. */
async function waiting<T>(deed: Deed, work: Promise<T>): Promise<T> {
  const note = deed.waits ? Notification.emit(deed.waits, 'in-progress', { autoClose: false }) : '';
  return work.finally(() => note && Notification.dismiss(note));
}

async function tell(props: Props, project: string, deed: Deed, answer: Answer): Promise<void> {
  const { model, trans, run } = props;
  const { text, section, opens, undo, gone } = answer;
  if (deed.verb === 'history') {
    const body = ReactWidget.create(<Table section={{ ...section, title: text }} open />);
    body.node.className += ' jp-trackbook-Dialog jp-trackbook-History';
    await showDialog({ title: deed.title, body, buttons: [Dialog.okButton({ label: trans.__('Close') })] });
    return;
  }
  if (gone.includes(model.opened?.line.run_id ?? '')) {
    await model.open(null);
  }
  for (const one of gone) {
    model.forget(one);
  }
  if (opens) {
    run('docmanager:open', { path: opens });
  }
  // What is taken back may have stood far below the first page.
  const back = () => undo && void carryOut(props, undo, project).then(() => model.narrow({}));
  const actions = undo ? [{ label: undo.label, callback: () => void back() }] : [];
  const say = answer.is_good ? Notification.success : Notification.warning;
  say(text || `✓ ${deed.title}`, { autoClose: undo ? 15_000 : 6000, actions });
}

/** What it would come to, and what is asked for. */
class Form extends ReactWidget implements Dialog.IBodyWidget<Values> {
  private values: { [name: string]: string } = {};

  constructor(
    private preview: Preview | null,
    private fields: Field[]
  ) {
    super();
    this.addClass('jp-trackbook-Dialog');
  }

  getValue(): Values {
    const text = (field: Field) => this.values[field.name]?.trim() ?? '';
    const filled = this.fields.filter(text);
    return Object.fromEntries(filled.map(one => [one.name, one.kind === 'list' ? [text(one)] : text(one)]));
  }

  /** Keep what was written; the decision can be pressed once nothing needed is missing. */
  private hear(name = '', value = ''): void {
    this.values[name] = value;
    const box = this.node.closest('.jp-Dialog')?.querySelector('.jp-Dialog-footer button.jp-mod-styled:last-child');
    const given = this.getValue();
    box?.toggleAttribute(
      'disabled',
      this.fields.some(one => one.needed && !given[one.name])
    );
  }

  protected render(): JSX.Element {
    const { verdict, words, changes, checks } = this.preview ?? {};
    return (
      <>
        {words && (
          <p data-verdict={verdict}>
            {verdict === 'passed' ? '✓' : '✗'} {words}
          </p>
        )}
        {changes?.map(change => (
          <p key={change}>→ {change}</p>
        ))}
        {checks && checks.rows.length > 0 && <Table section={checks} open />}
        {this.fields.map(field => (
          <Asked key={field.name} field={field} hear={value => this.hear(field.name, value)} />
        ))}
        <span ref={() => this.hear()} />
      </>
    );
  }
}

function Asked({ field, hear }: { field: Field; hear: (value: string) => void }): JSX.Element {
  const { name, label, kind, hint, choices } = field;
  const id = `tb-asked-${name}`;
  const tag = { words: 'textarea', choice: 'select' }[kind] ?? 'input';
  const looks = { id, className: 'jp-mod-styled', placeholder: hint, type: tag === 'input' ? kind : undefined };
  const onChange = (event: { target: { value: string } }) => hear(event.target.value);
  const onKeyDown = (event: React.KeyboardEvent) =>
    tag === 'textarea' && event.key === 'Enter' && event.stopPropagation();
  const options = ['', ...choices].map(one => React.createElement('option', { key: one, value: one }, one || '–'));
  return (
    <label htmlFor={id}>
      {label}
      {React.createElement(tag, { ...looks, onChange, onKeyDown }, tag === 'select' ? options : undefined)}
    </label>
  );
}

/** A row of buttons; one that cannot be pressed now says why. */
export function Deeds(props: Props & { deeds: Deed[]; label: string; children?: React.ReactNode }): JSX.Element {
  const { deeds, label, children } = props;
  return (
    <div className="jp-trackbook-Actions" role="toolbar" aria-label={label}>
      {deeds.map(deed => (
        <Button
          key={deed.label}
          title={deed.why_not || deed.title}
          aria-disabled={deed.why_not !== ''}
          onClick={() => void (deed.why_not ? Notification.info(deed.why_not, SOON) : carryOut(props, deed))}
        >
          {deed.label}
        </Button>
      ))}
      {children}
    </div>
  );
}
