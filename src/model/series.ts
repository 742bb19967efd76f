/** A ring of rows of numbers in typed arrays: fixed in size, never shifts; `null` is kept as NaN. */
export class Series<Field extends string> {
  private readonly columns: Record<Field, Float64Array>;
  private next = 0;
  private used = 0;

  constructor(
    private readonly fields: readonly Field[],
    readonly capacity: number,
  ) {
    this.columns = {} as Record<Field, Float64Array>;
    for (const field of fields) this.columns[field] = new Float64Array(capacity);
  }

  get length(): number {
    return this.used;
  }

  /** Appends a row; the oldest goes when the ring is full. */
  push(row: Record<Field, number | null>): void {
    for (const field of this.fields) this.columns[field][this.next] = row[field] ?? NaN;
    this.next = (this.next + 1) % this.capacity;
    if (this.used < this.capacity) this.used++;
  }

  /** The value of a row counted from the oldest (0); null when it was not known or there is no such row. */
  at(index: number, field: Field): number | null {
    if (index < 0 || index >= this.used) return null;
    const value = this.columns[field][(this.next - this.used + index + this.capacity) % this.capacity];
    return value === undefined || Number.isNaN(value) ? null : value;
  }

  clear(): void {
    this.next = 0;
    this.used = 0;
  }
}
