import * as l10n from '@vscode/l10n';

/** A word of a filter: what stands before its sign, such as `type` in `type:Timeout`, and what of a row it asks. */
export type Field<R extends object, A> =
  | { kind: 'text'; help: string; of: (row: R, around: A) => string }
  | { kind: 'number' | 'age'; help: string; of: (row: R, around: A) => number | null };

/** `+growing` keeps rows of which this is so, `-growing` the others. */
export interface Flag<R extends object, A> {
  help: string;
  of: (row: R, around: A) => boolean;
}

/** The words that the filter of one table knows; names are lower case letters. The texts of a row object do not change. */
export interface Vocabulary<R extends object, A> {
  /** Everything that a row shows, in lower case: what a word alone is looked for in. */
  text: (row: R, around: A) => string;
  fields: Readonly<Record<string, Field<R, A>>>;
  flags: Readonly<Record<string, Flag<R, A>>>;
}

export interface Filter<R extends object, A> {
  /** Whether a row is to be shown; null when the filter says nothing. */
  test: ((row: R, around: A) => boolean) | null;
  /** One sentence about the first term that is not understood, and is left out; null when all are. */
  problem: string | null;
}

type Test<R extends object, A> = (row: R, around: A) => boolean;
type Operator = ':' | '=' | '<' | '<=' | '>' | '>=';

/** A term that asks for nothing we have; its message is what is said of the term. */
class NotUnderstood extends Error {}

const TERM = /(?:[^\s"]|"[^"]*"?)+/g;
const FIELD = /^([a-z]+)(:|<=|>=|<|>|=)(.*)$/is;
const UNITS_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/**
 * Reads a filter: terms with space between, all of which must hold. A term is a text (in quotes with spaces), `field:text`
 * with several texts behind commas, `field>number` with `<`, `<=`, `>=` and `=`, or `+flag`; `-` before it turns it round. A
 * term without its value is still being written, and asks for nothing.
 */
export function parseFilter<R extends object, A>(text: string, words: Vocabulary<R, A>): Filter<R, A> {
  const tests: Test<R, A>[] = [];
  let problem: string | null = null;
  for (const [term] of text.matchAll(TERM)) {
    try {
      const test = readTerm(term, words);
      if (test) tests.push(test);
    } catch (error) {
      if (!(error instanceof NotUnderstood)) throw error;
      problem ??= l10n.t('“{0}” is left out: {1}', term, error.message);
    }
  }
  const [only] = tests;
  if (!only) return { test: null, problem };
  return { test: tests.length === 1 ? only : (row, around) => tests.every((test) => test(row, around)), problem };
}

/** The filter that {@link parseFilter} makes, read anew only when its text has changed. */
export function filterOf<R extends object, A>(words: Vocabulary<R, A>): (text: string) => Filter<R, A> {
  let last: { text: string; filter: Filter<R, A> } | null = null;
  return (text) => {
    if (last?.text !== text) last = { text, filter: parseFilter(text, words) };
    return last.filter;
  };
}

function readTerm<R extends object, A>(term: string, words: Vocabulary<R, A>): Test<R, A> | null {
  const sign = /^[+-]/.exec(term)?.[0];
  const body = sign ? term.slice(1) : term;
  if (body === '') return null;
  const test = readBody(body, sign, words);
  return test && sign === '-' ? (row, around) => !test(row, around) : test;
}

function readBody<R extends object, A>(
  body: string,
  sign: string | undefined,
  words: Vocabulary<R, A>,
): Test<R, A> | null {
  const flag = sign ? own(words.flags, body) : undefined;
  if (flag) return flag.of;
  const [, name = '', operator, value = ''] = FIELD.exec(body) ?? [];
  if (operator !== undefined) return readField(name, operator as Operator, value, words);
  if (sign === '+' && !body.startsWith('"')) throw new NotUnderstood(unknownFlag(words));
  const wanted = unquoted(body).toLowerCase();
  return wanted === '' ? null : (row, around) => words.text(row, around).includes(wanted);
}

function readField<R extends object, A>(
  name: string,
  operator: Operator,
  value: string,
  words: Vocabulary<R, A>,
): Test<R, A> | null {
  const field = own(words.fields, name);
  if (!field) {
    const known = Object.keys(words.fields).join(', ');
    throw new NotUnderstood(l10n.t('there is no field {0}. Fields are {1}.', name, known));
  }
  if (unquoted(value) === '') return null;
  if (field.kind === 'text') {
    if (operator !== ':' && operator !== '=') {
      throw new NotUnderstood(l10n.t('{0} is a text. Write {0}:{1}.', name, value));
    }
    const wanted = (value.startsWith('"') ? [unquoted(value)] : value.split(','))
      .map((one) => one.toLowerCase())
      .filter(Boolean);
    const { of } = field;
    // Very many rows are the same objects as in the beat before.
    const known = new WeakMap<R, boolean>();
    return (row, around) => {
      let holds = known.get(row);
      if (holds === undefined) {
        const text = of(row, around).toLowerCase();
        holds = wanted.some((one) => text.includes(one));
        known.set(row, holds);
      }
      return holds;
    };
  }
  const { number, unit } = field.kind === 'age' ? readAge(value) : { number: readNumber(value), unit: 0 };
  const { of } = field;
  return (row, around) => {
    const figure = of(row, around);
    return figure !== null && compare(figure, operator, number, unit);
  };
}

/** Equal are two ages that read the same in the unit that was written. */
function compare(figure: number, operator: Operator, wanted: number, unit: number): boolean {
  switch (operator) {
    case '<':
      return figure < wanted;
    case '<=':
      return figure <= wanted;
    case '>':
      return figure > wanted;
    case '>=':
      return figure >= wanted;
    case ':':
    case '=':
      return unit > 0 ? Math.floor(figure / unit) === Math.floor(wanted / unit) : figure === wanted;
  }
}

function readNumber(value: string): number {
  if (!/^-?\d+(\.\d+)?$/.test(value)) throw new NotUnderstood(l10n.t('{0} is no number.', value));
  return Number(value);
}

function readAge(value: string): { number: number; unit: number } {
  const [, digits, name = ''] = /^(\d+(?:\.\d+)?)([a-z]*)$/i.exec(value) ?? [];
  const unit = own(UNITS_MS, name);
  if (digits === undefined || unit === undefined) {
    throw new NotUnderstood(l10n.t('{0} is no time. Write it as 500ms, 10s, 2m, 3h or 1d.', value));
  }
  return { number: Number(digits) * unit, unit };
}

function unknownFlag<R extends object, A>({ flags }: Vocabulary<R, A>): string {
  const known = Object.keys(flags).map((name) => `+${name}`);
  return known.length === 0
    ? l10n.t('this table has no words with +.')
    : l10n.t('after + stands {0}.', known.join(', '));
}

function own<T>(of: Readonly<Record<string, T>>, name: string): T | undefined {
  const known = name.toLowerCase();
  return Object.hasOwn(of, known) ? of[known] : undefined;
}

const unquoted = (text: string): string => text.replaceAll('"', '');
