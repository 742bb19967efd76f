import * as vscode from 'vscode';
import { HumanError } from '../base/errors';
import { LEVELS } from '../protocol/snapshot';
import { DEFAULT_PORT, labelOf, parseWhere } from './address';
import type { Target } from './attaching';

/** The type of our debug configurations and of our tasks. */
export const LAUNCH_TYPE = 'loopscope';

/** What a debug configuration or a task says of its target. People write it, and variables become text: it may be anything. */
export interface LaunchDefinition {
  processId?: unknown;
  host?: unknown;
  port?: unknown;
  level?: unknown;
  [other: string]: unknown;
}

/** The target that a definition names; null when it names none, for a person to choose. Throws HumanError. */
export function launchTarget({ processId, host, port }: LaunchDefinition): Target | null {
  const address = host !== undefined || port !== undefined;
  if (processId === undefined && !address) return null;
  if (processId !== undefined && address) {
    throw new HumanError(vscode.l10n.t('Name the process by "processId" or by "port", not by both.'));
  }
  const where = parseWhere(address ? { host, port: numberOf(port ?? DEFAULT_PORT) } : { pid: numberOf(processId) });
  if (where) return { where, label: labelOf(where) };
  throw new HumanError(
    address
      ? vscode.l10n.t('"port" has to be a number from 1 to 65535, and "host" the name or the address of a machine.')
      : vscode.l10n.t('"processId" has to be the number of a process that runs.'),
  );
}

/** The options that a definition gives. Throws HumanError. */
export function launchOptions({ level }: LaunchDefinition): NonNullable<Target['options']> {
  const known = LEVELS.find((one) => one === level);
  if (level === undefined) return {};
  if (known) return { level: known };
  throw new HumanError(vscode.l10n.t('"level" has to be one of {0}.', LEVELS.join(', ')));
}

function numberOf(value: unknown): unknown {
  return typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
}
