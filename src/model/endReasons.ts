import * as l10n from '@vscode/l10n';

/** Who was attached to. */
interface Named {
  name: string;
  pid: number;
}

/** The connection has ended by itself; when it is sure that the target has, too. */
export function hasEnded({ name, pid }: Named, isSure: boolean): string {
  return isSure
    ? l10n.t('{0} (pid {1}) has ended.', name, pid)
    : l10n.t('{0} (pid {1}) has ended, or the connection was cut.', name, pid);
}

/** The program has come to its end. */
export function hasExited({ name, pid }: Named): string {
  return l10n.t('{0} (pid {1}) has exited.', name, pid);
}

/** Somebody has detached. */
export function detachedFrom({ name, pid }: Named): string {
  return l10n.t('Detached from {0} (pid {1}). The probe is out again.', name, pid);
}

/** What could not be put back. */
export function staysWrapped(names: readonly string[]): string {
  return l10n.t('The program itself has wrapped {0} meanwhile, so these stay wrapped.', names.join(', '));
}

/** Why the inspector was not closed again. */
export function staysOpen(): string {
  return l10n.t('Its inspector stays open for the debugger.');
}
