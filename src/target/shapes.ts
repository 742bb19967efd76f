/** More than any honest answer has; what a hostile target sends beyond is not looked at. */
const MAX_ITEMS = 100_000;
const MAX_TEXT = 4000;
const GREATEST = 1e18;
const SMALLEST = 1e-9;
const MAX_BYTES = 32 * 1024 * 1024;

/** Checks one value and gives it its type, or throws a {@link Malformed}. */
export type Shape<T> = (value: unknown) => T;

/** Says what is wrong; the path is put together on the way out, since no honest answer has one. */
export class Malformed extends TypeError {
  override readonly name = 'Malformed';
  private path = '';

  constructor(private readonly wanted: string) {
    super(wanted);
  }

  /** The same, seen from outside of a field or an item. */
  within(outer: string): this {
    this.path = this.path === '' || this.path.startsWith('[') ? outer + this.path : `${outer}.${this.path}`;
    this.message = `the target's answer is malformed: ${this.path} is not ${this.wanted}`;
    return this;
  }
}

/** Refuses a value that is not what was wanted. */
export const fail = (wanted: string): never => {
  throw new Malformed(wanted);
};

/** A number that can be reckoned with: neither so large nor so small that a sum or a quotient of two would be none. */
export const number: Shape<number> = (value) => {
  if (typeof value !== 'number' || !(Math.abs(value) <= GREATEST)) return fail('a number');
  return Math.abs(value) < SMALLEST ? 0 : value;
};
/** True or false. */
export const boolean: Shape<boolean> = (value) => (typeof value === 'boolean' ? value : fail('a boolean'));
/** A text, cut where no honest one is longer. */
export const text: Shape<string> = (value) => {
  if (typeof value !== 'string') return fail('a text');
  // A part of a text keeps the whole of it in memory, unless it is copied.
  return value.length > MAX_TEXT ? Buffer.from(value.slice(0, MAX_TEXT), 'utf16le').toString('utf16le') : value;
};
/** A line or column: a whole number from -1, which V8 gives to what is nowhere. */
export const position: Shape<number> = (value) =>
  typeof value === 'number' ? Math.min(Math.max(-1, Math.trunc(value)), 2 ** 31 - 1) : fail('a position');

/** Also null; what is missing is null. */
export function nullable<T>(shape: Shape<T>): Shape<T | null> {
  return (value) => (value === null || value === undefined ? null : shape(value));
}

/** A list of such items. */
export function list<T>(shape: Shape<T>): Shape<T[]> {
  return (value) => {
    if (!Array.isArray(value) || value.length > MAX_ITEMS) return fail('a list');
    let at = 0;
    try {
      const checked: T[] = [];
      for (; at < value.length; at++) checked.push(shape(value[at]));
      return checked;
    } catch (error) {
      throw error instanceof Malformed ? error.within(`[${at}]`) : error;
    }
  };
}

/** Two numbers. */
export function pair(value: unknown): [number, number] {
  if (!Array.isArray(value) || value.length !== 2) return fail('a pair');
  return [number(value[0]), number(value[1])];
}

/** An object with these fields; others are left behind. */
export function object<T extends object>(shapes: { [K in keyof T]: Shape<T[K]> }): Shape<T> {
  const entries = Object.entries<Shape<unknown>>(shapes);
  return (value) => {
    if (typeof value !== 'object' || value === null) return fail('an object');
    const fields = value as Record<string, unknown>;
    const checked: Record<string, unknown> = {};
    let at = '';
    try {
      for (const [name, shape] of entries) {
        at = name;
        checked[name] = shape(fields[name]);
      }
    } catch (error) {
      throw error instanceof Malformed ? error.within(at) : error;
    }
    return checked as T;
  };
}

/** What a text of JSON holds, checked; `name` is the beginning of the path to what is wrong. Throws {@link Malformed}. */
export function decode<T>(name: string, shape: Shape<T>, json: string): T {
  try {
    if (json.length > MAX_BYTES) return fail('below 32 MB');
    return shape(parsed(json));
  } catch (error) {
    throw error instanceof Malformed ? error.within(name) : error;
  }
}

/** A value that is no text, checked; `name` as for {@link decode}. */
export function check<T>(name: string, shape: Shape<T>, value: unknown): T {
  try {
    return shape(value);
  } catch (error) {
    throw error instanceof Malformed ? error.within(name) : error;
  }
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return fail('JSON');
  }
}
