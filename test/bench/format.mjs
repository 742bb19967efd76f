/** Columns of equal width; the first is aligned to the left. */
export function aligned(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows
    .map((row) =>
      row
        .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** A table of markdown. */
export function markdown([head, ...rows]) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? '---' : '--:'))), ...rows.map(line)].join('\n');
}

/** Nanoseconds with three digits. */
export function timeText(ns) {
  if (ns < 1000) return `${ns.toPrecision(3)} ns`;
  return ns < 1e6 ? `${(ns / 1000).toPrecision(3)} us` : `${(ns / 1e6).toPrecision(3)} ms`;
}

export const ratioText = (ratio) => `x${ratio < 10 ? ratio.toFixed(3) : ratio.toFixed(1)}`;

/** "±0.8 %"; nothing when there were too few values to tell. */
export const spreadText = (spread) => (Number.isFinite(spread) ? `±${(spread * 100).toFixed(1)} %` : '±?');
