import * as l10n from '@vscode/l10n';
import { HumanError } from '../base/errors';
import { fetchTarget, resolveHost } from './inspectorHttp';
import { thisMachine } from './thisMachine';
import { locatePid, type Located } from './openInspector';
import { addressOf } from './reachErrors';

/** What a user or the API names as a target. */
export type Where = { pid: number } | { host: string; port: number } | { url: string };

export type { Located };

const LIST_TIMEOUT_MS = 3000;

/**
 * Finds the inspector of a target; opens it when a pid is given whose inspector is closed. Throws HumanError, or the
 * signal's reason. After the process was asked to open it, an abort is not obeyed any more: the caller gets the address
 * and closes what was opened.
 */
export async function locate(where: Where, signal?: AbortSignal): Promise<Located> {
  signal?.throwIfAborted();
  if ('pid' in where) {
    if (!Number.isSafeInteger(where.pid) || where.pid <= 0) {
      throw new HumanError(l10n.t('"{0}" is no process id. Pick a process from the list.', where.pid));
    }
    if (where.pid === process.pid) {
      throw new HumanError(l10n.t('Process {0} is this program itself. Pick another one.', where.pid));
    }
    return locatePid(where.pid, { machine: thisMachine(), signal });
  }
  if ('url' in where) return locateUrl(where.url);
  const { host, port } = where;
  if (host === '' || !Number.isInteger(port) || port < 1 || port > 65535) {
    throw new HumanError(l10n.t('"{0}:{1}" is no address. Enter host:port, such as 127.0.0.1:9229.', host, port));
  }
  const found = await fetchTarget(host, port, LIST_TIMEOUT_MS, signal);
  return { ...found, port, expectedPid: null, openedByUs: false };
}

async function locateUrl(text: string): Promise<Located> {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol !== 'ws:' || url.hostname === '' || !/^\/[\w-]+$/.test(url.pathname)) {
    throw new HumanError(l10n.t('"{0}" is no inspector address. It has the form ws://127.0.0.1:9229/<id>.', text));
  }
  const name = url.hostname.replace(/^\[|\]$/g, '');
  const port = Number(url.port || 80);
  // One address: which of several answers, only connecting tells; "localhost" stays a name for that reason.
  const host = name === 'localhost' ? name : ((await resolveHost(name, port))[0] ?? name);
  return {
    webSocketUrl: `ws://${addressOf(host, port)}${url.pathname}`,
    host,
    port,
    expectedPid: null,
    openedByUs: false,
  };
}
