import * as l10n from '@vscode/l10n';
import { HumanError } from '../base/errors';
import { LinuxMachine } from './machine/linuxMachine';
import { MacosMachine } from './machine/macosMachine';
import type { Machine } from './machine/machine';
import { WindowsMachine } from './machine/windowsMachine';

let machine: Machine | undefined;

/** The operating system that we run on. Throws HumanError for one that is not supported. */
export function thisMachine(): Machine {
  return (machine ??= machineOf(process.platform));
}

function machineOf(platform: NodeJS.Platform): Machine {
  if (platform === 'linux') return new LinuxMachine();
  if (platform === 'darwin') return new MacosMachine();
  if (platform === 'win32') return new WindowsMachine();
  throw new HumanError(
    l10n.t(
      'Processes cannot be listed on {0}. Start the program with node --inspect and attach by host and port.',
      platform,
    ),
  );
}
