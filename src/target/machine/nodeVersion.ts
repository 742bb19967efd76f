import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { outputOf } from './run';

const TIMEOUT_MS = 1500;
const versions = new Map<string, Promise<string | null>>();

/** Version of an executable whose name is Node's, without "v"; null when it cannot be told. Asked once a file. */
export async function nodeVersionOf(executable: string): Promise<string | null> {
  const file = await stat(executable).catch(() => null);
  if (!file) return null;
  const key = `${executable} ${file.dev} ${file.ino} ${file.mtimeMs}`;
  let version = versions.get(key);
  if (!version) versions.set(key, (version = read(executable, mayRun(file))));
  return version;
}

/** Only what root or we have installed is run: whoever else may write the file could make us run anything. */
function mayRun({ uid, mode }: { uid: number; mode: number }): boolean {
  return process.platform !== 'win32' && (uid === 0 || uid === process.getuid?.()) && (mode & 0o022) === 0;
}

async function read(executable: string, run: boolean): Promise<string | null> {
  const printed = run ? await outputOf(executable, ['--version'], TIMEOUT_MS).catch(() => '') : '';
  const version = /^v(\d+\.\d+\.\d+)/.exec(printed)?.[1];
  if (version !== undefined) return version;
  const header = join(dirname(executable), '..', 'include', 'node', 'node_version.h');
  return parseVersionHeader(await readFile(header, 'utf8').catch(() => ''));
}

/** The version in the header file that comes with Node. */
export function parseVersionHeader(text: string): string | null {
  const parts = ['MAJOR', 'MINOR', 'PATCH'].map(
    (name) => new RegExp(`^#define NODE_${name}_VERSION (\\d+)`, 'm').exec(text)?.[1],
  );
  return parts.every((part) => part !== undefined) ? parts.join('.') : null;
}
