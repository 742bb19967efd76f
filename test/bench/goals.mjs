// What the modes are held to: at most so many times another mode, on some workloads.
import { figureOf, has } from './figures.mjs';
import { ratioText, spreadText } from './format.mjs';
import { AGAIN } from './rounds.mjs';

const sampled = '`track`, sampling 10 ms';
const frameworks = ['express', 'fastify'];

/** Against nothing. */
const plain = { other: AGAIN };

/** `limit` of the ratio of `mode` to `other`; on all workloads when none are named. */
const GOALS = [
  { text: '`observe`, sampling 10 ms', mode: 'observe-10ms', ...plain, limit: 1.02 },
  { text: `${sampled}: Express, Fastify`, mode: 'track-10ms', ...plain, limit: 1.05, workloads: frameworks },
  { text: `${sampled}: Koa`, mode: 'track-10ms', ...plain, limit: 1.08, workloads: ['koa'] },
  { text: `${sampled}, against the empty four-callback hook`, mode: 'track-10ms', other: 'hook4', limit: 1 },
  { text: '`track`, sampling off, against empty init+before+after', mode: 'track-off', other: 'hook3', limit: 1.03 },
  { text: '`await` in `track`, sampling off', mode: 'track-off', ...plain, limit: 1.02, workloads: ['await'] },
  { text: '`deep`, against the empty four-callback hook', mode: 'deep', other: 'hook4-promises', limit: 1.25 },
];

/** A row a goal: what was asked, how many of the measured cases meet it, and the others. `cells` are {workload, major, found}. */
export function goalRows(cells) {
  const rows = GOALS.map((goal) => [
    goal,
    cells.filter((cell) => concerns(goal, cell)).map((cell) => caseOf(goal, cell)),
  ]);
  return [
    ['goal', 'at most', 'met', 'not met'],
    ...rows
      .filter(([, cases]) => cases.length > 0)
      .map(([{ text, limit }, cases]) => {
        const missed = cases.filter(({ ratio }) => ratio > limit);
        return [
          text,
          ratioText(limit),
          `${cases.length - missed.length} of ${cases.length}`,
          missed.map(caseText).join(', '),
        ];
      }),
  ];
}

const concerns = ({ workloads, mode, other }, { workload, found }) =>
  (workloads?.includes(workload) ?? true) && has(found, mode) && has(found, other);

const caseOf = ({ mode, other }, { workload, major, found }) => ({ workload, major, ...figureOf(found, mode, other) });

const caseText = ({ workload, major, ratio, spread }) =>
  `${workload} on ${major} ${ratioText(ratio)} ${spreadText(spread)}`;
