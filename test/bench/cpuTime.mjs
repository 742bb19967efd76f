// CPU time of a process from the kernel's run-time counters: what it used, whatever else the machine does.
import { readdirSync, readFileSync } from 'node:fs';

const TICK_NS = 1e7;

/** CPU time of all threads of a process so far, in ns; exact while they sleep. Where the kernel keeps no schedstat, in ticks of 10 ms. */
export function cpuTimeNs(pid) {
  let sum = 0;
  try {
    for (const thread of readdirSync(`/proc/${pid}/task`)) sum += runTimeNs(pid, thread);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    return ticks(pid) * TICK_NS;
  }
  return sum;
}

function runTimeNs(pid, thread) {
  return Number.parseInt(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1'), 10);
}

/** The name of the program, in parentheses, may hold anything. */
function ticks(pid) {
  const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

/** Where the figures come from, for the header of a table. */
export function cpuTimeSource() {
  try {
    return runTimeNs('self', process.pid) > 0 ? '/proc/<pid>/task/*/schedstat' : '/proc/<pid>/stat';
  } catch {
    return '/proc/<pid>/stat';
  }
}
