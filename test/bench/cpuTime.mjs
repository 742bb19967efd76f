// CPU time of a process from the kernel's run-time counters: what it used, whatever else the machine does.
import { readdirSync, readFileSync } from 'node:fs';

const TICK_NS = 1e7;

/**
 * What all threads of a process have used so far, and how long they waited for a core that others had, in ns; exact
 * while they sleep. Where the kernel keeps no schedstat, in ticks of 10 ms and without the waiting.
 */
export function cpuTimes(pid) {
  const sum = { usedNs: 0, waitedNs: 0 };
  try {
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      const [usedNs, waitedNs] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ').map(Number);
      sum.usedNs += usedNs;
      sum.waitedNs += waitedNs;
    }
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    return { usedNs: ticks(pid) * TICK_NS, waitedNs: 0 };
  }
  return sum;
}

/** The name of the program, in parentheses, may hold anything. */
function ticks(pid) {
  const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}
