import type { Scanned, ScanStep } from '../protocol/probe';
import type { Adoption } from './adopt';
import type { Emitters } from './emitters';
import type { Loop } from './loop';
import type { Internals, Timeout } from './node';
import type { Promises } from './promises';
import type { Resources } from './resources';

/** Enters what a heap scan finds: beside what is known already, and held no stronger than that. */
export class Scan {
  constructor(
    private readonly internals: Internals,
    private readonly loop: Loop,
    private readonly resources: Resources,
    private readonly adoption: Adoption,
    private readonly emitters: Emitters,
    private readonly promises: Promises,
  ) {}

  /** Null when it has interrupted a change of the tables: to be asked again. */
  enter(step: ScanStep, objects: object[] | null): Scanned | null {
    if (step === 'emitters') return this.emitters.adopt(objects ?? []);
    if (step === 'promises') return this.promises.adopt(objects ?? []);
    return this.resources.timers.moving ? null : this.timers(objects as Timeout[] | null);
  }

  private timers(objects: Timeout[] | null): Scanned {
    const timers = objects ?? this.adoption.listedTimers(this.internals);
    const found = timers.filter(({ _destroyed: isOver }) => !isOver).length;
    return { found, added: this.adoption.timers(timers, this.loop.libuvOffsetMs), dropped: 0 };
  }
}
