import { clean } from './format';

/** A column as text: what stands in it for a row. */
export interface TextColumn<R> {
  title: string;
  text: (row: R) => string;
}

/** Names of a program may hold anything: one line each, and nothing that markdown would read as its own. */
const inMarkdown = (text: string): string =>
  clean(text, 1000).replace(/[\\`*_{}[\]<>()#+!|~-]/g, (sign) => `\\${sign}`);

/** One line a row, cells with tabs between: what a spreadsheet takes. */
export function asText<R>(columns: readonly TextColumn<R>[], rows: readonly R[]): string {
  return rows.map((row) => columns.map(({ text }) => clean(text(row), 1000)).join('\t')).join('\n');
}

/** A table of markdown with its head. */
export function asMarkdown<R>(columns: readonly TextColumn<R>[], rows: readonly R[]): string {
  const line = (cells: string[]): string => `| ${cells.join(' | ')} |`;
  return [
    line(columns.map(({ title }) => inMarkdown(title))),
    line(columns.map(() => '---')),
    ...rows.map((row) => line(columns.map(({ text }) => inMarkdown(text(row))))),
  ].join('\n');
}
