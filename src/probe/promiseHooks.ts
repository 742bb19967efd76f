import type { AsyncWrapBinding } from './node';

const INIT = 0;
const NONE: readonly unknown[] = [undefined, undefined, undefined, undefined];

type InitHook = (promise: object, parent: object | undefined) => void;

/**
 * V8's promise hooks while our async hook is enabled. Where Node does not honour `trackPromises: false` it switches them
 * on for any async hook, and each `await` costs 20 times as much; they are set to what the program itself needs
 * (AsyncLocalStorage before Node 24 does), and to the one `init` of level `deep`, which costs an `await` some 30 ns.
 */
export class PromiseHooks {
  /** What the program needs, as far as Node tells. */
  private others: readonly unknown[];
  private readonly isReadable: boolean;
  private readonly hooksBefore: number;
  private isHonoured = false;
  /** Node's `init` for async hooks when it is the only one; undefined when that could not be learnt. */
  private nodesInit: unknown;
  /** As they were set last; the first is ours, if we have one. */
  private current: readonly unknown[] = NONE;

  /** Reads the state; to be made before our hook is enabled. `init` is level `deep`'s. */
  constructor(
    private readonly binding: AsyncWrapBinding | undefined,
    private readonly init: InitHook | undefined,
  ) {
    const before = binding?.getPromiseHooks?.();
    this.isReadable = before !== undefined;
    this.others = before ?? NONE;
    this.hooksBefore = binding?.async_hook_fields[INIT] ?? 0;
  }

  /** Whether they can be set without taking from the program what nobody can read (Node 18). */
  get canSet(): boolean {
    return this.binding !== undefined && (this.isReadable || this.hooksBefore === 0);
  }

  /** Right after our hook was enabled; false when promises are tracked because of us. */
  putBack(isTracking: () => boolean): boolean {
    this.isHonoured = !isTracking();
    if (this.others.every((hook) => hook === undefined)) [this.nodesInit] = this.binding?.getPromiseHooks?.() ?? NONE;
    if (this.canSet && (!this.isHonoured || this.init)) this.set(this.others);
    // Where they cannot be read, but another hook is enabled, they were on before us.
    return this.isHonoured || this.binding !== undefined;
  }

  /** Once a beat: when the program's own hooks came and went, ours alone must not keep promises tracked. */
  check(isTracking: () => boolean): void {
    if (!this.binding || (this.isHonoured && !this.init)) return;
    const isOnlyHook = !this.isHonoured && this.binding.async_hook_fields[INIT] === 1;
    const hooks = this.binding.getPromiseHooks?.();
    if (!hooks) {
      if (isOnlyHook && isTracking()) this.set(NONE);
    } else if (!this.current.every((hook, index) => hook === hooks[index])) {
      // Hooks of the program's own (v8.promiseHooks) cannot be told from ours in what Node makes of both.
      this.set(isOnlyHook && hooks[0] === this.nodesInit ? NONE : hooks);
    }
  }

  /** Takes ours out; to be called before our async hook is disabled. */
  restore(): void {
    if (!this.init || !this.canSet) return;
    // No iterator: the program may have replaced that of arrays meanwhile.
    const { current, others } = this;
    const hooks = this.binding?.getPromiseHooks?.() ?? current;
    if (hooks[0] === current[0]) this.binding?.setPromiseHooks(others[0], others[1], others[2], others[3]);
  }

  private set(others: readonly unknown[]): void {
    const [init, ...rest] = others;
    this.others = others;
    this.current = [
      this.init && typeof init === 'function' ? both(init as InitHook, this.init) : (this.init ?? init),
      ...rest,
    ];
    this.binding?.setPromiseHooks(...this.current);
  }
}

function both(theirs: InitHook, ours: InitHook): InitHook {
  return (promise, parent) => {
    theirs(promise, parent);
    ours(promise, parent);
  };
}
