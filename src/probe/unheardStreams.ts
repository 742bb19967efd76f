import type { BatchOwners } from '../protocol/probe';
import type { KnownEmitter } from './knownEmitter';

/** So many are looked at again in a beat, and so many rows are told. */
const MOST_LOOKS = 300;
const MOST_ROWS = 20;

type Stream = Pick<KnownEmitter, 'name' | 'unheardAt' | 'isUnheard'>;

interface Row {
  key: string;
  emitter: string;
  site: number;
  count: number;
}

/**
 * Streams without an "error" listener, by class and place. One counts from the second look on that finds it so: the program
 * may add the listener a little later.
 */
export class UnheardStreams<S extends Stream> {
  /** With the row that counts it, null before the first look, undefined before the second. */
  private readonly all = new Map<S, Row | null | undefined>();
  private readonly rows = new Map<string, Row>();

  add(stream: S): void {
    if (!this.all.has(stream)) this.all.set(stream, null);
  }

  delete(stream: S): void {
    const row = this.all.get(stream);
    this.all.delete(stream);
    if (row && --row.count === 0) this.rows.delete(row.key);
  }

  /** Looks at some again, all in turn; `onHeard` gets those that need no listener any more. The largest rows. */
  beat(onHeard: (stream: S) => void): BatchOwners['streams'] {
    let looks = Math.min(MOST_LOOKS, this.all.size);
    for (const [stream, row] of this.all) {
      if (looks-- <= 0) break;
      const site = stream.unheardAt();
      this.delete(stream);
      if (site > 0) this.all.set(stream, row === null ? undefined : this.count(stream.name, site));
      else {
        stream.isUnheard = false;
        onHeard(stream);
      }
    }
    return [...this.rows.values()]
      .sort((a, b) => b.count - a.count)
      .slice(0, MOST_ROWS)
      .map(({ emitter, site, count }) => ({ emitter, site, count }));
  }

  private count(emitter: string, site: number): Row {
    const key = `${site}/${emitter}`;
    const row = this.rows.get(key) ?? { key, emitter, site, count: 0 };
    row.count++;
    this.rows.set(key, row);
    return row;
  }
}
