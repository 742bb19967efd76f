// Holds what it is told to by a line of standard input, such as `timers 100000 1000`, and answers each line by one:
//   timers COUNT GROUPS | closures COUNT GROUPS | requests COUNT | handles COUNT | promises COUNT
//                                                                           bytes that these took, at once
//   change COUNT                                                            replaces timers by new ones of their group
//   memory                                                                  bytes that are held, after a collection
import { createSocket } from 'node:dgram';
import { stat } from 'node:fs';
import { createInterface } from 'node:readline';
import { clearTimeout } from 'node:timers';
import { setImmediate } from 'node:timers/promises';
import { Script } from 'node:vm';

const { gc } = globalThis;
const held = [];
let creators = [];
let changed = 0;

/** One function a group, each on a line of its own, that makes a timer; its callback is always the same or always new. */
function creatorsOf(kind, groups) {
  const creator =
    kind === 'closures' ? '() => setTimeout(() => {}, 1e8)' : '((f) => () => setTimeout(f, 1e8))(() => {})';
  const lines = Array.from({ length: groups }, () => `${creator},`).join('\n');
  return new Script(`[\n${lines}\n]`, { filename: '/srv/groups.js' }).runInThisContext();
}

async function never() {
  await new Promise(() => {});
}

const makeTimer = (i) => creators[i % creators.length]();

const MAKE = {
  timers: makeTimer,
  closures: makeTimer,
  requests: () => stat('/', () => {}),
  handles: () => createSocket('udp4'),
  promises: () => never(),
};

function bytes() {
  gc();
  // Only now the memory of what the first one collected is given back.
  gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function change(count) {
  for (let i = 0; i < count; i++, changed++) {
    const at = changed % held.length;
    clearTimeout(held[at]);
    held[at] = makeTimer(at);
  }
  return 'done';
}

async function memory() {
  await setImmediate();
  bytes();
  await setImmediate();
  return bytes();
}

function grow(kind, count) {
  held.length = count;
  const before = bytes();
  for (let i = 0; i < count; i++) held[i] = MAKE[kind](i);
  return bytes() - before;
}

process.stdout.write('ready 0\n');
for await (const line of createInterface({ input: process.stdin })) {
  const [word, count, groups] = line.split(' ');
  if (groups) creators = creatorsOf(word, Number(groups));
  const answer =
    word === 'memory' ? await memory() : word === 'change' ? change(Number(count)) : grow(word, Number(count));
  process.stdout.write(`${answer}\n`);
}
