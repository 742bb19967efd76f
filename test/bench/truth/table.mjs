// Rows of the truth bench as a table: on the terminal, and as Markdown.
import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import { root } from '../../support/paths.mjs';

const HEAD = ['figure', 'Node', 'truth', 'measured', 'error', 'bound', 'method'];

/** Four significant digits, and never an exponent. */
function number(value) {
  if (value === null) return '–';
  if (Number.isInteger(value)) return String(value);
  return String(Number(value.toFixed(Math.max(0, 3 - Math.floor(Math.log10(Math.abs(value) || 1))))));
}

function errorOf({ error, truth, unit }) {
  if (error === null) return '–';
  if (Math.abs(error) < 1e-6) return '0';
  const sign = error > 0 ? '+' : '-';
  const share = truth === 0 || unit === '%' ? '' : ` (${sign}${number(Math.abs((error / truth) * 100))} %)`;
  return `${sign}${number(Math.abs(error))}${share}`;
}

/** Cells by row, and whether each figure holds its bound. Versions of Node that show the same stand in one row. */
export function tableOf(perNode) {
  const figures = new Map();
  for (const [major, rows] of perNode) {
    for (const row of rows) {
      const label = row.unit ? `${row.figure}, ${row.unit}` : row.figure;
      const bound = row.holds ? row.bound : `${row.bound}: not held`;
      const cells = [number(row.truth), number(row.measured), errorOf(row), bound, row.method];
      const same = figures.get(label) ?? figures.set(label, new Map()).get(label);
      const key = JSON.stringify(cells);
      same.set(key, { cells, nodes: [...(same.get(key)?.nodes ?? []), major] });
    }
  }
  const cells = [...figures].flatMap(([label, same]) =>
    [...same.values()].map((each) => [label, each.nodes.join(' '), ...each.cells]),
  );
  return { cells, judged: perNode.flatMap(([, rows]) => rows.map(({ holds }) => holds)) };
}

/** Columns under one another. */
export function aligned({ cells }) {
  const lines = [HEAD, ...cells];
  const widths = HEAD.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** The page, formatted as the rest of the project is. */
export async function markdown(sections, { summary, versions, machine }) {
  const text = [
    '# How true the figures are',
    `\`npm run bench:truth -- --write\` on ${new Date().toISOString().slice(0, 10)}: ${machine}; Node ${versions}. ${summary}`,
    ...sections.flatMap(({ title, table }) => [`## ${title}`, tableText(table)]),
  ].join('\n\n');
  const file = path.join(root, 'test/bench/truth.md');
  return format(text, { ...(await resolveConfig(file)), filepath: file });
}

function tableText({ cells }) {
  const line = (texts) => `| ${texts.map((text) => text.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(HEAD), line(HEAD.map(() => '---')), ...cells.map(line)].join('\n');
}
