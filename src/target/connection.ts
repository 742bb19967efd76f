import * as l10n from '@vscode/l10n';
import { HumanError, messageOf } from '../base/errors';
import { evaluate, evaluateSettled } from './evaluate';
import { locate, type Located, type Where } from './inspector';
import { decode, Malformed, number, object, text } from './shapes';
import { ClosedError, connect, NoAnswerError, ProtocolError, type Session } from './session';

/** Who answers at the other end. */
export interface Identity {
  pid: number;
  /** Path of the main script, "" when there is none. */
  program: string;
  /** Without the leading "v". */
  nodeVersion: string;
  /** 0 for the main thread, else that of a worker. */
  threadId: number;
}

/** A session with a process that was found to be the right one. */
export interface Connection {
  session: Session;
  located: Located;
  identity: Identity;
}

const OLDEST_NODE = 18;
const ANSWER_WITHIN_MS = 1000;

const identityShape = object<Omit<Identity, 'threadId'>>({ pid: number, program: text, nodeVersion: text });

const WHO = `typeof process === 'object' && typeof process.versions?.node === 'string'
  ? JSON.stringify({ pid: process.pid, program: String(process.argv?.[1] ?? ''), nodeVersion: process.versions.node })
  : 'null'`;

/** Names the steps as they are reached, for whoever shows them. */
export interface ConnectProgress {
  located(located: Located): void;
  connected(): void;
  identified(identity: Identity): void;
}

/**
 * Finds the inspector of a target, connects, and checks that the process asked for answers. Throws HumanError, or the
 * signal's reason; an inspector that was opened for this is closed again then.
 */
export async function openConnection(
  where: Where,
  progress: ConnectProgress,
  signal?: AbortSignal,
): Promise<Connection> {
  const located = await locate(where, signal);
  progress.located(located);
  const session = await connect(located.webSocketUrl, { signal }).catch((error: unknown) => {
    if (!located.openedByUs) throw error;
    throw new HumanError(
      l10n.t(
        '{0} Its inspector was opened for this and stays open; it listens on this machine only.',
        messageOf(error),
      ),
    );
  });
  try {
    signal?.throwIfAborted();
    progress.connected();
    const identity = await identify(session);
    if (located.expectedPid !== null && identity.pid !== located.expectedPid) {
      throw new HumanError(
        l10n.t(
          'Process {0} answers at {1}:{2}, not {3}. Nothing was changed in it. Attach by process again, or enter the right host:port.',
          identity.pid,
          located.host,
          located.port,
          located.expectedPid,
        ),
      );
    }
    progress.identified(identity);
    signal?.throwIfAborted();
    return { session, located, identity };
  } catch (error) {
    await closeConnection(session, located);
    throw error;
  }
}

const CLOSE_INSPECTOR = `void require('node:timers').setImmediate(require('node:inspector').close)`;

/**
 * Closes the session, and the inspector if it was opened by us, also when the target cannot answer now. The target then
 * ends the connection: a close frame of ours that meets its `inspector.close()` could hang it for good.
 */
export async function closeConnection(session: Session, located: Pick<Located, 'openedByUs'>): Promise<void> {
  if (!located.openedByUs) return session.close();
  await evaluate(session, CLOSE_INSPECTOR, { timeoutMs: ANSWER_WITHIN_MS }).catch(() => undefined);
  await session.ended();
}

/** The sentence for a target that took the connection and then said nothing, or ended it; any other error as it is. */
export function failureOf(error: unknown): unknown {
  if (error instanceof ClosedError) {
    return new HumanError(
      l10n.t(
        'The connection was cut while attaching: the process has ended, or closed its inspector. Pick it again if it runs.',
      ),
    );
  }
  if (error instanceof ProtocolError || error instanceof Malformed) {
    return new HumanError(
      l10n.t(
        'The probe cannot work in this program, and was taken out again: some built-in functions that it needs are not those of JavaScript any more. The log has the details.',
      ),
    );
  }
  if (!(error instanceof NoAnswerError)) return error;
  return new HumanError(
    l10n.t(
      'The process took the connection and does not answer: it is stopped, in native code or in a synchronous child process, or the connection is very slow. Attach again when it goes on.',
    ),
  );
}

async function identify(session: Session): Promise<Identity> {
  const { value } = await evaluateSettled(session, WHO, true);
  const identity = typeof value === 'string' ? identityOf(value) : null;
  if (!identity) {
    throw new HumanError(
      l10n.t('What answers there is no Node.js program. Pick a Node.js process, or another host:port.'),
    );
  }
  if (!(Number.parseInt(identity.nodeVersion, 10) >= OLDEST_NODE)) {
    throw new HumanError(
      l10n.t(
        'Process {0} runs Node.js {1}; Loopscope needs Node.js {2} or newer.',
        identity.pid,
        identity.nodeVersion,
        OLDEST_NODE,
      ),
    );
  }
  return { ...identity, threadId: 0 };
}

/** What the target says of itself, if it can be true: it is part of sentences. */
function identityOf(json: string): Omit<Identity, 'threadId'> | null {
  try {
    const identity = decode('identity', identityShape, json);
    const { pid, nodeVersion } = identity;
    return Number.isSafeInteger(pid) && pid > 0 && /^\d{1,4}\.\d{1,4}\.\d{1,4}[\w.+-]{0,40}$/.test(nodeVersion)
      ? identity
      : null;
  } catch (error) {
    if (error instanceof Malformed) return null;
    throw error;
  }
}
