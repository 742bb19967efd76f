import { evaluate } from './evaluate';
import type { Session } from './session';
import { check, list, text } from './shapes';

/** A place in a script by its name, a file URL or a path; line and column count from 1. */
export interface NamedPlace {
  url: string;
  line: number;
  column: number;
}

interface Question {
  place: NamedPlace;
  answer: (shown: NamedPlace | null) => void;
}

/** The target may be stopped, or in native code: a place is shown as it runs rather than waited for. */
const ANSWER_WITHIN_MS = 1000;
const MAX_KNOWN = 20_000;
const MAX_AT_ONCE = 500;

/** "    at start (/srv/shop.ts:10:3)", "    at file:///srv/shop.ts:10:3": where it ends, and where the name begins. */
const POSITION = /:(\d{1,9}):(\d{1,9})\)?$/;
const NAME = /(?:^|[\s(])(?=file:\/\/|\/|[a-z]:[\\/])/i;
const MAX_LINE = 2000;

/** What V8 hands to `Error.prepareStackTrace`; tools copy its methods from the prototype. */
const SHOW = `(places) => {
  const format = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace')?.value;
  if (typeof format !== 'function' || !Function.prototype.toString.call(format).includes('wrapCallSite')) return [];
  class CallSite {
    constructor([url, line, column]) { this.place = { url, line, column }; }
    getFileName() { return this.place.url; }
    getScriptNameOrSourceURL() { return this.place.url; }
    getLineNumber() { return this.place.line; }
    getColumnNumber() { return this.place.column; }
    getFunctionName() { return null; }
    getMethodName() { return null; }
    getTypeName() { return null; }
    getFunction() { return undefined; }
    getThis() { return undefined; }
    getEvalOrigin() { return undefined; }
    getPromiseIndex() { return null; }
    isToplevel() { return true; }
    isNative() { return false; }
    isEval() { return false; }
    isConstructor() { return false; }
    isAsync() { return false; }
    isPromiseAll() { return false; }
    toString() { return this.place.url + ':' + this.place.line + ':' + this.place.column; }
  }
  return places.map((place) => {
    try {
      const stack = format(Object.create(Error.prototype), [new CallSite(place)]);
      return typeof stack === 'string' ? stack.split('\\n').pop().trim() : '';
    } catch {
      return '';
    }
  });
}`;

/**
 * Places as the program itself shows them in its stacks: tools that compile in memory, such as ts-node and vite, have
 * `Error.prepareStackTrace` lead back to the sources, by maps that nobody else has. Only source-map-support and what was
 * made after it is called: what another one does besides is not known.
 */
export class RunningPlaces {
  private readonly known = new Map<string, Promise<NamedPlace | null>>();
  private questions: Question[] = [];
  private asking: Promise<void> | null = null;

  constructor(private readonly session: Session) {}

  /** Where the program shows a place; null where it says nothing. Never rejects. Asked once a place, many at a time. */
  shown(place: NamedPlace): Promise<NamedPlace | null> {
    const key = `${place.line}:${place.column}\n${place.url}`;
    const known = this.known.get(key);
    if (known) return known;
    const asked = new Promise<NamedPlace | null>((answer) => this.questions.push({ place, answer }));
    if (this.known.size >= MAX_KNOWN) this.known.clear();
    this.known.set(key, asked);
    this.asking ??= this.askAll().finally(() => (this.asking = null));
    return asked;
  }

  private async askAll(): Promise<void> {
    while (this.questions.length > 0) {
      // Those of one beat come one after the other.
      await new Promise((resolve) => setImmediate(resolve));
      const questions = this.questions.splice(0, MAX_AT_ONCE);
      const shown = await this.ask(questions.map(({ place }) => place)).catch(() => []);
      for (const [index, { answer }] of questions.entries()) answer(placeIn(shown[index] ?? ''));
    }
  }

  private async ask(places: NamedPlace[]): Promise<string[]> {
    const asked = JSON.stringify(places.map(({ url, line, column }) => [url, line, column]));
    const { value } = await evaluate(this.session, `(${SHOW})(${asked})`, {
      returnByValue: true,
      timeoutMs: ANSWER_WITHIN_MS,
    });
    return check('shown places', list(text), value);
  }
}

function placeIn(line: string): NamedPlace | null {
  const position = line.length > MAX_LINE ? null : POSITION.exec(line);
  const before = line.slice(0, position?.index);
  const name = NAME.exec(before);
  if (!position || !name) return null;
  return {
    url: before.slice(name.index + name[0].length),
    line: Number(position[1]),
    column: Number(position[2]),
  };
}
