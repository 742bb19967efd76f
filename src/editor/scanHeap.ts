import * as vscode from 'vscode';
import type { Attachment, ScanFound } from '../attachment';
import { SCAN_STEPS, type ScanStep } from '../protocol/probe';
import { short, unlinked } from './bounds';

/** A stop that was this much longer than was said is worth a question before the next one, if it was felt at all. */
const MUCH_LONGER = 2;
const FELT_MS = 1000;

type Found = Partial<Record<ScanStep, ScanFound>>;

/**
 * Scans the heap of a target for a person: says first what it will cost, goes on only when told to, shows how far it is,
 * and says what was found. Each look through the heap stops the target, so it asks again when one was much dearer than said.
 */
export async function scanHeap(attachment: Attachment): Promise<void> {
  const name = short(attachment.info.name, 100);
  const { heapBytes, stops, expectedMs, mostMs } = attachment.heapScanCost;
  const scan = vscode.l10n.t('Scan');
  const chosen = await vscode.window.showWarningMessage(
    vscode.l10n.t(
      'Stop {0} for about {1}, {2} times, to look through its heap of {3} MB?',
      name,
      seconds(expectedMs),
      stops,
      Math.ceil(heapBytes / 2 ** 20),
    ),
    {
      modal: true,
      detail: vscode.l10n.t(
        'Its timers, emitters and unsettled promises are looked for. Nothing else runs in it meanwhile: V8 collects all garbage and visits every object, for {0} at a time if these are many and small. Optimized code has to warm up again afterwards.',
        seconds(mostMs),
      ),
    },
    scan,
  );
  if (chosen !== scan) return;
  const found: Found = {};
  await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: unlinked(vscode.l10n.t('Scanning the heap of {0}', name)),
      cancellable: true,
    },
    (progress, token) => takeSteps(attachment, mostMs, found, progress, token),
  );
  const sentence = summaryOf(found);
  if (sentence) void vscode.window.showInformationMessage(sentence);
}

async function takeSteps(
  attachment: Attachment,
  mostMs: number,
  found: Found,
  progress: vscode.Progress<{ message: string; increment: number }>,
  token: vscode.CancellationToken,
): Promise<void> {
  const controller = new AbortController();
  // The target cannot be called back from what it has begun, but nobody has to wait for it.
  const cancelled = new Promise<null>((resolve) => {
    token.onCancellationRequested(() => {
      controller.abort();
      resolve(null);
    });
  });
  const labels: Record<ScanStep, string> = {
    timers: vscode.l10n.t('timers'),
    emitters: vscode.l10n.t('emitters'),
    promises: vscode.l10n.t('promises'),
  };
  for (const [index, step] of SCAN_STEPS.entries()) {
    const increment = index === 0 ? 0 : 100 / SCAN_STEPS.length;
    progress.report({ message: labels[step], increment });
    const answer = await Promise.race([attachment.scanHeap(step, controller.signal), cancelled]);
    if (answer === null) return;
    found[step] = answer;
    const isLast = index === SCAN_STEPS.length - 1;
    const isDear = answer.stoppedMs > Math.max(FELT_MS, mostMs * MUCH_LONGER);
    if (!isLast && isDear && !(await goesOn(attachment, answer.stoppedMs))) return;
  }
}

async function goesOn(attachment: Attachment, stoppedMs: number): Promise<boolean> {
  const goOn = vscode.l10n.t('Go On');
  const question = vscode.l10n.t(
    '{0} stood still for {1}, much longer than was said. Stop it for about as long again, to look for the rest?',
    short(attachment.info.name, 100),
    seconds(stoppedMs),
  );
  return (await vscode.window.showWarningMessage(question, { modal: true }, goOn)) === goOn;
}

/** What was found, as far as the scan came; null when it was cancelled before anything was. */
function summaryOf({ timers, emitters, promises }: Found): string | null {
  const parts: string[] = [];
  if (timers) parts.push(vscode.l10n.t('{0} timers ({1} not known before)', whole(timers.found), whole(timers.added)));
  if (emitters) {
    parts.push(vscode.l10n.t('{0} emitters with listeners ({1})', whole(emitters.found), whole(emitters.added)));
  }
  if (promises) parts.push(vscode.l10n.t('{0} unsettled promises ({1})', whole(promises.found), whole(promises.added)));
  if (parts.length === 0) return null;
  const dropped = [timers, emitters, promises].reduce((sum, each) => sum + (each?.dropped ?? 0), 0);
  const stoppedMs = [timers, emitters, promises].reduce((sum, each) => sum + (each?.stoppedMs ?? 0), 0);
  const sentences = [
    vscode.l10n.t(
      'Found {0}.',
      parts.reduce((before, part) => vscode.l10n.t('{0}, {1}', before, part)),
    ),
    vscode.l10n.t('The program stood still for {0} altogether.', seconds(stoppedMs)),
  ];
  if (dropped > 0) sentences.push(vscode.l10n.t('There was no room to follow {0} of them.', whole(dropped)));
  return sentences.join(' ');
}

/** "0.04 s", "0.4 s", "12 s". */
function seconds(ms: number): string {
  const value = Number((ms / 1000).toPrecision(ms < 10_000 ? 1 : 2));
  return vscode.l10n.t('{0} s', value);
}

function whole(count: number): string {
  return count.toLocaleString('en');
}
