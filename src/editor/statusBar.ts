import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../base/disposable';
import type { Snapshot, TargetState } from '../protocol/snapshot';
import type { Attachments } from './attachments';
import type { ThreadView } from './attachmentView';
import { short } from './bounds';

/** While something is attached: utilisation and timer lateness of the shown target; a click shows the panel. */
export class StatusBar implements vscode.Disposable {
  private readonly store = new DisposableStore();
  private item: vscode.StatusBarItem | null = null;
  private following: { view: ThreadView; stop: Disposable } | null = null;

  constructor(private readonly attachments: Attachments) {
    this.store.add(attachments.onDidChange(() => this.update()));
  }

  dispose(): void {
    this.store.dispose();
    this.following?.stop.dispose();
    this.item?.dispose();
  }

  private update(): void {
    const { shown, live } = this.attachments;
    const view = (shown?.live ? shown : live.at(-1)) ?? null;
    if (this.following?.view !== view) {
      this.following?.stop.dispose();
      this.following = view && { view, stop: view.attachment.onDidSnapshot(() => this.draw(view)) };
    }
    if (view) this.draw(view);
    else this.item?.hide();
  }

  private draw(view: ThreadView): void {
    const { attachment } = view;
    const item = (this.item ??= this.create());
    const errors = attachment.snapshot?.findings.filter(({ severity }) => severity === 'error') ?? [];
    item.text = `$(pulse) ${textOf(attachment.state, attachment.snapshot)}`;
    item.tooltip = tooltipOf(
      view,
      errors.map(({ text }) => short(text, 300)),
    );
    item.backgroundColor = errors.length > 0 ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    item.show();
  }

  private create(): vscode.StatusBarItem {
    const item = vscode.window.createStatusBarItem('loopscope.status', vscode.StatusBarAlignment.Left, 50);
    item.name = vscode.l10n.t('Loopscope');
    item.command = 'loopscope.showPanel';
    return item;
  }
}

function textOf(state: TargetState, snapshot: Snapshot | null): string {
  switch (state) {
    case 'paused':
      return vscode.l10n.t('paused');
    case 'blocked':
      return vscode.l10n.t('blocked');
    case 'notAnswering':
      return vscode.l10n.t('not answering');
    default:
      return `${percent(snapshot?.loop.utilization)} · ${milliseconds(snapshot?.loop.timerLateness?.p99Ms)}`;
  }
}

/** A plain string, never Markdown: names and findings come from the target. */
function tooltipOf({ attachment: { info, snapshot } }: ThreadView, findings: string[]): string {
  const lines = [
    vscode.l10n.t('Loopscope: {0} (pid {1})', short(info.name, 100), info.pid),
    vscode.l10n.t('Event loop utilization {0}', percent(snapshot?.loop.utilization)),
    vscode.l10n.t('Timers start late by {0} (99th percentile)', milliseconds(snapshot?.loop.timerLateness?.p99Ms)),
    ...findings,
  ];
  return lines.join('\n');
}

function percent(share: number | null | undefined): string {
  return share == null ? '–' : `${Math.round(share * 100)} %`;
}

function milliseconds(ms: number | null | undefined): string {
  if (ms == null) return '– ms';
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
}
