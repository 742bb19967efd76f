import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../base/disposable';
import type { Event } from '../base/event';
import type { Attachments } from './attachments';
import { targetNodes, tooltipOf, type TargetNode } from './targetNodes';

export const TARGETS_VIEW = 'loopscope.targets';

/** The view "Loopscope" in the Run and Debug side bar: what is attached, drawn anew only when a word of it changes. */
export class TargetTree implements vscode.TreeDataProvider<TargetNode>, vscode.Disposable {
  private readonly store = new DisposableStore();
  private readonly change = this.store.add(new vscode.EventEmitter<void>());
  private readonly following = new Map<{ onDidSnapshot: Event<unknown> }, Disposable>();
  private nodes: TargetNode[] = [];
  private drawn = '[]';

  readonly onDidChangeTreeData = this.change.event;

  constructor(private readonly attachments: Attachments) {
    this.store.add(attachments.onDidChange(() => this.follow()));
    this.store.add(vscode.window.registerTreeDataProvider(TARGETS_VIEW, this));
  }

  getChildren(node?: TargetNode): TargetNode[] {
    return node ? node.children : this.nodes;
  }

  getTreeItem(node: TargetNode): vscode.TreeItem {
    const { Expanded, None } = vscode.TreeItemCollapsibleState;
    const item = new vscode.TreeItem(node.label, node.children.length > 0 ? Expanded : None);
    item.id = `${node.attachmentId}/${node.threadId ?? ''}`;
    item.description = node.description;
    item.iconPath = iconOf(node);
    item.contextValue = node.threadId === null ? 'target' : 'thread';
    item.command = { command: 'loopscope.showPanel', title: vscode.l10n.t('Show Panel'), arguments: [node] };
    return item;
  }

  /** A plain string, never Markdown: names and findings come from the target. */
  resolveTreeItem(item: vscode.TreeItem, node: TargetNode): vscode.TreeItem {
    item.tooltip = tooltipOf(node, this.attachments.live, vscode.l10n);
    return item;
  }

  dispose(): void {
    for (const stop of this.following.values()) stop.dispose();
    this.store.dispose();
  }

  /** The findings come with the beats of everything that is attached, threads among it. */
  private follow(): void {
    const live = this.attachments.live.flatMap(({ attachment }) => [attachment, ...attachment.threads.attachments]);
    for (const [one, stop] of this.following) {
      if (live.some((attachment) => attachment === one)) continue;
      stop.dispose();
      this.following.delete(one);
    }
    for (const one of live) {
      if (!this.following.has(one))
        this.following.set(
          one,
          one.onDidSnapshot(() => this.draw()),
        );
    }
    this.draw();
  }

  private draw(): void {
    this.nodes = targetNodes(this.attachments.live, vscode.l10n);
    const drawn = JSON.stringify(this.nodes);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    this.change.fire();
  }
}

function iconOf({ state, worst }: TargetNode): vscode.ThemeIcon {
  if (state === null) return new vscode.ThemeIcon('circle-outline');
  if (state === 'paused') return new vscode.ThemeIcon('debug-pause');
  if (state === 'notAnswering') return new vscode.ThemeIcon('debug-disconnect');
  if (state === 'blocked' || worst === 'error') {
    return new vscode.ThemeIcon('error', new vscode.ThemeColor('problemsErrorIcon.foreground'));
  }
  if (worst === 'warning') {
    return new vscode.ThemeIcon('warning', new vscode.ThemeColor('problemsWarningIcon.foreground'));
  }
  return new vscode.ThemeIcon('pulse');
}
