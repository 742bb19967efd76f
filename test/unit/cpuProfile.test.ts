import assert from 'node:assert/strict';
import { summarize, type CpuProfile } from '../../src/target/cpuProfile';
import { PROBE_URL, type CpuSummary } from '../../src/protocol/probe';

/** "name@url" from the outermost frame on; a program's own functions are "name@file:///a.js". */
type Stack = string[];

const TIMERS = ['processTimers@node:internal/timers', 'listOnTimeout@node:internal/timers'];
const IMMEDIATES = ['processImmediate@node:internal/timers'];
const TICKS = ['processTicksAndRejections@node:internal/process/task_queues'];
const BETWEEN = ['runNextTicks@node:internal/process/task_queues'];
const OWN = 'work@file:///srv/a.js';

/** A profile with one sample a stack, 10 ms apart. */
function profileOf(stacks: Stack[]): CpuProfile {
  const nodes: CpuProfile['nodes'] = [];
  const node = (name: string, url: string): number => {
    const id = nodes.length + 1;
    const place = { lineNumber: url === '' ? -1 : 4, columnNumber: url === '' ? -1 : 2 };
    nodes.push({ id, callFrame: { functionName: name, scriptId: '1', url, ...place }, children: [] });
    return id;
  };
  node('(root)', '');
  const byPath = new Map<string, number>();
  const samples = stacks.map((stack) => {
    let at = 1;
    stack.forEach((frame, depth) => {
      const path = stack.slice(0, depth + 1).join('>');
      const [name = '', url = ''] = frame.split('@');
      const id = byPath.get(path) ?? node(name, url);
      if (!byPath.has(path)) nodes[at - 1]?.children?.push(id);
      byPath.set(path, id);
      at = id;
    });
    return at;
  });
  return { nodes, startTime: 0, endTime: stacks.length * 10_000, samples, timeDeltas: stacks.map(() => 10_000) };
}

/** Where the whole time of some samples goes. */
function shareOf(...stacks: Stack[]): string {
  const { phaseShares, idleShare, gcShare, programShare } = summarize(profileOf(stacks));
  const all = { ...phaseShares, idle: idleShare, gc: gcShare, program: programShare };
  return Object.entries(all).find(([, share]) => share > 0.999)?.[0] ?? JSON.stringify(all);
}

const CASES: [what: string, share: string, stack: Stack][] = [
  ['a timer', 'timers', [...TIMERS, OWN]],
  ['an immediate', 'check', [...IMMEDIATES, OWN]],
  ['a callback of nextTick', 'nextTick', [...TICKS, OWN]],
  ['a callback of nextTick between two timers', 'nextTick', [...TIMERS, ...BETWEEN, ...TICKS, OWN]],
  ['a promise after callbacks of nextTick', 'microtasks', [...TICKS, 'runMicrotasks@', OWN]],
  ['a promise between two timers', 'microtasks', [...TIMERS, ...BETWEEN, 'runMicrotasks@', OWN]],
  ['a promise between two immediates', 'microtasks', [...IMMEDIATES, ...BETWEEN, 'runMicrotasks@', OWN]],
  ['a promise that stands alone', 'microtasks', [OWN]],
  [
    'queueMicrotask',
    'microtasks',
    ['runMicrotask@node:internal/process/task_queues', 'runInAsyncScope@node:async_hooks', OWN],
  ],
  ['a promise of Node', 'microtasks', ['readFileHandle@node:internal/fs/promises']],
  ['data of a socket', 'poll', ['onStreamRead@node:internal/stream_base_commons', 'emit@node:events', OWN]],
  ['a callback of fs', 'poll', ['@node:fs', OWN]],
  [
    'the end of a child process',
    'poll',
    ['ChildProcess._handle.onexit@node:internal/child_process', 'emit@node:events'],
  ],
  ['"close" of a socket', 'close', ['@node:net', 'emit@node:events', OWN]],
  ['"close" of a message port', 'close', ['onclose@node:internal/worker/io', OWN]],
  ['waiting', 'idle', ['(idle)@']],
  ['native code', 'program', ['(program)@']],
  ['the main script', 'program', ['@node:internal/main/run_main_module', OWN]],
  ['what an inspector evaluates', 'program', ['@', OWN]],
  ['the probe inside a timer', 'program', [...TIMERS, OWN, `drain@${PROBE_URL}`]],
];

describe('The phases of a CPU profile', () => {
  for (const [what, share, stack] of CASES) {
    it(`counts ${what} as ${share}`, () => assert.equal(shareOf(stack), share));
  }

  it('count a collection to the callback that it interrupts', () => {
    const gc = ['(garbage collector)@'];
    assert.equal(shareOf([...TIMERS, OWN], gc, gc), 'timers');
    const { gcShare, collectionShare, phaseShares } = summarize(profileOf([[...TIMERS, OWN], ['(idle)@'], gc]));
    assert.equal(collectionShare, gcShare);
    assert.ok(gcShare > 0.1, 'one that no callback caused');
    assert.ok(phaseShares.timers > 0.1);
  });

  it('give each sample half of the time on either side of it', () => {
    const profile = profileOf([['(idle)@'], [...TIMERS, OWN], ['(idle)@']]);
    // The second sample was due 10 ms after the first one and came late.
    profile.timeDeltas = [0, 30_000, 10_000];
    profile.endTime = 40_000;
    const { phaseShares, idleShare }: CpuSummary = summarize(profile);
    assert.equal(phaseShares.timers, 0.5);
    assert.equal(idleShare, 0.5);
  });

  it('name the functions that used the time, once where they call themselves', () => {
    const again = [...TIMERS, OWN, 'inner@file:///srv/a.js', OWN];
    const { functions, samples } = summarize(profileOf([again, [...TIMERS, OWN]]));
    assert.equal(samples, 2);
    const work = functions.find(({ function: name }) => name === 'work');
    assert.deepEqual([work?.url, work?.line, work?.column], ['file:///srv/a.js', 5, 3]);
    assert.equal(work?.totalMs, 15);
    assert.equal(work.selfMs, 15);
  });

  it('are none of a profile without samples', () => {
    const { phaseShares, idleShare, samples, functions } = summarize(profileOf([]));
    assert.deepEqual([Object.values(phaseShares).every((share) => share === 0), idleShare, samples], [true, 0, 0]);
    assert.deepEqual(functions, []);
  });
});

describe('The calls of a CPU profile', () => {
  /** "caller > callee 20" by node, times in ms. */
  const told = ({ calls, functions }: CpuSummary): string[] => {
    const names: string[] = [];
    return calls.callers.map((caller, at) => {
      const number = calls.functions[at] ?? -1;
      const name = functions[number]?.function ?? '…';
      names.push(caller < 0 ? name : `${names[caller]} > ${name}`);
      return `${names[at]} ${calls.selfMs[at]}`;
    });
  };
  const file = (name: string): string => `${name}@file:///srv/a.js`;

  it('are told with their callers, and without waiting, native code and the probe', () => {
    const stacks = [
      [...TIMERS, file('a'), file('b')],
      [...TIMERS, file('a'), file('b')],
      [...TIMERS, file('a')],
      [...TIMERS, file('a'), `drain@${PROBE_URL}`],
      ['(idle)@'],
      ['(program)@'],
    ];
    assert.deepEqual(told(summarize(profileOf(stacks))), [
      'processTimers 0',
      'processTimers > listOnTimeout 0',
      'processTimers > listOnTimeout > a 10',
      'processTimers > listOnTimeout > a > b 20',
    ]);
  });

  it('are at most a thousand nodes and what is left, and their times add up', () => {
    const stacks = Array.from({ length: 3000 }, (_, at) => [...TIMERS, file(`f${at % 1500}`)]);
    const summary = summarize(profileOf(stacks));
    const { calls, functions } = summary;
    assert.ok(calls.callers.length <= 1100, `${calls.callers.length} nodes`);
    assert.ok(functions.length <= 400);
    assert.ok(calls.functions.includes(-1));
    const sum = calls.selfMs.reduce((all, ms) => all + ms, 0);
    // The ends of the profile take half a sample each.
    assert.ok(Math.abs(sum - 30_000) <= 10, `${sum} ms`);
    assert.ok(told(summary)[0]?.startsWith('processTimers'));
  });
});
