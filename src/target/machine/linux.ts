import { endianness } from 'node:os';

/** The parts of /proc/<pid>/stat that are used; null for text of another form. */
export function parseStat(text: string): { state: string; parentPid: number; startTicks: number } | null {
  // The name in parentheses may hold anything, also ")": the fields begin after the last one.
  const fields = text
    .slice(text.lastIndexOf(')') + 1)
    .trim()
    .split(/\s+/);
  const [state] = fields;
  const parentPid = Number(fields[1]);
  const startTicks = Number(fields[19]);
  return state && Number.isFinite(startTicks) ? { state, parentPid, startTicks } : null;
}

const SIGUSR1_BIT = 1n << 9n;

/** The parts of /proc/<pid>/status that are used. */
export function parseStatus(text: string): {
  uid: number | null;
  innerPid: number | null;
  catchesSigusr1: boolean | null;
} {
  const field = (name: string): string[] =>
    new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(text)?.[1]?.trim().split(/\s+/) ?? [];
  const number = (value: string | undefined): number | null => (value && /^\d+$/.test(value) ? Number(value) : null);
  const [caught] = field('SigCgt');
  return {
    uid: number(field('Uid')[0]),
    innerPid: number(field('NSpid').pop()),
    catchesSigusr1: caught && /^[0-9a-f]+$/i.test(caught) ? (BigInt(`0x${caught}`) & SIGUSR1_BIT) !== 0n : null,
  };
}

/** Texts that end with NUL each, as in /proc/<pid>/cmdline; a process that sets its title leaves NULs behind it. */
export function parseNulls(text: string): string[] {
  return text.replace(/\0+$/, '').split('\0');
}

/** The value of a variable in /proc/<pid>/environ, or null. */
export function environmentValue(text: string, name: string): string | null {
  return (
    text
      .split('\0')
      .find((entry) => entry.startsWith(`${name}=`))
      ?.slice(name.length + 1) ?? null
  );
}

/** Sockets that listen, from /proc/<pid>/net/tcp and tcp6. */
export function parseNetTcp(text: string): { host: string; port: number; inode: string }[] {
  const LISTEN = '0A';
  const found: { host: string; port: number; inode: string }[] = [];
  for (const line of text.split('\n').slice(1)) {
    const fields = line.trim().split(/\s+/);
    const [, local, , state] = fields;
    const inode = fields[9];
    const [address, port] = local?.split(':') ?? [];
    if (state !== LISTEN || !inode || !address || !port) continue;
    found.push({ host: parseAddress(address), port: parseInt(port, 16), inode });
  }
  return found;
}

/** The kernel prints addresses as 32-bit words in the byte order of the machine. */
const DIGITS = endianness() === 'LE' ? [6, 4, 2, 0] : [0, 2, 4, 6];

function parseAddress(hex: string): string {
  const bytes: number[] = [];
  for (let word = 0; word < hex.length; word += 8) {
    for (const digit of DIGITS) bytes.push(parseInt(hex.slice(word + digit, word + digit + 2), 16));
  }
  if (bytes.length === 4) return bytes.join('.');
  if (bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255) return `::ffff:${bytes.slice(12).join('.')}`;
  const groups: string[] = [];
  for (let index = 0; index < 16; index += 2) {
    groups.push((((bytes[index] ?? 0) << 8) | (bytes[index + 1] ?? 0)).toString(16));
  }
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}

/** User names by uid, from /etc/passwd. */
export function parsePasswd(text: string): Map<number, string> {
  const names = new Map<number, string>();
  for (const line of text.split('\n')) {
    const [name, , uid] = line.split(':');
    if (name && uid && /^\d+$/.test(uid) && !names.has(Number(uid))) names.set(Number(uid), name);
  }
  return names;
}
