import { HumanError, messageOf } from '../base/errors';
import { evaluate, evaluateSettled } from './evaluate';
import { locate, type Located, type Where } from './inspector';
import { connect, type Session } from './session';

/** Who answers at the other end. */
export interface Identity {
  pid: number;
  /** Path of the main script, "" when there is none. */
  program: string;
  /** Without the leading "v". */
  nodeVersion: string;
}

/** A session with a process that was found to be the right one. */
export interface Connection {
  session: Session;
  located: Located;
  identity: Identity;
}

const OLDEST_NODE = 18;
const ANSWER_WITHIN_MS = 1000;

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
  const session = await connect(located.webSocketUrl).catch((error: unknown) => {
    if (!located.openedByUs) throw error;
    throw new HumanError(
      `${messageOf(error)} Its inspector was opened for this and stays open; it listens on this machine only.`,
    );
  });
  try {
    signal?.throwIfAborted();
    progress.connected();
    const identity = await identify(session);
    if (located.expectedPid !== null && identity.pid !== located.expectedPid) {
      throw new HumanError(
        `Process ${identity.pid} answers at ${located.host}:${located.port}, not ${located.expectedPid}. ` +
          'Nothing was changed in it. Attach by process again, or enter the right host:port.',
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

async function identify(session: Session): Promise<Identity> {
  const { value } = await evaluateSettled(session, WHO, true);
  const identity = (typeof value === 'string' ? JSON.parse(value) : null) as Partial<Identity> | null;
  if (typeof identity?.pid !== 'number' || typeof identity.nodeVersion !== 'string') {
    throw new HumanError('What answers there is no Node.js program. Pick a Node.js process, or another host:port.');
  }
  if (!(Number.parseInt(identity.nodeVersion, 10) >= OLDEST_NODE)) {
    throw new HumanError(
      `Process ${identity.pid} runs Node.js ${identity.nodeVersion}; Loopscope needs Node.js ${OLDEST_NODE} or newer.`,
    );
  }
  return { pid: identity.pid, program: identity.program ?? '', nodeVersion: identity.nodeVersion };
}
