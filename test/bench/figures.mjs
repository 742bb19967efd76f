import { median, spread } from './statistics.mjs';

/**
 * Median ns of an operation, and median and spread of its ratio to another mode of the same round; to the mean of the
 * two plain processes when none is named. The second plain process is compared with the first.
 */
export function figureOf(found, name, other) {
  const rounds = found.map(({ ns }) => ns).filter((ns) => name in ns && (other === undefined || other in ns));
  const base = (ns) => {
    if (other !== undefined) return ns[other];
    return name.startsWith('plain') ? ns.plain : (ns.plain + ns['plain-again']) / 2;
  };
  const ratios = rounds.map((ns) => ns[name] / base(ns));
  return {
    ns: median(rounds.map((ns) => ns[name])),
    ratio: median(ratios),
    spread: spread(ratios),
    rounds: rounds.length,
  };
}

/** Whether a mode was measured. */
export const has = (found, name) => found.some(({ ns }) => name in ns);
