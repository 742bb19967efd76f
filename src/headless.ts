import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { attach, type Attachment, type AttachmentInfo, type AttachmentOptions } from './attachment';
import { HumanError, messageOf } from './base/errors';
import { keepAliveReport } from './keepAlive';
import { BEAT_MS, DEFAULTS } from './protocol/defaults';
import { LEVELS, type Snapshot } from './protocol/snapshot';
import { Recorder } from './recording/recorder';

const USAGE = `Usage: headless (--port P [--host H] | --pid P | --url U) [--beats N] [--level ${LEVELS.join('|')}] [--beat-ms MS] [--keep-alive | --record FILE]`;

type Where = AttachmentInfo['where'];

interface Order {
  where: Where;
  beats: number;
  /** What keeps the process alive is written, as Markdown, and no snapshots. */
  keepAlive: boolean;
  /** The beats are recorded to this file, and no snapshots are written. */
  record: string | null;
  options: AttachmentOptions;
}

/** What the command line asks for; HumanError when it is not understood. */
function orderFrom(args: string[]): Order {
  const values = parsed(args);
  const where = whereFrom(values);
  const level = LEVELS.find((one) => one === (values.level ?? 'track'));
  if (!level) throw new HumanError(`--level must be one of ${LEVELS.join(', ')}. ${USAGE}`);
  const beats = whole('--beats', values.beats ?? '5', 1, 1_000_000);
  const beatMs = whole('--beat-ms', values['beat-ms'] ?? '1000', BEAT_MS.least, BEAT_MS.greatest);
  const { 'keep-alive': keepAlive = false, record = null } = values;
  if (keepAlive && record !== null) throw new HumanError(`--keep-alive and --record exclude each other. ${USAGE}`);
  return { where, beats, keepAlive, record, options: { ...DEFAULTS, level, beatMs } };
}

type Values = Partial<Record<'port' | 'host' | 'pid' | 'url' | 'beats' | 'level' | 'beat-ms' | 'record', string>> & {
  'keep-alive'?: boolean;
};

function parsed(args: string[]): Values {
  const text = { type: 'string' } as const;
  const options = {
    port: text,
    host: text,
    pid: text,
    url: text,
    beats: text,
    level: text,
    'beat-ms': text,
    record: text,
  };
  const flags = { 'keep-alive': { type: 'boolean' } } as const;
  try {
    return parseArgs({ args, options: { ...options, ...flags }, strict: true }).values;
  } catch (error) {
    // Node's own sentence goes on with advice about `--`, over several lines.
    const [first = ''] = messageOf(error).split(/\.\s|\n/);
    throw new HumanError(`${first.replace(/\.$/, '')}. ${USAGE}`);
  }
}

function whereFrom({ port, host, pid, url }: Values): Where {
  if ([port, pid, url].filter((value) => value !== undefined).length !== 1) {
    throw new HumanError(`Give exactly one of --port, --pid and --url. ${USAGE}`);
  }
  if (host !== undefined && port === undefined) throw new HumanError(`--host needs --port. ${USAGE}`);
  if (pid !== undefined) return { pid: whole('--pid', pid, 1, Number.MAX_SAFE_INTEGER) };
  if (url !== undefined) {
    if (/^wss?:\/\//i.test(url) && URL.canParse(url)) return { url };
    throw new HumanError(`--url must be a ws:// address, not "${url}".`);
  }
  if (host !== undefined && !/^[^\s/@]+$/.test(host)) throw new HumanError(`--host "${host}" is not a host name.`);
  return { host: (host ?? '127.0.0.1').replace(/^\[|\]$/g, ''), port: whole('--port', port ?? '', 1, 65_535) };
}

function whole(name: string, text: string, least: number, greatest: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (value >= least && value <= greatest) return value;
  throw new HumanError(`${name} must be a whole number from ${least} to ${greatest}, not "${text}".`);
}

/** Attaches, writes the snapshots or the report, detaches; rejects with what went wrong after it has detached. */
async function run({ where, beats, keepAlive, record, options }: Order, signal: AbortSignal): Promise<void> {
  const probePath = join(__dirname, 'probe.js');
  const attachment = await attach(where, options, { signal, probePath });
  try {
    if (keepAlive) await write((await keepAliveReport(attachment)) ?? '');
    else if (record !== null) await recordBeats(attachment, record, beats, signal);
    else await writeBeats(attachment, beats, (snapshot) => write(`${JSON.stringify(snapshot)}\n`), signal);
  } finally {
    await attachment.detach();
  }
}

/** Records so many beats; those until then are in the file whatever ends it. */
async function recordBeats(attachment: Attachment, file: string, beats: number, signal: AbortSignal): Promise<void> {
  const recorder = await Recorder.start(file, attachment, Date.now());
  try {
    await writeBeats(attachment, beats, () => Promise.resolve(), signal);
  } finally {
    await recorder.stop();
  }
  const { trouble } = await recorder.ended;
  if (trouble !== null) throw new HumanError(trouble);
}

async function writeBeats(
  attachment: Attachment,
  beats: number,
  write: (snapshot: Snapshot) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const queue: Snapshot[] = [];
  let wake: () => void = () => undefined;
  const woken = (): void => wake();
  const following = [
    attachment.onDidSnapshot((snapshot) => {
      queue.push(snapshot);
      woken();
    }),
    attachment.onDidChangeState(woken),
  ];
  signal.addEventListener('abort', woken);
  // The first beat may have come while attaching.
  if (attachment.snapshot) queue.push(attachment.snapshot);
  try {
    let last = 0;
    for (let written = 0; written < beats;) {
      signal.throwIfAborted();
      const snapshot = queue.shift();
      if (snapshot && snapshot.sequence > last) {
        last = snapshot.sequence;
        await write(snapshot);
        written++;
      } else if (!snapshot) {
        if (attachment.state === 'detached') throw ended(attachment, written, beats);
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  } finally {
    signal.removeEventListener('abort', woken);
    for (const one of following) one.dispose();
  }
}

function ended({ endedBecause }: Attachment, written: number, beats: number): HumanError {
  return new HumanError(`The attachment ended after ${written} of ${beats} beats. ${endedBecause ?? ''}`.trim());
}

/** Waits until the line has left, so that a slow reader slows us and nothing piles up. */
async function write(line: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    process.stdout.write(line, (error) => {
      if (error) reject(new HumanError(`Standard output was closed before all beats were written (${error.message}).`));
      else resolve();
    });
  });
}

/** One sentence, whatever was thrown. */
function sentence(error: unknown): string {
  if (error instanceof HumanError) return error.message.replaceAll('\n', ' ');
  return `Loopscope ran into an unexpected error: ${messageOf(error).replaceAll('\n', ' ')}`;
}

async function main(): Promise<number> {
  const controller = new AbortController();
  const interrupt = (name: NodeJS.Signals): void => {
    controller.abort(
      new HumanError(`Stopped by ${name} before all beats were written; the target was left as it was.`),
    );
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  // A reader that went away is told by the write's own callback.
  process.stdout.on('error', () => undefined);
  try {
    await run(orderFrom(process.argv.slice(2)), controller.signal);
    return 0;
  } catch (error) {
    const reason: unknown = controller.signal.aborted ? controller.signal.reason : error;
    await new Promise((resolve) => process.stderr.write(`${sentence(reason)}\n`, resolve));
    return 1;
  }
}

void main().then((code) => process.exit(code));
