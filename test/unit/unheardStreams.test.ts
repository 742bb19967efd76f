import assert from 'node:assert/strict';
import { UnheardStreams } from '../../src/probe/unheardStreams';

class Stream {
  isUnheard = true;
  looks = 0;

  constructor(
    readonly name: string,
    public site: number,
  ) {}

  unheardAt(): number {
    this.looks++;
    return this.site;
  }
}

describe('Streams without an error listener', () => {
  const heard: Stream[] = [];
  const beat = (streams: UnheardStreams<Stream>) => streams.beat((stream) => heard.push(stream));
  const made = (streams: UnheardStreams<Stream>, count: number, name: string, site: number): Stream[] => {
    const all = Array.from({ length: count }, () => new Stream(name, site));
    for (const one of all) streams.add(one);
    return all;
  };

  beforeEach(() => void heard.splice(0));

  it('count from the second look on, the largest rows first, and no longer when they have one', () => {
    const streams = new UnheardStreams<Stream>();
    const [gzip] = made(streams, 1, 'Gzip', 3);
    made(streams, 2, 'ReadStream', 7);
    assert.deepEqual(beat(streams), []);
    assert.deepEqual(beat(streams), [
      { emitter: 'ReadStream', site: 7, count: 2 },
      { emitter: 'Gzip', site: 3, count: 1 },
    ]);
    gzip!.site = 0;
    assert.deepEqual(beat(streams), [{ emitter: 'ReadStream', site: 7, count: 2 }]);
    assert.deepEqual(heard, [gzip]);
    assert.equal(gzip!.isUnheard, false);
  });

  it('are not told when each of them soon gets its listener, however many there are', () => {
    const streams = new UnheardStreams<Stream>();
    for (let at = 0; at < 10; at++) {
      const late = made(streams, 5, 'Gzip', 3);
      assert.deepEqual(beat(streams), []);
      for (const one of late) one.site = 0;
    }
  });

  it('are looked at in turn, a bounded number a beat, and are all counted in the end', () => {
    const streams = new UnheardStreams<Stream>();
    const all = made(streams, 1000, 'Gzip', 3);
    beat(streams);
    assert.ok(all.filter(({ looks }) => looks > 0).length < 500);
    for (let at = 0; at < 10; at++) beat(streams);
    assert.deepEqual(beat(streams), [{ emitter: 'Gzip', site: 3, count: 1000 }]);
    for (const one of all) streams.delete(one);
    assert.deepEqual(beat(streams), []);
  });
});
