import { cpus, release, totalmem, type } from 'node:os';
import { NODE_VERSIONS } from '../support/nodes.mjs';
import { pinned } from './pinning.mjs';

/** Where, when and with which command a report was made, as a list of markdown. */
export function machineText(command, majors) {
  const memory = Math.round(totalmem() / 2 ** 30);
  return [
    `Made by \`${command}\` on ${new Date().toISOString().slice(0, 10)}; do not edit.`,
    '',
    `- ${cpus()[0].model}, ${cpus().length} cores, ${memory} GB, ${type()} ${release()}. Node ${majors.map((major) => NODE_VERSIONS[major]).join(', ')}.`,
    `- ${pinned ? 'Targets have one core, all else has the other (`taskset`).' : 'Nothing was pinned to a core.'}`,
    '- CPU time of all threads of the target from the run-time counters of the kernel (`/proc/<pid>/task/*/schedstat`); never',
    '  the wall clock, unless a table says so.',
  ].join('\n');
}
