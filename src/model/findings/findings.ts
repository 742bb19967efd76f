import type { Finding, Severity } from '../../protocol/snapshot';
import type { Rule, RuleView } from './rule';

/** A finding stays for so long after it was last true, unless its rule says otherwise. */
export const HOLD_MS = 10_000;

/** Worst first. */
export const SEVERITY_ORDER: Record<Severity, number> = { error: 0, warning: 1, info: 2 };

interface Held {
  finding: Finding;
  order: number;
  holdMs: number;
  lastTrueMs: number;
}

/** Runs the rules once a beat and keeps each finding for a while after it was last true. */
export class Findings {
  private readonly held = new Map<string, Held>();

  constructor(private readonly rules: readonly Rule[]) {}

  get rulesChecked(): number {
    return this.rules.length;
  }

  /** Worst first, then in the order of the rules; `timeMs` is any clock that runs forward. */
  check(judged: Omit<RuleView, 'isHeld'>, timeMs: number): Finding[] {
    const view: RuleView = { ...judged, isHeld: (id) => this.held.has(id) };
    this.rules.forEach((rule, order) => {
      const verdict = rule.check(view);
      if (verdict === 'lookAgain') {
        for (const held of this.held.values()) if (held.finding.rule === rule.id) held.lastTrueMs = timeMs;
        return;
      }
      const { holdMs = HOLD_MS } = rule;
      for (const finding of verdict) this.held.set(finding.id, { finding, order, holdMs, lastTrueMs: timeMs });
    });
    for (const [id, { lastTrueMs, holdMs }] of this.held) if (timeMs - lastTrueMs > holdMs) this.held.delete(id);
    return [...this.held.values()].sort(compare).map((held) => held.finding);
  }

  clear(): void {
    this.held.clear();
  }
}

function compare(a: Held, b: Held): number {
  return (
    SEVERITY_ORDER[a.finding.severity] - SEVERITY_ORDER[b.finding.severity] ||
    a.order - b.order ||
    (a.finding.id < b.finding.id ? -1 : 1)
  );
}
