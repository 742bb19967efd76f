import * as l10n from '@vscode/l10n';
import { counted, kindOf, numbered, type Counted } from './kinds';
import { entryOf } from './words';

/** How a resource that keeps a process alive is called, and how such a thing is usually ended. */
export interface Ending {
  /** "3 intervals". */
  counted: (count: number) => string;
  /** Sentences in Markdown. */
  howTo: string;
}

const SERVER = l10n.t(
  '`server.close()` ends it once its connections have ended; an HTTP server has `closeAllConnections()`.',
);
const WATCHER = l10n.t('`watcher.close()` ends it; what `fs.watchFile()` began is ended by `fs.unwatchFile()`.');
const INTERVALS: Counted = [l10n.t('1 interval'), l10n.t('{0} intervals')];
const STANDARD_INPUTS: Counted = [l10n.t('1 standard input'), l10n.t('{0} standard inputs')];

/** By what async_hooks calls them. */
const HOW_TO: Readonly<Record<string, string>> = {
  Timeout: l10n.t('`clearInterval()` or `clearTimeout()` ends it; `unref()` lets the process end without it.'),
  Immediate: l10n.t('It is over in this loop turn, unless each makes the next one; `clearImmediate()` ends it.'),
  TCPSERVERWRAP: SERVER,
  PIPESERVERWRAP: SERVER,
  TCPWRAP: l10n.t(
    '`socket.destroy()` ends it; a pool or a client ends its own by `close()`, `end()`, `quit()` or `destroy()`.',
  ),
  PIPEWRAP: l10n.t(
    'A pipe to a child process ends with the child, or by `destroy()`; an IPC channel by `disconnect()`.',
  ),
  TTYWRAP: l10n.t('`process.stdin.pause()` stops reading from it; a readline interface has `close()`.'),
  UDPWRAP: l10n.t('`socket.close()` ends it; `unref()` lets the process end without it.'),
  PROCESSWRAP: l10n.t(
    '`child.kill()` ends it; `child.unref()` lets this process go first, if its pipes and channel do too.',
  ),
  WORKER: l10n.t('`worker.terminate()` ends it; `worker.unref()` lets the process end without it.'),
  FSEVENTWRAP: WATCHER,
  STATWATCHER: WATCHER,
  SIGNALWRAP: l10n.t('`process.off()` with the same signal and listener ends it.'),
  MESSAGEPORT: l10n.t('`port.close()` ends it; a port without a "message" listener holds nothing.'),
  TCPCONNECTWRAP: l10n.t('It is over when the other side answers; `socket.destroy()` gives it up.'),
  WRITEWRAP: l10n.t('It is over when the other side has read it; `socket.destroy()` gives it up.'),
};

const REQUEST = l10n.t(
  'It is over with its answer: look for what asks again and again, or for an answer that never comes.',
);
const OTHER = l10n.t('Look for a `close()`, `destroy()` or `unref()` of what made it.');

/** `details` are those of its members, as far as they are known (`Instance.detail`). */
export function endingOf(type: string, details: readonly string[]): Ending {
  const all = (test: (detail: string) => boolean): boolean => details.length > 0 && details.every(test);
  const ofType = (count: number): string => counted(count, type);
  if (type === 'Timeout' && all((detail) => detail.startsWith('every '))) {
    return {
      counted: (count) => numbered(count, INTERVALS),
      howTo: l10n.t('`clearInterval()` ends it; `unref()` lets the process end although it goes on.'),
    };
  }
  if (type === 'Timeout' && all((detail) => detail.startsWith('once '))) {
    const howTo = l10n.t('`clearTimeout()` ends it; `unref()` lets the process end before it is due.');
    return { counted: ofType, howTo };
  }
  if (all((detail) => detail === 'standard input')) {
    return {
      counted: (count) => numbered(count, STANDARD_INPUTS),
      howTo: l10n.t(
        '`process.stdin.pause()` stops reading, `process.stdin.unref()` lets the process end while it reads; a readline interface has `close()`.',
      ),
    };
  }
  return { counted: ofType, howTo: entryOf(HOW_TO, type) ?? (kindOf(type) === 'request' ? REQUEST : OTHER) };
}
