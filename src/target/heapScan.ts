import * as l10n from '@vscode/l10n';
import type { Scanned, ScanStep } from '../protocol/probe';
import { HumanError } from '../base/errors';
import { evaluate, evaluateSettled, remoteObject, type RemoteObject } from './evaluate';
import type { Injection } from './injection';
import type { Session } from './session';
import { check, object } from './shapes';

/** What a step of a heap scan found, and for how long the target stood still; 0 when it did not have to. */
export interface ScanFound extends Scanned {
  stoppedMs: number;
}

/** How long one look through the heap is likely to stop the target, and at the most. */
export interface ScanCost {
  heapBytes: number;
  stops: number;
  expectedMs: number;
  mostMs: number;
}

const found = object({ objects: remoteObject });

const SCAN_GROUP = 'loopscope-scan';
const NO_TIMEOUT_MS = 2 ** 31 - 1;

/** Expressions for the prototypes whose instances are looked for. */
const PROTOTYPES: Record<ScanStep, string> = {
  timers: `(({ setTimeout, clearTimeout }) => {
    const timer = setTimeout(() => {}, 1e9);
    clearTimeout(timer);
    return Object.getPrototypeOf(timer);
  })(require('node:timers'))`,
  emitters: `require('node:events').prototype`,
  // The global may be another class: zone.js has one of its own.
  promises: `Object.getPrototypeOf((async () => {})())`,
};

/**
 * V8 collects all garbage several times and then visits every object, so the time goes with the number of objects and not
 * with their size. That number cannot be had: real programs took 7 to 29 ms a MB on Node 18 to 26 (two cores at 3 GHz),
 * heaps of long strings or of numbers about 1 ms.
 */
const EXPECTED_MS_PER_MB = 12;
const MOST_MS_PER_MB = 30;
const LEAST_MS = 30;
const MB = 2 ** 20;

/** Looks through the heap of a target that has a probe; learns from each time what the next one will cost. */
export class HeapScan {
  private measuredMsPerMb: number | null = null;

  constructor(private readonly session: Session) {}

  /** The price for a heap of that size; asks nothing of the target. */
  cost(injection: Injection, heapBytes: number): ScanCost {
    const mb = heapBytes / MB;
    const expected = this.measuredMsPerMb ?? EXPECTED_MS_PER_MB;
    const most = this.measuredMsPerMb === null ? MOST_MS_PER_MB : expected * 1.5;
    return {
      heapBytes,
      stops: injection.listsTimers ? 2 : 3,
      expectedMs: LEAST_MS + expected * mb,
      mostMs: LEAST_MS * 2 + most * mb,
    };
  }

  /**
   * Takes one step; rejects with the signal's reason where it can still stop, with a HumanError where nothing is followed.
   * What the target has begun it ends.
   */
  async take(injection: Injection, step: ScanStep, signal?: AbortSignal): Promise<ScanFound> {
    signal?.throwIfAborted();
    if (injection.level === 'observe') {
      throw new HumanError(
        l10n.t('At level observe nothing is followed. Switch to level track or deep, then scan the heap.'),
      );
    }
    if (step === 'timers' && injection.listsTimers) {
      return { ...(await injection.adopt(step, null)), stoppedMs: 0 };
    }
    if (step === 'promises' && !injection.knowsPromises) {
      throw new HumanError(
        l10n.t(
          'Which promises have settled cannot be told in this program: it has replaced functions of Node.js that lead to it.',
        ),
      );
    }
    try {
      const prototype = await evaluateSettled(this.session, PROTOTYPES[step], false, SCAN_GROUP);
      signal?.throwIfAborted();
      const startMs = performance.now();
      const objects = await this.query(prototype);
      const stoppedMs = performance.now() - startMs;
      await this.learn(stoppedMs);
      signal?.throwIfAborted();
      return { ...(await injection.adopt(step, objects)), stoppedMs };
    } finally {
      await this.session.send('Runtime.releaseObjectGroup', { objectGroup: SCAN_GROUP }).catch(() => undefined);
    }
  }

  /** By what the heap holds after it: garbage costs next to nothing. */
  private async learn(stoppedMs: number): Promise<void> {
    const { value: bytes } = await evaluate(this.session, 'process.memoryUsage().heapUsed');
    if (typeof bytes === 'number') this.measuredMsPerMb = Math.max(0, stoppedMs - LEAST_MS) / (bytes / MB);
  }

  private async query({ objectId }: RemoteObject): Promise<RemoteObject> {
    const answer = await this.session.send(
      'Runtime.queryObjects',
      { prototypeObjectId: objectId, objectGroup: SCAN_GROUP },
      NO_TIMEOUT_MS,
    );
    return check('found', found, answer).objects;
  }
}
