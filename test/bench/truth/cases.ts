import type { Row } from './row';

/** One program and what it shows, as a sentence: a test, and some rows of the bench. */
export interface Case {
  sentence: string;
  rows: (major: number) => Promise<Row[]>;
}

/** The rows of all cases, one after the other. */
export async function rowsOf(cases: readonly Case[], major: number): Promise<Row[]> {
  const all: Row[] = [];
  for (const { rows } of cases) all.push(...(await rows(major)));
  return all;
}

/** Of rows about one figure, the one with the greatest error. */
export function worst(rows: readonly Row[]): Row {
  const size = ({ error }: Row): number => Math.abs(error ?? Infinity);
  return rows.reduce((a, b) => (size(b) > size(a) ? b : a));
}
