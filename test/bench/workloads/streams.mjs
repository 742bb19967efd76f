// A stream pipeline: Readable -> Transform -> gzip -> a Writable that hashes. An operation is a chunk of 2 KB.
import { createHash } from 'node:crypto';
import { Readable, Transform, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { onRounds } from './rounds.mjs';

const CHUNK = Buffer.alloc(2048, 'one line of a log, much like the others\n');

onRounds((operations) => {
  let left = operations;
  const hash = createHash('sha256');
  return pipeline(
    new Readable({
      read() {
        this.push(left-- > 0 ? Buffer.from(CHUNK) : null);
      },
    }),
    new Transform({
      transform(chunk, encoding, done) {
        chunk[0] = left & 127;
        done(null, chunk);
      },
    }),
    createGzip({ level: 1 }),
    new Writable({
      write(chunk, encoding, done) {
        hash.update(chunk);
        done();
      },
    }),
  );
});
