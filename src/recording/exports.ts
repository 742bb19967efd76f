import * as l10n from '@vscode/l10n';
import { open, rename, rm } from 'node:fs/promises';
import { HumanError, messageOf } from '../base/errors';
import { ChromeTrace, type TraceEvent } from '../model/chromeTrace';
import { StretchReport } from '../model/stretchReport';
import type { Recording } from './recording';

/** Frames of a recording from one to another, both included. */
export interface Stretch {
  from: number;
  to: number;
}

/** What a stretch can be made into. */
export const EXPORTS = ['trace', 'report'] as const;
export type ExportAs = (typeof EXPORTS)[number];

const MAKERS: Record<ExportAs, (recording: Recording, stretch: Stretch) => AsyncGenerator<string>> = {
  trace: traceOf,
  report: reportOf,
};

/**
 * Writes a stretch as a trace for Perfetto and `chrome://tracing`, or as a report in Markdown. The file is there when it
 * is whole. Throws HumanError when it cannot be written, and the signal's reason when it is aborted.
 */
export async function exportStretch(
  recording: Recording,
  stretch: Stretch,
  as: ExportAs,
  file: string,
  signal?: AbortSignal,
): Promise<void> {
  const part = `${file}.part`;
  try {
    const handle = await open(part, 'w');
    try {
      for await (const text of MAKERS[as](recording, stretch)) {
        signal?.throwIfAborted();
        await handle.appendFile(text);
      }
    } finally {
      await handle.close();
    }
    await rename(part, file);
  } catch (error) {
    await rm(part, { force: true });
    if (signal?.aborted) throw error;
    throw new HumanError(l10n.t('"{0}" cannot be written ({1}). Choose another place.', file, messageOf(error)));
  }
}

async function* traceOf(recording: Recording, { from, to }: Stretch): AsyncGenerator<string> {
  const { frames, header } = recording;
  const startMs = frames[from]?.timeMs ?? header.startedAtMs;
  const trace = new ChromeTrace(header, startMs);
  const lines = (events: readonly TraceEvent[]): string => events.map((one) => `,\n${JSON.stringify(one)}`).join('');
  const otherData = { startedAt: new Date(startMs).toISOString(), recordedBy: 'Loopscope' };
  yield `{"displayTimeUnit":"ms","otherData":${JSON.stringify(otherData)},"traceEvents":[`;
  // The first event has no comma before it.
  yield lines(trace.head()).slice(1);
  for await (const moment of recording.moments(from, to)) yield lines(trace.add(moment));
  yield `${lines(trace.end(frames[to]?.timeMs ?? startMs))}\n]}\n`;
}

async function* reportOf(recording: Recording, { from, to }: Stretch): AsyncGenerator<string> {
  const report = new StretchReport(recording.header);
  for await (const moment of recording.moments(from, to)) report.add(moment);
  yield report.text();
}
