import type { Site, Snapshot } from '../../src/protocol/snapshot';
import { localPath } from '../../src/target/sourceMapFile';
import type { SiteBuild } from './siteBuilds.mjs';

/** Code made from text that has a name of its own, or none but its text's, is shown as it runs. */
const MADE_UP: Record<string, string> = {
  'eval with sourceURL': 'made-up.js:1:19',
  vm: 'evalmachine.<anonymous>:1:19',
  'vm with sourceURL': 'made-up-too.js:1:19',
  'vm with filename': '/srv/made/up.js:5:19',
};

const place = ({ url, line, column }: Site): string => `${localPath(url) ?? url}:${line}:${column}`;

/** Of the listeners that a build has added: where, by mark. */
export function listenerPlaces({ listeners, sites }: Snapshot, { name, marks }: SiteBuild): Record<string, string> {
  const found = listeners.filter(({ event }) => event.startsWith(`${name}: `));
  return Object.fromEntries(
    found.map(({ event, sites: [added] }) => {
      const mark = event.slice(name.length + 2);
      const site = sites[added?.site ?? -1];
      const text = site ? place(site) : 'nowhere';
      // Where a call begins that is made from text, compilers tell differently.
      return [mark, marks.get(mark)?.column === null ? text.replace(/:\d+$/, '') : text];
    }),
  );
}

/** What {@link listenerPlaces} has to answer. */
export function expectedListenerPlaces({ marks }: SiteBuild): Record<string, string> {
  const marked = [...marks].filter(([mark]) => !mark.includes(':'));
  return {
    ...MADE_UP,
    ...Object.fromEntries(
      marked.map(([mark, { file, line, column }]) => [mark, `${file}:${line}${column === null ? '' : `:${column}`}`]),
    ),
  };
}

/** What is pending at the lines of a build, as `type: line`, each once; of the types that it has marks for. */
export function pendingLines({ pending, sites }: Snapshot, { marks }: SiteBuild): string[] {
  const files = new Set([...marks.values()].map(({ file }) => file));
  const types = new Set([...marks.keys()].map((mark) => mark.split(':')[0]));
  const lines = pending.flatMap(({ type, site }) => {
    const found = site === null ? undefined : sites[site];
    return found && types.has(type) && files.has(localPath(found.url) ?? '') ? [`${type}: ${found.line}`] : [];
  });
  return [...new Set(lines)].sort();
}

/** What {@link pendingLines} has to answer; immediates only when they are `spinning`. */
export function expectedPendingLines({ marks }: SiteBuild, spinning = false): string[] {
  const marked = [...marks].filter(([mark]) => mark.includes(':') && (spinning || !mark.startsWith('Immediate')));
  const lines = marked.map(([mark, { line }]) => `${mark.split(':')[0]}: ${line}`);
  // An accepted connection belongs to the place of its server.
  const servers = marked.filter(([mark]) => mark === 'TCPSERVERWRAP: after await');
  return [...new Set([...lines, ...servers.map(([, { line }]) => `TCPWRAP: ${line}`)])].sort();
}
