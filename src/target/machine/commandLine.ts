/** What the arguments of a Node process say about its inspector. */
export interface InspectorFlags {
  /** An --inspect, --inspect-brk or --inspect-wait opens it at start. */
  atStart: boolean;
  /** Port named by arguments or NODE_OPTIONS; 0 is a random one; null when none is named. */
  port: number | null;
}

/** Options of Node 18 to 26 whose value is an argument of its own. */
const WITH_VALUE = new Set(
  (
    '-r --require --import --loader --experimental-loader -C --conditions --env-file --env-file-if-exists --title ' +
    '--inspect-port --debug-port --inspect-publish-uid --icu-data-dir --openssl-config --redirect-warnings ' +
    '--diagnostic-dir --input-type --stack-trace-limit --trace-event-categories --trace-event-file-pattern ' +
    '--report-dir --report-directory --report-filename --report-signal --cpu-prof-dir --cpu-prof-name ' +
    '--cpu-prof-interval --heap-prof-dir --heap-prof-name --heap-prof-interval --heapsnapshot-signal ' +
    '--heapsnapshot-near-heap-limit --max-http-header-size --tls-cipher-list --tls-keylog --unhandled-rejections ' +
    '--v8-pool-size --dns-result-order --disable-proto --disable-warning --secure-heap --secure-heap-min ' +
    '--use-largepages --localstorage-file --snapshot-blob --build-snapshot-config --watch-path --watch-kill-signal ' +
    '--allow-fs-read --allow-fs-write --security-revert --test-concurrency --test-name-pattern ' +
    '--test-skip-pattern --test-reporter --test-reporter-destination --test-shard --test-timeout --test-isolation ' +
    '--test-coverage-include --test-coverage-exclude --test-global-setup --experimental-config-file ' +
    '--experimental-sea-config --build-sea --es-module-specifier-resolution ' +
    '--network-family-autoselection-attempt-timeout'
  ).split(' '),
);

/** The arguments of node, taken apart. */
export interface NodeCommand {
  /** Options of node itself. */
  options: string[];
  /** The script as it was given; null for -e, --test, --run and the REPL. */
  script: string | null;
  /** What follows the script. */
  rest: string[];
  /** Which mode runs without a script: "node -e", "node --test", "node --run build", "node". */
  mode: string | null;
}

/** Takes the arguments of node apart; `argv[0]` is the executable. `exists` decides where a path with spaces ends. */
export function parseNodeCommand(
  argv: readonly string[],
  exists: (path: string) => boolean = () => false,
): NodeCommand {
  const options: string[] = [];
  let mode: string | null = null;
  let index = 1;
  for (; index < argv.length; index++) {
    const argument = argv[index] ?? '';
    if (!argument.startsWith('-') || argument === '-') break;
    if (argument === '--') {
      index++;
      break;
    }
    if (/^(-e|--eval|-p|--print|-pe)$/.test(argument)) {
      // The code itself is not kept: it may hold anything, and says nothing in a list.
      return {
        options,
        script: null,
        rest: argv.slice(index + 2),
        mode: `node ${argument === '--print' ? '-p' : argument === '--eval' ? '-e' : argument}`,
      };
    }
    options.push(argument);
    if (argument === '--test') mode = 'node --test';
    const run = /^--run(?:=(.*))?$/.exec(argument);
    if (run) return { options, script: null, rest: [], mode: `node --run ${run[1] ?? argv[index + 1] ?? ''}`.trim() };
    if (WITH_VALUE.has(argument)) options.push(argv[++index] ?? '');
  }
  if (mode !== null) return { options, script: null, rest: argv.slice(index), mode };
  const first = argv[index];
  if (first === undefined || first === '-') return { options, script: null, rest: [], mode: 'node' };
  for (let end = argv.length; end > index + 1; end--) {
    // Only a listing that lost its quotes has such an argument; then the arguments were split at spaces.
    const joined = argv.slice(index, end).join(' ');
    if (exists(joined)) return { options, script: joined, rest: argv.slice(end), mode: null };
  }
  return { options, script: first, rest: argv.slice(index + 1), mode: null };
}

/** What node's own options and NODE_OPTIONS say about the inspector; the later option wins, as in node. */
export function inspectorFlags(options: readonly string[], environmentOptions: readonly string[]): InspectorFlags {
  const flags: InspectorFlags = { atStart: false, port: null };
  const all = [...environmentOptions, ...options];
  for (let index = 0; index < all.length; index++) {
    const option = (all[index] ?? '').replaceAll('_', '-');
    const match = /^--(inspect|inspect-brk|inspect-wait|inspect-port|debug-port)(?:=(.*))?$/.exec(option);
    if (!match) continue;
    const isPort = match[1] === 'inspect-port' || match[1] === 'debug-port';
    if (!isPort) flags.atStart = true;
    const value = match[2] ?? (isPort ? all[index + 1] : undefined);
    // "9333", "host:9333", "[::1]:9333", "host".
    const port = /(?:^|:)(\d{1,5})$/.exec(value ?? '')?.[1];
    if (port !== undefined && !/^\[[^\]]*$/.test(value ?? '')) flags.port = Number(port);
  }
  return flags;
}

/** Splits NODE_OPTIONS: at spaces, double quotes keep together, a backslash takes the next character as it is. */
export function splitNodeOptions(text: string): string[] {
  const options: string[] = [];
  let current = '';
  let quoted = false;
  for (let index = 0; index < text.length; index++) {
    const char = text[index] ?? '';
    if (quoted && char === '\\') current += text[++index] ?? '';
    else if (char === '"') quoted = !quoted;
    else if (char === ' ' && !quoted) {
      if (current !== '') options.push(current);
      current = '';
    } else current += char;
  }
  if (current !== '') options.push(current);
  return options;
}
