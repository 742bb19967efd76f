import { isAbsolute } from 'node:path';
import { parseNodeCommand } from './commandLine';
import { isNodeExecutable } from './machine';

/** What a list shows of a Node process. */
export interface Program {
  /** "api.js", "npm run dev", "node --test", or the title that the program has set. */
  name: string;
  /** The script as it was given. */
  script: string | null;
  /** What follows the script, without what looks secret; at most ten. */
  args: string[];
}

const MAX_NAME = 100;
const MAX_ARGS = 10;
/** An argument may have megabytes. */
const MAX_READ = 1000;

/** Names the program of a Node process from its arguments. `exists` tells where a path with spaces ends. */
export function programOf(argv: readonly string[], exists?: (path: string) => boolean): Program {
  const [first = ''] = argv;
  if (argv.length === 1 && first !== '' && !isNodeExecutable(first)) {
    return { name: short(withoutSecrets(first.split(' ')).join(' ')), script: null, args: [] };
  }
  const { script, rest, mode } = parseNodeCommand(argv, exists && ((path) => isAbsolute(path) && exists(path)));
  if (script === null) return { name: short(mode ?? 'node'), script: null, args: [] };
  const file = script.split(/[\\/]/).filter(Boolean).pop() ?? script;
  const wrapper = packageManagerOf(file);
  const args = withoutSecrets(rest.slice(0, MAX_ARGS));
  if (wrapper === null) return { name: short(file), script, args };
  const words = args.filter((argument) => !argument.startsWith('-')).slice(0, 2);
  return { name: short([wrapper, ...words].join(' ')), script, args };
}

/** "npm" for npm-cli.js and so on; null for a script that is none of them. */
function packageManagerOf(file: string): string | null {
  return /^(npm|npx|pnpm|pnpx|yarn)(?:pkg)?(?:-cli|-\d[\d.]*)?(?:\.[cm]?js)?$/.exec(file)?.[1] ?? null;
}

const SECRET = /pass|pwd|secret|token|key|credential|auth|cookie/i;
const OPTION = new RegExp(`^--?[\\w-]*(${SECRET.source})[\\w-]*$`, 'i');
const QUERY = new RegExp(`([?&;][\\w.-]*(?:${SECRET.source})[\\w.-]*=)[^&;\\s]+`, 'gi');
const HEADER = /((?:authorization|cookie|[\w-]+-(?:token|key|secret))\s*:\s*)\S.*/i;

/** Replaces values that look secret: of options, variables and headers named so, what stands before an address, long random texts. */
export function withoutSecrets(args: readonly string[]): string[] {
  return args.map((argument, index) => {
    if (OPTION.test(args[index - 1] ?? '') && !argument.startsWith('-')) return '…';
    const open = argument
      .slice(0, MAX_READ)
      .replace(/(\w+:\/\/)[^/\s?#]*@/g, '$1…@')
      .replace(QUERY, '$1…')
      .replace(HEADER, '$1…');
    const name = open.includes('=') ? open.slice(0, open.indexOf('=')) : '';
    if (SECRET.test(name)) return `${short(name)}=…`;
    return looksRandom(open.slice(open.indexOf('=') + 1)) ? '…' : short(open);
  });
}

/** Twenty characters and more of letters and digits in one piece: a key, not a word. */
function looksRandom(text: string): boolean {
  return /^[\w+/=-]{20,}$/.test(text) && /\d/.test(text) && /[a-z]/i.test(text) && !/[/\\.].*[/\\.]/.test(text);
}

function short(text: string): string {
  return text.length > MAX_NAME ? `${text.slice(0, MAX_NAME - 1)}…` : text;
}
