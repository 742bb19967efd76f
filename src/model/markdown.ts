const MOST_CODE = 160;

/** Without control characters and those that turn the direction of writing. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, ' ');
}

/** A text of the target as it is, in a line of Markdown: nothing in it is a link, an image, HTML or formatting. */
export function escaped(text: string): string {
  // An underscore inside a word is one.
  return printable(text).replace(/[\\`*[\]<>&!~|#]|(?<!\w)_|_(?!\w)/g, '\\$&');
}

/** A line of source as a block of code. */
export function code(line: string): string {
  const text = printable(line).trim();
  return `    ${text.length > MOST_CODE ? `${text.slice(0, MOST_CODE - 1)}…` : text}`;
}
