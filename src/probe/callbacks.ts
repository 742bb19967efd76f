type Callback = (...args: unknown[]) => unknown;

/** Functions that the host is asked to look up at once at most: each costs the target some 30 microseconds. */
const MAX_ASKED = 2000;
const MAX_TEXT = 200;
/** Text of functions that are shown at once: the inspector sends all of it along. */
const MAX_SHOWN = 1_000_000;
/** A function that is longer is not shown: its text alone would be too much for an answer. */
const MAX_FUNCTION = 10_000_000;

/**
 * Places of functions. JavaScript cannot tell where a function was written, the inspector can: the host fetches the
 * asked functions and answers with their places.
 */
export class Callbacks {
  private readonly sites = new WeakMap<Callback, number>();
  private readonly questions = new Map<number, Callback>();
  private readonly numbers = new Map<unknown, number>();
  private next = 1;
  /** +1 with each function whose place became known. */
  learnt = 0;

  /** Site of a function that was looked up before; 0 when it has none, undefined when it was never looked up. */
  siteOf(callback: unknown): number | undefined {
    return this.sites.get(callback as Callback);
  }

  /** Asks for the place of a function; answers the number of the question, 0 when there are too many. */
  ask(callback: unknown): number {
    if (typeof callback !== 'function') return 0;
    const known = this.numbers.get(callback);
    if (known) return known;
    if (this.questions.size >= MAX_ASKED) return 0;
    // Taken first: a beat may interrupt us at either call, and ask too.
    const number = this.next++;
    this.questions.set(number, callback as Callback);
    this.numbers.set(callback, number);
    return number;
  }

  /** A number that waits for an answer. */
  get first(): number | undefined {
    return this.questions.keys().next().value;
  }

  /** Numbers that wait for an answer: the first of them, as many as can be shown at once. */
  waiting(): number[] {
    const numbers: number[] = [];
    let shown = 0;
    for (const [number, callback] of this.questions) {
      const { length } = textOf(callback);
      if (length > MAX_FUNCTION) {
        this.answer(number, 0);
        continue;
      }
      shown += length;
      if (shown > MAX_SHOWN && numbers.length > 0) break;
      numbers.push(number);
    }
    return numbers;
  }

  /** The asked functions, in the order of {@link waiting}. */
  functions(): Callback[] {
    const { length } = this.waiting();
    return [...this.questions.values()].slice(0, length);
  }

  /** How their source begins, in the same order. */
  texts(): string[] {
    return this.functions().map((callback) => textOf(callback).slice(0, MAX_TEXT));
  }

  /** The host's answer; 0 when the function has no place in a script of the program. */
  answer(number: number, site: number): void {
    const callback = this.questions.get(number);
    if (!callback) return;
    this.questions.delete(number);
    this.numbers.delete(callback);
    this.sites.set(callback, site);
    this.learnt++;
  }
}

function textOf(callback: Callback): string {
  return Function.prototype.toString.call(callback);
}
