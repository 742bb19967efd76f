import * as l10n from '@vscode/l10n';
import { HumanError, messageOf } from '../base/errors';

const PICK = l10n.t(
  'Pick the process from the list, or enter the port that node printed after "Debugger listening on".',
);

/** "127.0.0.1:9229" and "[::1]:9229". */
export function addressOf(host: string, port: number): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Whether a host means this machine. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

/** Nobody answers within the time-out: silence after connecting, or packets that are dropped. */
export function noAnswer(host: string, port: number, timeoutMs: number): HumanError {
  return new HumanError(
    l10n.t(
      '{0} does not answer within {1} s. Check host and port; when they are right, the process is stopped or a firewall lies between.',
      addressOf(host, port),
      Math.round(timeoutMs / 100) / 10,
    ),
  );
}

/** An HTTP server that is not an inspector. */
export function notInspector(host: string, port: number): HumanError {
  return new HumanError(
    `${l10n.t('A web server listens on {0}, but not the inspector of a Node process.', addressOf(host, port))} ${PICK}`,
  );
}

/** A server that does not speak HTTP at all. */
export function notHttp(host: string, port: number): HumanError {
  return new HumanError(
    `${l10n.t('A program listens on {0}, but not the inspector of a Node process.', addressOf(host, port))} ${PICK}`,
  );
}

/** An inspector without a Node program behind it: a browser, Deno, a worker runtime. */
export function notNodeInspector(host: string, port: number): HumanError {
  return new HumanError(
    `${l10n.t('The inspector on {0} belongs to something else than Node.', addressOf(host, port))} ${PICK}`,
  );
}

/** The inspector is there, but not the target that the address names. */
export function targetGone(host: string, port: number): HumanError {
  return new HumanError(
    l10n.t(
      '{0} answers, but not as the target that was named. The program was probably started anew: attach again by host and port, or pick the process from the list.',
      addressOf(host, port),
    ),
  );
}

/** The sentence for an error of a socket or of an HTTP parser while reaching `host:port`. */
export function unreachable(host: string, port: number, error: unknown): HumanError {
  const code = (error as NodeJS.ErrnoException | null)?.code ?? '';
  const address = addressOf(host, port);
  if (code === 'ECONNREFUSED') {
    return new HumanError(
      isLoopback(host)
        ? l10n.t(
            'Nothing listens on {0}. Start the program with node --inspect={1}, or pick the process from the list.',
            address,
            port,
          )
        : l10n.t(
            'Nothing listens on {0}. Start the program there with node --inspect={1}, forward the port (ssh -L {1}:127.0.0.1:{1} {2}) and attach to 127.0.0.1:{1}.',
            address,
            port,
            host,
          ),
    );
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return new HumanError(
      l10n.t('No machine is known by the name "{0}". Check the name, or enter its IP address.', host),
    );
  }
  if (code === 'EHOSTUNREACH' || code === 'ENETUNREACH' || code === 'ETIMEDOUT') {
    return new HumanError(
      l10n.t('{0} cannot be reached from here ({1}). Check the address and the network.', address, code),
    );
  }
  if (code.startsWith('HPE_') || code === 'ECONNRESET' || code === 'EPIPE') return notHttp(host, port);
  return new HumanError(l10n.t('Connecting to {0} failed: {1}. Check host and port.', address, messageOf(error)));
}
