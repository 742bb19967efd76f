import { HumanError, messageOf } from '../base/errors';

const PICK = 'Pick the process from the list, or enter the port that node printed after "Debugger listening on".';

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
    `${addressOf(host, port)} does not answer within ${Math.round(timeoutMs / 100) / 10} s. ` +
      'Check host and port; when they are right, the process is stopped or a firewall lies between.',
  );
}

/** An HTTP server that is not an inspector. */
export function notInspector(host: string, port: number): HumanError {
  return new HumanError(
    `A web server listens on ${addressOf(host, port)}, but not the inspector of a Node process. ${PICK}`,
  );
}

/** A server that does not speak HTTP at all. */
export function notHttp(host: string, port: number): HumanError {
  return new HumanError(
    `A program listens on ${addressOf(host, port)}, but not the inspector of a Node process. ${PICK}`,
  );
}

/** An inspector without a Node program behind it: a browser, Deno, a worker runtime. */
export function notNodeInspector(host: string, port: number): HumanError {
  return new HumanError(`The inspector on ${addressOf(host, port)} belongs to something else than Node. ${PICK}`);
}

/** The inspector is there, but not the target that the address names. */
export function targetGone(host: string, port: number): HumanError {
  return new HumanError(
    `${addressOf(host, port)} answers, but not as the target that was named. The program was probably started anew: ` +
      'attach again by host and port, or pick the process from the list.',
  );
}

/** The sentence for an error of a socket or of an HTTP parser while reaching `host:port`. */
export function unreachable(host: string, port: number, error: unknown): HumanError {
  const code = (error as NodeJS.ErrnoException | null)?.code ?? '';
  const address = addressOf(host, port);
  if (code === 'ECONNREFUSED') {
    return new HumanError(
      isLoopback(host)
        ? `Nothing listens on ${address}. Start the program with node --inspect=${port}, or pick the process from the list.`
        : `Nothing listens on ${address}. Start the program there with node --inspect=${port}, forward the port ` +
            `(ssh -L ${port}:127.0.0.1:${port} ${host}) and attach to 127.0.0.1:${port}.`,
    );
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return new HumanError(`No machine is known by the name "${host}". Check the name, or enter its IP address.`);
  }
  if (code === 'EHOSTUNREACH' || code === 'ENETUNREACH' || code === 'ETIMEDOUT') {
    return new HumanError(`${address} cannot be reached from here (${code}). Check the address and the network.`);
  }
  if (code.startsWith('HPE_') || code === 'ECONNRESET' || code === 'EPIPE') return notHttp(host, port);
  return new HumanError(`Connecting to ${address} failed: ${messageOf(error)}. Check host and port.`);
}
