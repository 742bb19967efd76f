import fc from 'fast-check';

/** `LOOPSCOPE_FUZZ=20` tries so many times more cases, and may take its time. */
const TIMES = Number(process.env.LOOPSCOPE_FUZZ ?? 1);

/** How many cases a test tries that tries so many by default. */
export const runs = (count: number): number => count * TIMES;

export const FUZZ_TIMEOUT_MS = 10_000 * TIMES;

const MARKUP = '<img src=x onerror="window.hacked = true">';

/** Values that break those who do not look. */
export const HOSTILE: readonly unknown[] = [
  ...[-1, 0, 0.5, 1e308, -1e308, 5e-324, 2 ** 53, -(2 ** 53), null, true, '', [], {}, [[]], [null]],
  ...[MARKUP, '__proto__', 'constructor', 'x'.repeat(20_000), '[go](command:quit)', '\u202e\u0000'],
  ...[Array.from({ length: 500 }, (_, at) => at), { length: 1e9 }, { toString: 1 }],
];

export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...HOSTILE) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
);

const POLLUTED = JSON.stringify({ polluted: true });

/** What is done to an honest value: at the place of each number stands a hostile value. */
export interface Mutation {
  changes: [place: number, value: unknown][];
  pollutes: boolean;
}

export const UNCHANGED: Mutation = { changes: [], pollutes: false };

export const mutation: fc.Arbitrary<Mutation> = fc.record({
  changes: fc.array(fc.tuple(fc.nat({ max: 10_000 }), hostileValue), { maxLength: 4 }),
  pollutes: fc.boolean(),
});

/** An honest value as JSON, with some of its parts, at any depth, changed. */
export function mutated(honest: object, { changes, pollutes }: Mutation): string {
  const copy = JSON.parse(JSON.stringify(honest)) as object;
  for (const [place, value] of changes) {
    const places = placesIn(copy);
    const [holder, key] = places[place % places.length] ?? [];
    if (holder && key !== undefined) holder[key] = structuredClone(value);
  }
  const text = JSON.stringify(copy);
  if (!pollutes || !text.startsWith('{"')) return text;
  return `{"__proto__":${POLLUTED},"constructor":{"prototype":${POLLUTED}},${text.slice(1)}`;
}

/** All parts of a value, at any depth. */
export function placesIn(value: object): [holder: Record<string, unknown>, key: string][] {
  return Object.entries(value).flatMap(([key, each]: [string, unknown]) => {
    const here: [Record<string, unknown>, string] = [value as Record<string, unknown>, key];
    return typeof each === 'object' && each !== null ? [here, ...placesIn(each)] : [here];
  });
}
