import * as l10n from '@vscode/l10n';
import type { ConnectStep } from './protocol/panel';

const LABELS = {
  find: l10n.t('Find the process'),
  connect: l10n.t('Connect to its inspector'),
  identify: l10n.t('Check that it is the right process'),
  install: l10n.t('Put in the probe'),
  beat: l10n.t('First beat'),
} as const;

export type AttachStep = keyof typeof LABELS;

/** The steps of an attach, for whoever shows them: each is told with the time it took. */
export class AttachSteps {
  private readonly steps: ConnectStep[];
  private startedMs: number;
  private current = 0;

  constructor(
    private readonly onSteps: (steps: ConnectStep[]) => void,
    private readonly now: () => number,
  ) {
    this.startedMs = now();
    this.steps = Object.values(LABELS).map((label, index) => ({
      label,
      state: index === 0 ? 'active' : 'waiting',
      tookMs: null,
      detail: '',
    }));
    this.tell();
  }

  /** The current step is done; the next one begins. */
  done(detail = ''): void {
    this.end('done', detail);
    this.current++;
    const next = this.steps[this.current];
    if (next) next.state = 'active';
    this.tell();
  }

  failed(): void {
    this.end('failed', '');
    this.tell();
  }

  private end(state: 'done' | 'failed', detail: string): void {
    const step = this.steps[this.current];
    if (!step) return;
    const nowMs = this.now();
    Object.assign(step, { state, detail, tookMs: nowMs - this.startedMs });
    this.startedMs = nowMs;
  }

  private tell(): void {
    this.onSteps(this.steps.map((step) => ({ ...step })));
  }
}
