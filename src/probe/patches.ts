export type Method = (this: unknown, ...args: unknown[]) => unknown;

const { set } = Reflect;

interface Patch {
  object: Record<PropertyKey, unknown>;
  key: PropertyKey;
  name: string;
  original: Method;
  wrapper: Method;
}

/** Methods of the program's that are wrapped for the time of the attach. */
export class Patches {
  private readonly patches: Patch[] = [];

  /**
   * Puts a wrapper in the place of a method; one function keeps being one under all its names. What is no plain method,
   * or cannot be written, is left alone. `name` is for people.
   */
  wrap(object: object, key: PropertyKey, name: string, wrapperOf: (original: Method) => Method): void {
    const before = Object.getOwnPropertyDescriptor(object, key);
    if (typeof before?.value !== 'function' || !before.writable) return;
    const original = before.value as Method;
    const wrapper =
      this.patches.find((each) => each.original === original)?.wrapper ?? disguised(wrapperOf(original), original);
    const target = object as Record<PropertyKey, unknown>;
    if (set(target, key, wrapper)) this.patches.push({ object: target, key, name, original, wrapper });
  }

  /** Puts back what is still ours; names of what somebody has wrapped meanwhile, which stays. */
  restore(): string[] {
    const left: string[] = [];
    // eslint-disable-next-line @typescript-eslint/prefer-for-of -- the program may have replaced the iterator of arrays
    for (let index = 0; index < this.patches.length; index++) {
      const patch = this.patches[index];
      if (!patch) continue;
      const { object, key, name, original, wrapper } = patch;
      if (object[key] !== wrapper || !set(object, key, original)) left[left.length] = name;
    }
    return left;
  }
}

/** Programs may look at the name of a method and at how many parameters it has. */
function disguised(wrapper: Method, original: Method): Method {
  for (const key of ['name', 'length']) {
    const property = Object.getOwnPropertyDescriptor(original, key);
    if (property) Object.defineProperty(wrapper, key, property);
  }
  return wrapper;
}
