import type { Site, Snapshot } from '../../src/protocol/snapshot';
import { group, listeners, SITES, snapshotOf } from '../support/samples';

/** Text of a target that means harm: markup, endless, and turning the direction of what stands beside it. */
export const HOSTILE = {
  markup: '<img src=x onerror="window.hacked = true"><script>window.hacked = true</script>',
  endless: 'W'.repeat(10_000),
  rightToLeft: 'مرحبا\u202e\u2066 .txt exe',
} as const;

/** A snapshot in which every text of the target means harm. */
export function hostileSnapshot(): Snapshot {
  const { markup, endless, rightToLeft } = HOSTILE;
  const snapshot = snapshotOf();
  const site = (name: string, url: string): Site => ({
    function: name,
    url,
    line: 1,
    column: 1,
    package: name,
    generated: null,
  });
  return {
    ...snapshot,
    target: { ...snapshot.target, title: markup, program: `/srv/${endless}`, thread: markup },
    sites: {
      ...SITES,
      1: site(markup, `file:///srv/${markup}`),
      6: site(endless, `file:///srv/${endless}.js`),
      4: site(rightToLeft, `file:///${rightToLeft}`),
    },
    pending: [
      group(markup, 'timers', 240, 1),
      group(endless, 'poll', 8, 6),
      group(rightToLeft, 'poll', 4, 4),
      ...snapshot.pending.slice(3),
    ],
    listeners: [
      { ...listeners(markup, endless, 14, 1, [{ site: 1, count: 11 }]), key: 'l1' },
      { ...listeners(rightToLeft, markup, 3, 1, [{ site: 6, count: 3 }]), key: 'l2' },
    ],
    findings: [
      {
        id: 'f1',
        rule: 'growingTimers',
        severity: 'warning',
        text: `240 timers from ${markup}:1 are pending.`,
        site: 1,
        action: 'showPending',
      },
      {
        id: 'f2',
        rule: 'growingHandles',
        severity: 'warning',
        text: `Handles of ${endless} grow.`,
        site: 6,
        action: null,
      },
      {
        id: 'f3',
        rule: 'listenersOverLimit',
        severity: 'info',
        text: `${rightToLeft} has 14 listeners (limit 10).`,
        site: 4,
        action: 'showListeners',
      },
    ],
    notes: [markup, endless],
  };
}
