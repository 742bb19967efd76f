/** An error that carries the whole sentence for people: what happened, and what to do. Only these are shown raw. */
export class HumanError extends Error {
  override readonly name = 'HumanError';
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
