import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Snapshot } from '../../src/protocol/snapshot';
import { fixturePath } from './target';

/**
 * How many ref'd resources are pending by `type place`: the package, the mark that ends the line of the program, or else
 * the name of the file.
 */
export type Held = Record<string, number>;

/** What was made at a known place while we were attached; `program` is a fixture. */
export function heldIn({ pending, sites }: Snapshot, program: string): Held {
  const lines = readFileSync(fixturePath(program), 'utf8').split('\n');
  const held: Held = {};
  for (const { type, site, referenced, origin } of pending) {
    if (site === null || !referenced || origin === 'beforeAttach') continue;
    const { package: name, line, url } = sites[site]!;
    const mark = url.endsWith(`/${program}`) ? / \/\/ (\w+)$/.exec(lines[line - 1] ?? '')?.[1] : undefined;
    const key = `${type} ${name ?? mark ?? basename(url)}`;
    held[key] = (held[key] ?? 0) + referenced;
  }
  return held;
}
