// A decision: what it would come to is shown first, then the reason is asked for, then it is done.
import { Clipboard, Dialog, Notification, ReactWidget, showDialog, showErrorMessage } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Model } from './model';
import type { Answer, Card, Preview } from './records';
import { Table } from './run';

export type Deed = 'promote' | 'approve' | 'reject' | 'rollback' | 'archive';

export interface About {
  model: Model;
  trans: TranslationBundle;
  /** Where the card was fetched: the notebook in front may belong elsewhere by now. */
  project: string;
  card: Card;
}

const SIGNS: { [outcome: string]: string } = { passed: '✓', failed: '✗', errored: '✗', warned: '⚠', skipped: '–' };

class Body extends ReactWidget implements Dialog.IBodyWidget<string> {
  reason = '';
  needed = false;
  constructor(private shown: (body: Body) => JSX.Element) {
    super();
    this.addClass('jp-trackbook-Dialog');
  }
  getValue(): string {
    return this.reason.trim();
  }
  /** Let the decision be pressed only once its reason is written. */
  heard(): void {
    const go = this.node.closest('.jp-Dialog')?.querySelector<HTMLButtonElement>('.jp-Dialog-footer button:last-child');
    if (go && this.needed) {
      go.disabled = !this.getValue();
    }
  }
  protected render(): JSX.Element {
    return this.shown(this);
  }
}

/** Show what a decision would come to, ask for the reason, and decide. */
export async function decide(asked: About & { deed: Deed; to: string }): Promise<void> {
  const { model, trans, project, card, deed, to } = asked;
  const titles = {
    promote: trans.__('Promote %1 to %2', card.name, to.toLowerCase()),
    approve: trans.__('Approve %1 for %2', card.name, to.toLowerCase()),
    reject: trans.__('Reject %1 for %2', card.name, to.toLowerCase()),
    rollback: trans.__('Roll %1 back', card.model),
    archive: trans.__('Archive %1', card.name)
  };
  const title = titles[deed];
  let preview: Preview | null = null;
  if (deed === 'promote' || deed === 'rollback') {
    const foretold =
      deed === 'promote' ? model.api.promotion(project, card.name, to) : model.api.rollback(project, card.model);
    const note = Notification.emit(trans.__('Asking the gate for %1…', card.name), 'in-progress', { autoClose: false });
    try {
      preview = await foretold;
    } catch (error) {
      await showErrorMessage(title, (error as Error).message);
      return;
    } finally {
      Notification.dismiss(note);
    }
  }
  const kept = preview !== null && preview.verdict !== 'passed';
  const body = new Body(self => <Question preview={preview} trans={trans} body={kept ? null : self} />);
  body.needed = !kept && deed !== 'approve';
  const label = kept ? trans.__('Ask for approval') : title;
  const go =
    deed === 'rollback' || deed === 'reject' || deed === 'archive'
      ? Dialog.warnButton({ label })
      : Dialog.okButton({ label });
  const buttons = [Dialog.cancelButton({ label: kept ? trans.__('Close') : trans.__('Cancel') })];
  if (!kept || preview?.can_ask) {
    buttons.push(go);
  }
  const answer = await showDialog({ title, body, buttons, focusNodeSelector: 'textarea' });
  if (!answer.button.accept) {
    return;
  }
  if (kept) {
    return request(asked, title);
  }
  const reason = answer.value ?? '';
  if (!reason && deed !== 'approve') {
    Notification.error(trans.__('%1: nothing was done, a reason is needed.', title), { autoClose: 8000 });
    return;
  }
  await done(model, trans, title, () => {
    const version = card.name;
    const target = to.toLowerCase();
    switch (deed) {
      case 'promote':
        return model.api.verb(project, 'promote', { version, to: target, reason, expected_from: card.state });
      case 'rollback':
        return model.api.verb(project, 'rollback', { name: card.model, reason, to: preview?.back_to });
      case 'archive':
        return model.api.verb(project, 'archive', { version, reason });
      default:
        return model.api.verb(project, deed, { version, to: target, comment: reason });
    }
  });
}

/** Ask for an approval; where it has come meanwhile, go on to the decision. */
async function request(asked: About & { deed: Deed; to: string }, title: string): Promise<void> {
  const { model, project, card, to } = asked;
  try {
    const found = await model.api.promotion(project, card.name, to, true);
    if (found.verdict === 'passed') {
      return decide(asked);
    }
    (found.asked ? Notification.success : Notification.error)(found.words, { autoClose: 8000 });
  } catch (error) {
    await showErrorMessage(title, (error as Error).message);
  }
  await model.refresh();
}

/** Do something, and say what came of it. */
export async function done(
  model: Model,
  trans: TranslationBundle,
  title: string,
  work: () => Promise<Answer>
): Promise<Answer | null> {
  try {
    const answer = await work();
    Notification.success(answer.text || `✓ ${title}`, { autoClose: 5000 });
    await model.refresh();
    return answer;
  } catch (error) {
    const words = (error as Error).message;
    Notification.error(`${title}: ${words}`, {
      autoClose: false,
      actions: [{ label: trans.__('Copy'), callback: () => Clipboard.copyToSystem(words) }]
    });
    await model.refresh();
    return null;
  }
}

function Question(props: { preview: Preview | null; trans: TranslationBundle; body: Body | null }): JSX.Element {
  const { preview, trans, body } = props;
  React.useEffect(() => body?.heard(), [body]);
  return (
    <div>
      {preview && (
        <>
          <p data-verdict={preview.verdict}>
            {preview.verdict === 'passed' ? '✓' : '✗'} {preview.words}
          </p>
          {preview.verdict === 'passed' &&
            preview.changes.filter(words => words !== preview.words).map(words => <p key={words}>→ {words}</p>)}
          {preview.checks.length > 0 && (
            <ul aria-label={trans.__('Checks')}>
              {preview.checks.map(check => (
                <li key={check.name} data-outcome={check.outcome} data-severity={check.severity}>
                  <span role="img" aria-label={check.outcome}>
                    {SIGNS[check.outcome] ?? '·'}
                  </span>{' '}
                  <b>{check.name}</b> <small>{check.words}</small>
                </li>
              ))}
            </ul>
          )}
        </>
      )}
      {body && (
        <label>
          {trans.__('Reason')}
          <textarea
            className="jp-mod-styled"
            rows={2}
            aria-label={trans.__('Reason')}
            onKeyDown={event => event.key === 'Enter' && event.stopPropagation()}
            onChange={event => {
              body.reason = event.target.value;
              body.heard();
            }}
          />
        </label>
      )}
    </div>
  );
}

/** Show everything that was decided of a model. */
export async function showHistory({ model, trans, project, card }: About): Promise<void> {
  const title = trans.__('History of %1', card.model);
  try {
    const found = await model.api.verb(project, 'history', { name: card.model });
    const section = { title: found.text, columns: found.columns, rows: found.rows };
    const body = ReactWidget.create(<Table section={section} trans={trans} open />);
    body.addClass('jp-trackbook-Dialog');
    await showDialog({ title, body, buttons: [Dialog.okButton({ label: trans.__('Close') })] });
  } catch (error) {
    await showErrorMessage(title, (error as Error).message);
  }
}
