import { kindOf, nounOf } from './kinds';

/** How a resource that keeps a process alive is called, and how such a thing is usually ended. */
export interface Ending {
  one: string;
  many: string;
  /** Sentences in Markdown. */
  howTo: string;
}

const SERVER = '`server.close()` ends it once its connections have ended; an HTTP server has `closeAllConnections()`.';
const WATCHER = '`watcher.close()` ends it; what `fs.watchFile()` began is ended by `fs.unwatchFile()`.';
const READLINE = 'a readline interface has `close()`';

/** By what async_hooks calls them. */
const HOW_TO: Readonly<Record<string, string>> = {
  Timeout: '`clearInterval()` or `clearTimeout()` ends it; `unref()` lets the process end without it.',
  Immediate: 'It is over in this loop turn, unless each makes the next one; `clearImmediate()` ends it.',
  TCPSERVERWRAP: SERVER,
  PIPESERVERWRAP: SERVER,
  TCPWRAP:
    '`socket.destroy()` ends it; a pool or a client ends its own by `close()`, `end()`, `quit()` or `destroy()`.',
  PIPEWRAP: 'A pipe to a child process ends with the child, or by `destroy()`; an IPC channel by `disconnect()`.',
  TTYWRAP: `\`process.stdin.pause()\` stops reading from it; ${READLINE}.`,
  UDPWRAP: '`socket.close()` ends it; `unref()` lets the process end without it.',
  PROCESSWRAP: '`child.kill()` ends it; `child.unref()` lets this process go first, if its pipes and channel do too.',
  WORKER: '`worker.terminate()` ends it; `worker.unref()` lets the process end without it.',
  FSEVENTWRAP: WATCHER,
  STATWATCHER: WATCHER,
  SIGNALWRAP: '`process.off()` with the same signal and listener ends it.',
  MESSAGEPORT: '`port.close()` ends it; a port without a "message" listener holds nothing.',
  TCPCONNECTWRAP: 'It is over when the other side answers; `socket.destroy()` gives it up.',
  WRITEWRAP: 'It is over when the other side has read it; `socket.destroy()` gives it up.',
};

const REQUEST = 'It is over with its answer: look for what asks again and again, or for an answer that never comes.';
const OTHER = 'Look for a `close()`, `destroy()` or `unref()` of what made it.';

/** `details` are those of its members, as far as they are known (`Instance.detail`). */
export function endingOf(type: string, details: readonly string[]): Ending {
  const all = (test: (detail: string) => boolean): boolean => details.length > 0 && details.every(test);
  if (type === 'Timeout' && all((detail) => detail.startsWith('every '))) {
    const howTo = '`clearInterval()` ends it; `unref()` lets the process end although it goes on.';
    return { one: 'interval', many: 'intervals', howTo };
  }
  if (type === 'Timeout' && all((detail) => detail.startsWith('once '))) {
    return {
      ...wordsFor(type),
      howTo: '`clearTimeout()` ends it; `unref()` lets the process end before it is due.',
    };
  }
  if (all((detail) => detail === 'standard input')) {
    const howTo = `\`process.stdin.pause()\` stops reading, \`process.stdin.unref()\` lets the process end while it reads; ${READLINE}.`;
    return { one: 'standard input', many: 'standard inputs', howTo };
  }
  return { ...wordsFor(type), howTo: HOW_TO[type] ?? (kindOf(type) === 'request' ? REQUEST : OTHER) };
}

function wordsFor(type: string): { one: string; many: string } {
  const many = nounOf(type);
  return { one: many.replace(/(?<=process)es$|s$/, ''), many };
}
