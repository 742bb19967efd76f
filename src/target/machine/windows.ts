import { connectableHost, type Listener } from './machine';

/**
 * PowerShell that lists processes as JSON for {@link parseProcesses}. Windows PowerShell 5.1 and PowerShell 7 write
 * dates in different ways, so the date is made text here.
 */
export function processesScript(filter: string): string {
  return [
    '[Console]::OutputEncoding = [Text.Encoding]::UTF8;',
    `Get-CimInstance Win32_Process -Filter "${filter}" | Select-Object ProcessId, Name, ExecutablePath, CommandLine,`,
    "@{n='StartedAt';e={ if ($_.CreationDate) { $_.CreationDate.ToUniversalTime().ToString('o') } }},",
    "@{n='Version';e={ if ($_.ExecutablePath) { (Get-Item -LiteralPath $_.ExecutablePath).VersionInfo.ProductVersion } }}",
    '| ConvertTo-Json -Compress',
  ].join(' ');
}

/** PowerShell that prints pid and parent of every process, for {@link parseParents}. */
export const PARENTS_SCRIPT =
  'Get-CimInstance Win32_Process -Property ProcessId, ParentProcessId |' +
  ' ForEach-Object { "$($_.ProcessId) $($_.ParentProcessId)" }';

/** Pid of the parent by pid. */
export function parseParents(text: string): Map<number, number> {
  return new Map(
    [...text.matchAll(/^(\d+) (\d+)\s*$/gm)].map(([, pid, parentPid]) => [Number(pid), Number(parentPid)]),
  );
}

/** One process of the PowerShell listing. */
export interface WindowsProcess {
  pid: number;
  name: string;
  /** Null for a process of another user. */
  executable: string | null;
  commandLine: string | null;
  startedAtMs: number | null;
  version: string | null;
}

/** Processes of the listing: an array, one object alone, or nothing. */
export function parseProcesses(text: string): WindowsProcess[] {
  const json = text.replace(/^\uFEFF/, '').trim();
  if (json === '') return [];
  const value = JSON.parse(json) as unknown;
  const string = (field: unknown): string | null => (typeof field === 'string' && field !== '' ? field : null);
  return (Array.isArray(value) ? (value as unknown[]) : [value]).flatMap((entry) => {
    if (typeof entry !== 'object' || entry === null) return [];
    const { ProcessId, Name, ExecutablePath, CommandLine, StartedAt, Version } = entry as Record<string, unknown>;
    if (typeof ProcessId !== 'number') return [];
    const startedAtMs = Date.parse(string(StartedAt) ?? '');
    return [
      {
        pid: ProcessId,
        name: string(Name) ?? '',
        executable: string(ExecutablePath),
        commandLine: string(CommandLine),
        startedAtMs: Number.isNaN(startedAtMs) ? null : startedAtMs,
        version: /^\d+\.\d+\.\d+/.exec(string(Version) ?? '')?.[0] ?? null,
      },
    ];
  });
}

/** Splits a command line as the C runtime of Windows does: quotes keep together, backslashes count before a quote. */
export function splitCommandLine(text: string): string[] {
  const found: string[] = [];
  const pattern = /(?:\s|^)((?:[^\s"]|"(?:\\.|""|[^"\\])*(?:"|$))+)/g;
  for (const [, raw = ''] of text.matchAll(pattern)) found.push(unquoted(raw));
  return found;
}

function unquoted(raw: string): string {
  let result = '';
  let inQuotes = false;
  for (let index = 0; index < raw.length; index++) {
    const slashes = /^\\*/.exec(raw.slice(index))?.[0].length ?? 0;
    if (raw[index + slashes] === '"') {
      // 2n backslashes and a quote are n backslashes and a delimiter; 2n+1 are n backslashes and a literal quote.
      result += '\\'.repeat(Math.floor(slashes / 2));
      index += slashes;
      if (slashes % 2 === 1) result += '"';
      else if (inQuotes && raw[index + 1] === '"') {
        result += '"';
        index++;
      } else inQuotes = !inQuotes;
    } else if (slashes > 0) {
      result += '\\'.repeat(slashes);
      index += slashes - 1;
    } else result += raw[index] ?? '';
  }
  return result;
}

/** Listening sockets, from `netstat -ano`. The word for the state is translated; a foreign port 0 is not. */
export function parseNetstat(text: string): Listener[] {
  const found: Listener[] = [];
  for (const line of text.split('\n')) {
    const match = /^\s*TCP\s+(\S+):(\d+)\s+\S+:0\s+.*?(\d+)\s*$/.exec(line);
    if (!match) continue;
    const host = (match[1] ?? '').replace(/^\[|\]$/g, '').replace(/%.*$/, '');
    found.push({ pid: Number(match[3]), host: connectableHost(host), port: Number(match[2]) });
  }
  return found;
}
