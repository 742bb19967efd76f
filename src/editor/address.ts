import * as l10n from '@vscode/l10n';
import type { AttachmentInfo } from '../attachment';

/** What names a target: a pid, an address, or the websocket URL of an inspector. */
export type Where = AttachmentInfo['where'];

/** Where Node opens its inspector when nothing else is said. */
export const DEFAULT_PORT = 9229;

/**
 * Reads what people type or paste for an inspector: `9229`, `host:port`, `[::1]:9229`, `http://host:port` or a
 * `ws://…` URL; null when it is none of these.
 */
export function parseAddress(text: string): Exclude<Where, { pid: number }> | null {
  const trimmed = text.trim();
  if (/^\d+$/.test(trimmed)) return validPort(Number(trimmed)) ? { host: '127.0.0.1', port: Number(trimmed) } : null;
  if (/^wss?:\/\//i.test(trimmed)) return urlOf(trimmed) ? { url: trimmed } : null;
  if (!trimmed || /\s/.test(trimmed) || /^[a-z]+:\/\/(?<!https?:\/\/)/i.test(trimmed)) return null;
  const url = urlOf(/^https?:\/\//i.test(trimmed) ? trimmed : `http://${trimmed}`);
  // Only a scheme, a host and a port: a path or a user name shows that something else was meant.
  if (!url?.hostname || url.username || url.search || !['', '/'].includes(url.pathname)) return null;
  const port = Number(/:(\d+)\/?$/.exec(trimmed)?.[1] ?? DEFAULT_PORT);
  return validPort(port) ? { host: bare(url.hostname), port } : null;
}

/** A target out of a command's arguments or an API call; null when its shape or its values are wrong. */
export function parseWhere(value: unknown): Where | null {
  if (typeof value !== 'object' || value === null) return null;
  const { pid, host, port, url } = value as Record<string, unknown>;
  if (pid !== undefined) return isCount(pid) ? { pid } : null;
  if (typeof url === 'string') return /^wss?:\/\//i.test(url) && urlOf(url) ? { url } : null;
  if (!isCount(port) || !validPort(port)) return null;
  if (host === undefined) return { host: '127.0.0.1', port };
  return typeof host === 'string' && /^[^\s/@]+$/.test(host) ? { host: bare(host), port } : null;
}

/**
 * The address that a link `…/attach?port=9229&host=127.0.0.1` names, `host` being this machine when it is left out; null
 * for anything else. Anyone may have written the link: what it has more of shows that something else was meant.
 */
export function parseLink({ path, query }: { path: string; query: string }): { host: string; port: number } | null {
  const parameters = new URLSearchParams(query);
  const names = [...parameters.keys()].sort().join();
  if (path !== '/attach' || !['port', 'host,port'].includes(names)) return null;
  const { port, host } = Object.fromEntries(parameters);
  if (!/^\d{1,5}$/.test(port ?? '') || (host !== undefined && !/^(?:[\w.-]+|\[?[\da-f:]+\]?)$/i.test(host)))
    return null;
  const named = host?.includes(':') ? `[${bare(host)}]` : (host ?? '127.0.0.1');
  const where = parseAddress(`${named}:${Number(port)}`);
  return where && 'port' in where ? where : null;
}

/** The host a target is reached at; null for a process of this machine. */
export function hostOf(where: Where): string | null {
  if ('pid' in where) return null;
  if ('host' in where) return where.host;
  return bare(urlOf(where.url)?.hostname ?? '');
}

/** Whether what is sent to the target stays on this machine. */
export function isLocal(where: Where): boolean {
  const host = hostOf(where);
  if (host === null) return true;
  return host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}

/** How a target is called before its name is known. */
export function labelOf(where: Where): string {
  if ('pid' in where) return l10n.t('pid {0}', where.pid);
  if ('url' in where) return urlOf(where.url)?.host ?? where.url;
  return `${where.host.includes(':') ? `[${where.host}]` : where.host}:${where.port}`;
}

/** The inspector's port, when the target is named by an address. */
export function portOf(where: Where): number | null {
  if ('port' in where) return where.port;
  if ('url' in where) return Number(urlOf(where.url)?.port) || null;
  return null;
}

function urlOf(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}

function bare(host: string): string {
  return host.replace(/^\[|\]$/g, '').toLowerCase();
}

function validPort(port: number): boolean {
  return port > 0 && port < 65_536;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}
