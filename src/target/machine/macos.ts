import { connectableHost, type Listener } from './machine';

/**
 * For `parsePs`; one option an argument, since a header runs to the end of its argument. `ucomm` is the kernel's name of
 * the executable: `comm` shows the first argument, which a title of the program's own replaces.
 */
export const PS_FORMAT = ['-o', 'pid=', '-o', 'ppid=', '-o', 'stat=', '-o', 'lstart=', '-o', 'user=', '-o', 'ucomm='];

const MONTHS = 'JanFebMarAprMayJunJulAugSepOctNovDec';

/** One line of `ps -axww` with {@link PS_FORMAT} and LC_ALL=C. */
export interface PsLine {
  pid: number;
  parentPid: number;
  stat: string;
  startedAtMs: number;
  user: string;
  /** Name of the executable, at most 16 characters. */
  name: string;
}

/** Processes of a `ps` listing, without those that have ended. Times are in the local zone. */
export function parsePs(text: string): PsLine[] {
  const line =
    /^\s*(\d+)\s+(\d+)\s+(\S+)\s+\w{3}\s+(\w{3})\s+(\d{1,2})\s+(\d{2}):(\d{2}):(\d{2})\s+(\d{4})\s+(\S+)\s+(.+?)\s*$/;
  const found: PsLine[] = [];
  for (const row of text.split('\n')) {
    const match = line.exec(row);
    if (!match) continue;
    const [, pid, parent, stat = '', month = '', day, hour, minute, second, year, user = '', name = ''] = match;
    if (stat.startsWith('Z')) continue;
    const date = new Date(
      Number(year),
      MONTHS.indexOf(month) / 3,
      Number(day),
      Number(hour),
      Number(minute),
      Number(second),
    );
    found.push({ pid: Number(pid), parentPid: Number(parent), stat, startedAtMs: date.getTime(), user, name });
  }
  return found;
}

/** Arguments by pid, from `ps -ww -o pid= -o args=`; quotes are lost there, so a path with spaces is in pieces. */
export function parsePsArguments(text: string, executables: ReadonlyMap<number, string>): Map<number, string[]> {
  const found = new Map<number, string[]>();
  for (const row of text.split('\n')) {
    const match = /^\s*(\d+)\s+(.+?)\s*$/.exec(row);
    if (!match) continue;
    const pid = Number(match[1]);
    const line = match[2] ?? '';
    const executable = executables.get(pid);
    // The executable is known from elsewhere, so that spaces in it do no harm.
    if (executable !== undefined && (line === executable || line.startsWith(`${executable} `))) {
      const rest = line.slice(executable.length + 1);
      found.set(pid, [executable, ...(rest === '' ? [] : rest.split(' '))]);
    } else found.set(pid, isTitle(line) ? [line] : line.split(' '));
  }
  return found;
}

/** A title that the program has set, such as "npm run dev", does not begin with node. */
function isTitle(line: string): boolean {
  return !/^(\S*\/)?node\S*( |$)/.test(line);
}

/** Paths of executables by pid, from `lsof -d txt -Fpn`: the first file of each process. */
export function parseLsofText(text: string): Map<number, string> {
  const found = new Map<number, string>();
  let pid = 0;
  for (const line of text.split('\n')) {
    if (line.startsWith('p')) pid = Number(line.slice(1));
    else if (line.startsWith('n/') && !found.has(pid)) found.set(pid, line.slice(1));
  }
  return found;
}

/** Listening sockets, from `lsof -nP -iTCP -sTCP:LISTEN -Fpn`. */
export function parseLsof(text: string): Listener[] {
  const found: Listener[] = [];
  let pid = 0;
  for (const line of text.split('\n')) {
    if (line.startsWith('p')) pid = Number(line.slice(1));
    const match = /^n(.*):(\d+)$/.exec(line);
    if (!match || pid === 0) continue;
    found.push({ pid, host: connectableHost((match[1] ?? '').replace(/^\[|\]$/g, '')), port: Number(match[2]) });
  }
  return found;
}
