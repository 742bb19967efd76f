import { setTimeout as delay } from 'node:timers/promises';
import { writeFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import type { Attachment } from '../attachment';
import type { Finding } from '../protocol/snapshot';
import { short, unlinked } from './bounds';
import { proposed } from './recordings';

const CPU_MS = 5000;
const ALLOCATIONS_MS = 10_000;
/** A finding that lasts longer is not profiled to its end. */
const MOST_MS = 60_000;
const STEPS = 20;

/** Of heaps of many small objects, which are the slowest: how much of one V8 writes down in a second. */
const SNAPSHOT_BYTES_PER_S = 15 * 2 ** 20;

/** Profiles the CPU for five seconds, or while a finding lasts, and opens the profile. Gives its file. */
export async function profileNow(attachment: Attachment, given?: vscode.Uri): Promise<string | undefined> {
  const finding = given ? null : await askHowLong(attachment.snapshot?.findings ?? []);
  if (finding === undefined) return undefined;
  const name = short(attachment.info.name, 100);
  const title = finding
    ? vscode.l10n.t('Profiling {0} while it lasts: {1}', name, short(finding.text, 200))
    : vscode.l10n.t('Profiling {0} for {1} s', name, CPU_MS / 1000);
  const profile = await withProgress(title, (progress, signal) =>
    attachment.profiles.cpu(
      (either) => (finding ? whileItLasts(attachment, finding, either) : passing(CPU_MS, progress, either)),
      signal,
    ),
  );
  return profile && keep(profile, name, '.cpuprofile', given);
}

/** Samples where memory is allocated, for ten seconds, and opens the profile. Gives its file. */
export async function profileAllocations(attachment: Attachment, given?: vscode.Uri): Promise<string | undefined> {
  const name = short(attachment.info.name, 100);
  const title = vscode.l10n.t('Sampling the allocations of {0} for {1} s', name, ALLOCATIONS_MS / 1000);
  const profile = await withProgress(title, (progress, signal) =>
    attachment.profiles.allocations((either) => passing(ALLOCATIONS_MS, progress, either), signal),
  );
  return profile && keep(profile, name, '.heapprofile', given);
}

/** Says what a heap snapshot costs, takes it when told to, and opens it. Gives its file. */
export async function heapSnapshot(attachment: Attachment, given?: vscode.Uri): Promise<string | undefined> {
  const name = short(attachment.info.name, 100);
  if (!given && !(await agreedTo(attachment, name))) return undefined;
  const to = given ?? (await askWhere(name, '.heapsnapshot'));
  if (!to) return undefined;
  const title = vscode.l10n.t('Taking a heap snapshot of {0}', name);
  const bytes = await withProgress(title, (progress, signal) => {
    let shown = 0;
    return attachment.profiles.heapSnapshot(
      to.fsPath,
      ({ share, bytes: written }) => {
        // Looking through the heap is about half of it.
        const increment = share * 50 - shown;
        shown += increment;
        const message = written > 0 ? vscode.l10n.t('{0} MB written', Math.round(written / 1e6)) : undefined;
        progress.report(message === undefined ? { increment } : { increment, message });
      },
      signal,
    );
  });
  if (bytes === undefined) return undefined;
  await vscode.commands.executeCommand('vscode.open', to);
  return to.fsPath;
}

async function agreedTo({ snapshot }: Attachment, name: string): Promise<boolean> {
  const heapBytes = snapshot?.memory.heapUsedBytes ?? 0;
  const take = vscode.l10n.t('Take Snapshot');
  const size = Math.ceil(heapBytes / 2 ** 20);
  const seconds = Math.max(1, Math.round(heapBytes / SNAPSHOT_BYTES_PER_S));
  const chosen = await vscode.window.showWarningMessage(
    vscode.l10n.t('Stop {0} for about {1} s, to write down its heap of {2} MB?', name, seconds, size),
    {
      modal: true,
      detail: vscode.l10n.t(
        'Nothing else runs in it meanwhile, and once begun it cannot be called back. It takes several times as much memory as the heap while it lasts: a program near the limit of its machine or container may be ended for it. The file is at least as large as the heap, and holds all texts that are in it, secrets too.',
      ),
    },
    take,
  );
  return chosen === take;
}

/** The finding that is to be profiled while it lasts; null for five seconds, and undefined when nobody chose. */
async function askHowLong(findings: readonly Finding[]): Promise<Finding | null | undefined> {
  if (findings.length === 0) return null;
  const rows = [
    { label: vscode.l10n.t('{0} seconds from now', CPU_MS / 1000), finding: null },
    ...findings.slice(0, 20).map((finding) => ({
      label: vscode.l10n.t('While this lasts, for {0} s at most', MOST_MS / 1000),
      detail: short(finding.text, 300),
      finding,
    })),
  ];
  const chosen = await vscode.window.showQuickPick(rows, { title: vscode.l10n.t('How long is the CPU profiled?') });
  return chosen?.finding;
}

/** Undefined when it was cancelled, which leaves nothing behind. */
async function withProgress<T>(
  title: string,
  act: (progress: vscode.Progress<{ message?: string; increment?: number }>, signal: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  const controller = new AbortController();
  const location = vscode.ProgressLocation.Notification;
  try {
    return await vscode.window.withProgress(
      { location, title: unlinked(title), cancellable: true },
      (progress, token) => {
        token.onCancellationRequested(() => controller.abort());
        return act(progress, controller.signal);
      },
    );
  } catch (error) {
    if (controller.signal.aborted) return undefined;
    throw error;
  }
}

async function passing(
  ms: number,
  progress: vscode.Progress<{ increment: number }>,
  signal: AbortSignal,
): Promise<void> {
  for (let step = 0; step < STEPS; step++) {
    await delay(ms / STEPS, undefined, { signal });
    progress.report({ increment: 100 / STEPS });
  }
}

async function whileItLasts(attachment: Attachment, { id }: Finding, signal: AbortSignal): Promise<void> {
  const over = new AbortController();
  const following = attachment.onDidSnapshot(({ findings }) => {
    if (findings.every((one) => one.id !== id)) over.abort();
  });
  await delay(MOST_MS, undefined, { signal: AbortSignal.any([signal, over.signal]) }).catch(() => undefined);
  following.dispose();
  signal.throwIfAborted();
}

async function keep(profile: object, name: string, ending: string, given?: vscode.Uri): Promise<string | undefined> {
  const to = given ?? (await askWhere(name, ending));
  if (!to) return undefined;
  await writeFile(to.fsPath, JSON.stringify(profile));
  await vscode.commands.executeCommand('vscode.open', to);
  return to.fsPath;
}

async function askWhere(name: string, ending: string): Promise<vscode.Uri | undefined> {
  return vscode.window.showSaveDialog({
    title: vscode.l10n.t('Save the Profile of {0}', name),
    defaultUri: proposed(name, new Date(), ending),
    filters: { [ending.slice(1)]: [ending.slice(1)] },
  });
}
