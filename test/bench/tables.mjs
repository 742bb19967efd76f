import { MODES } from './modes.mjs';
import { median, spread } from './statistics.mjs';
import { WORKLOADS } from './workloads.mjs';

/** Mode -> median ns of an operation, and median and spread of its ratio to the plain process of the same round. */
export function figuresOf(found) {
  return Object.keys(MODES)
    .filter((name) => name in found[0])
    .map((name) => {
      const rounds = found.filter((round) => name in round);
      const ratios = rounds.map((round) => round[name] / round.plain);
      return { name, ns: median(rounds.map((round) => round[name])), ratio: median(ratios), spread: spread(ratios) };
    });
}

/** For the terminal. */
export function textTable({ workload, major, found }) {
  const rows = figuresOf(found).map(({ name, ns, ratio, spread: width }) =>
    [
      MODES[name].label.padEnd(40),
      timeText(ns).padStart(10),
      `x${ratio.toFixed(3)}`.padStart(9),
      percentText(width).padStart(9),
    ].join(''),
  );
  const title = `${workload}, Node ${major}: CPU time of a ${WORKLOADS[workload].unit}, ${found.length} rounds`;
  return [title, ...rows].join('\n');
}

export const timeText = (ns) => (ns < 1000 ? `${ns.toFixed(1)} ns` : `${(ns / 1000).toFixed(2)} us`);
export const percentText = (share) => (Number.isFinite(share) ? `±${(share * 100).toFixed(1)} %` : '');
