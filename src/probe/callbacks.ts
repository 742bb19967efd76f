type Callback = (...args: unknown[]) => unknown;

/** Functions that the host is asked to look up at once at most: each costs the target some 30 microseconds. */
const MAX_ASKED = 2000;
const MAX_TEXT = 200;

/**
 * Places of functions. JavaScript cannot tell where a function was written, the inspector can: the host fetches each
 * asked function by its number and answers with a site.
 */
export class Callbacks {
  private readonly sites = new WeakMap<Callback, number>();
  private readonly asked = new Map<number, { callback: Callback; then: (site: number) => void }>();
  private next = 1;

  /** Site of a function that was looked up before; 0 when it has none, undefined when it was never looked up. */
  siteOf(callback: unknown): number | undefined {
    return this.sites.get(callback as Callback);
  }

  /** Asks for the place of a function; answers the number of the question, 0 when there are too many. */
  ask(callback: unknown, then: (site: number) => void = () => undefined): number {
    if (typeof callback !== 'function' || this.asked.size >= MAX_ASKED) return 0;
    this.asked.set(this.next, { callback: callback as Callback, then });
    return this.next++;
  }

  /** Numbers that wait for an answer. */
  waiting(): number[] {
    return [...this.asked.keys()];
  }

  /** The asked functions, in the order of {@link waiting}. */
  functions(): Callback[] {
    return [...this.asked.values()].map(({ callback }) => callback);
  }

  /** How their source begins, in the same order. */
  texts(): string[] {
    return this.functions().map((callback) => Function.prototype.toString.call(callback).slice(0, MAX_TEXT));
  }

  /** The host's answer; 0 when the function has no place in a script of the program. */
  answer(number: number, site: number): void {
    const entry = this.asked.get(number);
    if (!entry) return;
    this.asked.delete(number);
    this.sites.set(entry.callback, site);
    if (site) entry.then(site);
  }

  /** Questions that were not answered are asked anew when they matter again. */
  forget(): void {
    this.asked.clear();
  }
}
