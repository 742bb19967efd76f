import { median, spread } from './statistics.mjs';

/** Median ns of an operation of the plain processes that ran beside the modes. */
export const plainNs = (found) => median(found.flatMap(({ beside }) => Object.values(beside)));

/**
 * Median ns of an operation, and median and spread of its ratio to the plain process that ran beside it; to the ratio of
 * another mode in the same round when one is named.
 */
export function figureOf(found, name, other) {
  const rounds = found.filter(({ ns }) => name in ns && (other === undefined || other in ns));
  const ratioOf = ({ ns, beside }, mode) => ns[mode] / beside[mode];
  const ratios = rounds.map((round) => ratioOf(round, name) / (other === undefined ? 1 : ratioOf(round, other)));
  return {
    ns: median(rounds.map(({ ns }) => ns[name])),
    ratio: median(ratios),
    spread: spread(ratios),
    rounds: rounds.length,
  };
}

/** Whether a mode was measured. */
export const has = (found, name) => found.some(({ ns }) => name in ns);
