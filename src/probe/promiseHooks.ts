import type { AsyncWrapBinding } from './node';

const INIT = 0;

/**
 * Keeps promises untracked while our hook is enabled: where Node does not honour `trackPromises: false` it switches V8's
 * promise hooks on for any async hook, and each `await` costs 20 times as much. What was there before is put back at
 * once, so a program that needs them (AsyncLocalStorage before Node 24) keeps them.
 */
export class PromiseHooks {
  private readonly before: unknown[] | undefined;
  private readonly hooksBefore: number;

  /** Reads the state; to be made before our hook is enabled. */
  constructor(private readonly binding: AsyncWrapBinding | undefined) {
    this.before = binding?.getPromiseHooks?.();
    this.hooksBefore = binding?.async_hook_fields[INIT] ?? 0;
  }

  /** Right after our hook was enabled; false when promises are tracked because of us. */
  putBack(isTracking: () => boolean): boolean {
    if (!isTracking()) return true;
    if (!this.binding) return false;
    if (this.before) this.binding.setPromiseHooks(...this.before);
    else if (this.hooksBefore === 0) this.switchOff();
    // Node 18 cannot be asked, but with another hook enabled they were on before us.
    return true;
  }

  /** Once a beat: when the program's own hooks came and went, ours alone must not keep promises tracked. */
  check(isTracking: () => boolean): void {
    if (this.binding?.async_hook_fields[INIT] !== 1) return;
    const hooks = this.binding.getPromiseHooks?.();
    if (hooks ? hooks.some((hook) => hook !== undefined) : isTracking()) this.switchOff();
  }

  private switchOff(): void {
    this.binding?.setPromiseHooks(undefined, undefined, undefined, undefined);
  }
}
