/** Something that holds resources until it is disposed; disposing twice does nothing. */
export interface Disposable {
  dispose(): void;
}

/** Makes a disposable of a function, which is called once at the most. */
export function toDisposable(release: () => void): Disposable {
  let held = true;
  return {
    dispose() {
      if (!held) return;
      held = false;
      release();
    },
  };
}

/** Owns disposables and releases them in the reverse order; what is added after that is released at once. */
export class DisposableStore implements Disposable {
  private readonly items: Disposable[] = [];
  private disposed = false;

  add<T extends Disposable>(item: T): T {
    if (this.disposed) item.dispose();
    else this.items.push(item);
    return item;
  }

  dispose(): void {
    this.disposed = true;
    for (let item = this.items.pop(); item; item = this.items.pop()) item.dispose();
  }
}
