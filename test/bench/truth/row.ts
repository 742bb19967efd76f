/** How far a figure may be from the truth: so much in its own unit, or such a share of the truth, whichever is more. */
export interface Bound {
  by?: number;
  share?: number;
}

/** One figure of a snapshot against the truth; `error` is measured minus truth, null when nothing was measured. */
export interface Row {
  figure: string;
  /** "ms", "%", ...; "" for counts. */
  unit: string;
  truth: number;
  measured: number | null;
  error: number | null;
  /** In words, such as "exact" or "1 ms or 2 %". */
  bound: string;
  holds: boolean;
  /** How the figure was obtained: "hooks", "sampled", "counter", ... */
  method: string;
}

/** What a part of the bench gives to {@link row}. */
export type Comparison = Pick<Row, 'figure' | 'truth' | 'measured' | 'method'> & { unit?: string; bound?: Bound };

/** Judges a figure; without a bound it must be exact. */
export function row({ figure, truth, measured, method, unit = '', bound = {} }: Comparison): Row {
  const error = measured === null ? null : measured - truth;
  const holds = error !== null && Math.abs(error) <= Math.max(bound.by ?? 0, (bound.share ?? 0) * Math.abs(truth));
  return { figure, unit, truth, measured, error, bound: boundText(bound, unit), holds, method };
}

function boundText({ by, share }: Bound, unit: string): string {
  const parts = [];
  if (by !== undefined) parts.push(`${by} ${unit}`.trim());
  if (share !== undefined) parts.push(`${share * 100} %`);
  return parts.join(' or ') || 'exact';
}
