/** Where a line of a text as it was is now; lines count from 1. Null when it was changed or taken out. */
export type MovedLines = (line1: number) => number | null;

/**
 * Follows lines through edits, whoever made them: what stands before the first change and behind the last one has only
 * moved; of the rest a line is known again by its text, where there is one such line only. Indentation does not count.
 */
export function movedLines(before: readonly string[], now: readonly string[]): MovedLines {
  const least = Math.min(before.length, now.length);
  let head = 0;
  while (head < least && before[head] === now[head]) head++;
  let tail = 0;
  while (tail < least - head && before[before.length - 1 - tail] === now[now.length - 1 - tail]) tail++;
  const was = onlyOnes(before, head, before.length - tail);
  const is = onlyOnes(now, head, now.length - tail);
  return (line1) => {
    const index = line1 - 1;
    if (index < 0 || index >= before.length) return null;
    if (index < head) return line1;
    if (index >= before.length - tail) return line1 + now.length - before.length;
    const text = before[index]?.trim() ?? '';
    const found = was.get(text) === index ? is.get(text) : undefined;
    return found === undefined || found === SEVERAL ? null : found + 1;
  };
}

const SEVERAL = -1;

function onlyOnes(lines: readonly string[], from: number, to: number): Map<string, number> {
  const indexes = new Map<string, number>();
  for (let index = from; index < to; index++) {
    const text = lines[index]?.trim() ?? '';
    indexes.set(text, indexes.has(text) ? SEVERAL : index);
  }
  return indexes;
}
