import type { Finding, TargetState } from '../protocol/snapshot';
import type { AttachmentView } from './attachmentView';
import { short } from './bounds';
import type { Words } from './lineWords';

/** An entry of the tree of targets: a process, or a thread of it. */
export interface TargetNode {
  attachmentId: string;
  /** 0 for the main thread; null for the process. */
  threadId: number | null;
  label: string;
  description: string;
  /** Null for a thread that nobody has looked at. */
  state: TargetState | null;
  worst: Finding['severity'] | null;
  /** Its threads, when there is another one than the main thread. */
  children: TargetNode[];
}

const NAME = 100;

/** The tree of what is attached, in the order of the attaches. */
export function targetNodes(views: readonly AttachmentView[], l10n: Words): TargetNode[] {
  return views.map((view): TargetNode => {
    const { attachment, id } = view;
    const { threads } = view.toPanel();
    return {
      attachmentId: id,
      threadId: null,
      label: short(attachment.info.name, NAME),
      ...figuresOf(attachment, l10n.t('pid {0}', attachment.info.pid), l10n),
      children: threads.length < 2 ? [] : threads.map(({ threadId, name }) => threadNode(view, threadId, name, l10n)),
    };
  });
}

/** What a command was given, when it is an entry of the tree. */
export function chosenTarget(argument: unknown): Pick<TargetNode, 'attachmentId' | 'threadId'> | null {
  const { attachmentId, threadId } = (argument ?? {}) as Partial<Record<keyof TargetNode, unknown>>;
  const isThread = threadId === null || typeof threadId === 'number';
  return typeof attachmentId === 'string' && isThread ? { attachmentId, threadId } : null;
}

/** Name and version of the process, and the sentences of what is wrong with it or with the thread. */
export function tooltipOf(node: TargetNode, views: readonly AttachmentView[], l10n: Words): string {
  const view = views.find(({ id }) => id === node.attachmentId);
  if (!view) return '';
  const { name, pid, nodeVersion } = view.attachment.info;
  const snapshot = attachmentOf(view, node.threadId ?? 0)?.snapshot;
  const findings = (snapshot?.findings ?? []).slice(0, 10).map(({ text }) => short(text, 300));
  return [l10n.t('{0} (pid {1}), Node.js {2}', short(name, NAME), pid, short(nodeVersion, NAME)), ...findings].join(
    '\n',
  );
}

function threadNode(view: AttachmentView, threadId: number, name: string, l10n: Words): TargetNode {
  const attachment = attachmentOf(view, threadId);
  const label = threadId === 0 ? l10n.t('Main thread') : l10n.t('Worker {0}', threadId);
  const figures = figuresOf(attachment, short(name, NAME), l10n);
  return { attachmentId: view.id, threadId, label, ...figures, children: [] };
}

type Attached = Pick<AttachmentView['attachment'], 'state' | 'snapshot'>;

function attachmentOf({ attachment }: AttachmentView, threadId: number): Attached | undefined {
  if (threadId === 0) return attachment;
  return attachment.threads.attachments.find((one) => one.info.threadId === threadId && one.state !== 'detached');
}

function figuresOf(
  attachment: Attached | undefined,
  what: string,
  l10n: Words,
): Pick<TargetNode, 'description' | 'state' | 'worst'> {
  const state = attachment?.state ?? null;
  const findings = attachment?.snapshot?.findings ?? [];
  const parts = [state === null ? '' : stateWord(state, l10n), countOf(findings.length, l10n), what];
  // Findings are in the order of their severity.
  return { description: parts.filter((part) => part !== '').join(' · '), state, worst: findings[0]?.severity ?? null };
}

function countOf(findings: number, l10n: Words): string {
  if (findings === 0) return '';
  return findings === 1 ? l10n.t('1 finding') : l10n.t('{0} findings', findings);
}

function stateWord(state: TargetState, l10n: Words): string {
  switch (state) {
    case 'running':
      return l10n.t('running');
    case 'paused':
      return l10n.t('paused');
    case 'blocked':
      return l10n.t('blocked');
    case 'notAnswering':
      return l10n.t('not answering');
    case 'detached':
      return l10n.t('detached');
  }
}
