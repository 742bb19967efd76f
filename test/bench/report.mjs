// The tables of the bench, for the terminal and for overhead.md.
import { figureOf, has, plainNs } from './figures.mjs';
import { aligned, markdown, ratioText, spreadText, timeText } from './format.mjs';
import { goalRows } from './goals.mjs';
import { machineText } from './machine.mjs';
import { MODES } from './modes.mjs';
import { AGAIN, PLAIN } from './rounds.mjs';
import { mean, median } from './statistics.mjs';
import { packageVersions, WORKLOADS } from './workloads.mjs';

/** One workload on one Node, for the terminal. */
export function cellText({ workload, major, found }) {
  const rows = Object.keys(MODES)
    .filter((name) => has(found, name))
    .map((name) => {
      const { ns, ratio, spread, rounds } = figureOf(found, name);
      return [MODES[name].label, timeText(ns), ratioText(ratio), spreadText(spread), `${rounds}`];
    });
  rows.unshift([MODES[PLAIN].label, timeText(plainNs(found)), '', '', '']);
  const waited = `waited for the core ${(waitedShare(found) * 100).toFixed(0)} % of the time`;
  const title = `${workload}, Node ${major}: CPU time of one ${WORKLOADS[workload].unit} (${waited})`;
  return `${title}\n${aligned([['mode', 'median', 'ratio', 'spread', 'rounds'], ...rows])}\n`;
}

/** The goals that the measured cells concern. */
export const goalsText = (cells) => aligned(goalRows(cells));

/** The whole report as markdown. `amount` is how much was measured. */
export function reportMarkdown(cells, amount) {
  const workloads = [...new Set(cells.map(({ workload }) => workload))];
  return [
    '# What looking costs',
    heading(cells, amount),
    '## Goals',
    markdown(goalRows(cells)),
    '## A request, in the middle of all servers and versions',
    markdown(requestRows(cells)),
    ...workloads.flatMap((workload) => {
      const own = cells.filter((cell) => cell.workload === workload);
      return [`## ${workload}: CPU time of one ${WORKLOADS[workload].unit}`, markdown(workloadRows(own))];
    }),
    '## Not measured',
    missing(cells),
    '',
  ].join('\n\n');
}

/** Each mode against the plain process that is driven as seldom: median and range over the cells that have both. */
function requestRows(cells) {
  const served = cells.filter(({ workload, found }) => WORKLOADS[workload].load && has(found, AGAIN));
  const rows = Object.keys(MODES).flatMap((name) => {
    const ratios = served
      .filter(({ found }) => name !== AGAIN && has(found, name))
      .map(({ found }) => figureOf(found, name).ratio / figureOf(found, AGAIN).ratio);
    if (ratios.length === 0) return [];
    const range = `${ratioText(Math.min(...ratios))} to ${ratioText(Math.max(...ratios))}`;
    return [[MODES[name].label, ratioText(median(ratios)), range, `${ratios.length}`]];
  });
  return [['', `against ${MODES[AGAIN].label}`, 'range', 'cells'], ...rows];
}

function workloadRows(cells) {
  const names = Object.keys(MODES).filter((name) => cells.some(({ found }) => has(found, name)));
  return [
    ['', ...cells.map(({ major }) => `Node ${major}`)],
    [MODES[PLAIN].label, ...cells.map(({ found }) => timeText(plainNs(found)))],
    ...names.map((name) => [
      MODES[name].label,
      ...cells.map(({ found }) => {
        if (!has(found, name)) return '–';
        const { ratio, spread } = figureOf(found, name);
        return `${ratioText(ratio)} ${spreadText(spread)}`;
      }),
    ]),
  ];
}

function missing(cells) {
  const majors = [...new Set(cells.map(({ major }) => major))];
  const lines = Object.values(MODES).flatMap(({ label, missing: why }) => {
    const by = majors.flatMap((major) => (why(major) ? [[major, why(major)]] : []));
    return by.length > 0 ? [`- ${label}, on Node ${by.map(([major]) => major).join(', ')}: ${by[0][1]}.`] : [];
  });
  return [...lines, '- Other dashes: left out of the run that measured the rest.'].join('\n');
}

function heading(cells, { roundMs, rounds, generations }) {
  const majors = [...new Set(cells.map(({ major }) => major))];
  const waited = mean(cells.map(({ found }) => waitedShare(found)));
  const of = generations === 1 ? 'one generation' : `each of ${generations} generations`;
  const again = cells.filter(({ found }) => has(found, AGAIN));
  const againRatio = median(again.map(({ found }) => figureOf(found, AGAIN).ratio));
  return [
    machineText([...new Set(cells.flatMap(({ commands }) => commands))].join('`, `'), majors),
    `- ${packageVersions.join(', ')}.`,
    '- A figure is that CPU time divided by the operations done. Requests come over 20 keep-alive connections from a process',
    '  of its own.',
    '- Each mode has a process of its own; up to six are alive and warm, and are driven in turn, in a new order each time, each at',
    '  the same time as the plain process, on the same core: the kernel lets them run by turns of a few milliseconds, so',
    '  that both have the same machine. The plain process gets as much to do as takes both equally long. A round of a mode',
    `  is a fixed number of operations, which takes a plain process ${roundMs} ms. At least ${rounds} rounds in ${of} of`,
    '  processes; unsteady modes got more where there were several.',
    '- Every process, also the plain one, runs with `--inspect=127.0.0.1:0`; Loopscope attaches as the extension does, with a',
    '  beat of 1 s.',
    '- A ratio is the median over the rounds of the ratio to the plain process that ran beside it. ± is half the width of',
    '  the bootstrap 95 % interval of that median.',
    ...(again.length > 0
      ? [
          '- The process beside does as much as all others together, and is warmer for it: "plain again", a second plain one that',
          `  is driven as seldom as a mode, takes ${ratioText(againRatio)} in the middle of all cells. The goals that ask for a mode against nothing`,
          '  compare with that one.',
        ]
      : []),
    `- They waited ${(waited * 100).toFixed(1)} % of the time for the core that two of them share.`,
  ].join('\n');
}

const waitedShare = (found) => mean(found.map((round) => round.waitedShare));
