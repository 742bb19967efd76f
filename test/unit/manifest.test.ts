import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { autoAttachFrom, optionsFrom, type Configuration } from '../../src/editor/settings';
import { BEAT_MS } from '../../src/protocol/defaults';
import { LEVELS } from '../../src/protocol/snapshot';
import { RECORDING_ENDING } from '../../src/recording/format';

interface Property {
  type: string;
  default: unknown;
  enum?: string[];
  minimum?: number;
  maximum?: number;
}

interface MenuItem {
  command: string;
  when?: string;
}

interface Attributes {
  properties: Record<string, { minimum?: number; maximum?: number; enum?: string[] }>;
}

interface Step {
  id: string;
  description: string;
  media: { svg: string; altText: string };
  completionEvents: string[];
}

interface Manifest {
  main: string;
  icon: string;
  engines: { vscode: string };
  devDependencies: Record<string, string>;
  activationEvents: string[];
  contributes: {
    commands: { command: string; title: string; category: string }[];
    menus: Record<string, MenuItem[]>;
    keybindings: (MenuItem & { key: string; mac?: string })[];
    views: Record<string, { id: string; icon: string }[]>;
    viewsWelcome: { view: string }[];
    walkthroughs: { id: string; steps: Step[] }[];
    configuration: { title: string; properties: Record<string, Property> }[];
    debuggers: { type: string; configurationAttributes: Record<string, Attributes> }[];
    taskDefinitions: ({ type: string } & Attributes)[];
    problemMatchers: { name: string }[];
    customEditors: { viewType: string; selector: { filenamePattern: string }[] }[];
  };
}

// The runner starts mocha in the folder of the project.
const root = process.cwd();
const read = (name: string): string => readFileSync(path.join(root, name), 'utf8');
const manifestText = read('package.json');
const manifest = JSON.parse(manifestText) as Manifest;
const strings = JSON.parse(read('package.nls.json')) as Record<string, string>;
const editorFiles = readdirSync(path.join(root, 'src/editor')).filter((name) => name.endsWith('.ts'));
const sources = [...editorFiles.map((name) => `src/editor/${name}`), 'src/extension.ts'].map((name) => ({
  name,
  text: read(name),
}));
const allSource = sources.map(({ text }) => text).join('\n');
const found = (pattern: RegExp, text = allSource): string[] =>
  [...text.matchAll(pattern)].map((match) => match[1] ?? '').sort();

const contributed = manifest.contributes.commands.map(({ command }) => command).sort();
const groups = manifest.contributes.configuration;
const properties = Object.assign({}, ...groups.map((group) => group.properties)) as Record<string, Property>;
const { keybindings } = manifest.contributes;
const menuItems = [...Object.values(manifest.contributes.menus).flat(), ...keybindings];

/** Regular expression and string literals of a when-clause taken out; what remains are keys and operators. */
const keysOf = (when: string): string[] =>
  when
    .replace(/=~\s*\/(?:[^/\\]|\\.)+\//g, '')
    .replace(/'[^']*'/g, '')
    .match(/[A-Za-z][\w.]*/g) ?? [];

/** What the code makes of all settings. */
const settingsFrom = (configuration: Configuration): object => ({
  ...optionsFrom(configuration),
  autoAttach: autoAttachFrom(configuration, true),
});

describe('The manifest', () => {
  it('contributes every command that the code registers, and no other', () => {
    assert.deepEqual(found(/\badd\('(loopscope\.\w+)'/g), contributed);
    assert.equal(contributed.length, 24);
  });

  it('names in its menus, and the code in its calls, only contributed commands', () => {
    const named = [...menuItems.map(({ command }) => command), ...found(/\.command = '(loopscope\.\w+)'/g)];
    assert.ok(named.length > 0);
    for (const command of named) assert.ok(contributed.includes(command), command);
  });

  it('shows every command under the category that its strings name', () => {
    for (const { category, title } of manifest.contributes.commands) {
      assert.equal(category, '%category%');
      assert.match(title, /^%command\.\w+%$/);
    }
    assert.equal(strings.category, 'Loopscope');
  });

  it('has exactly the settings that the code reads', () => {
    const readKeys = found(/\bread\('([\w.]+)'\)/g, read('src/editor/settings.ts')).map((key) => `loopscope.${key}`);
    assert.deepEqual(readKeys, Object.keys(properties).sort());
  });

  it('groups its settings, those of the findings together', () => {
    assert.deepEqual(
      groups.map(({ title }) => title),
      ['%settings.attaching%', '%settings.findings%'],
    );
    for (const { title, properties: own } of groups) {
      for (const name of Object.keys(own)) {
        const isOfFindings = /\.(thresholds\.|problems$)/.test(name);
        assert.equal(title === '%settings.findings%', isOfFindings, name);
      }
    }
  });

  it('gives every setting the default that the code falls back to', () => {
    const fallbacks = settingsFrom({ get: () => undefined }) as unknown as Record<string, unknown>;
    for (const [name, { default: byDefault }] of Object.entries(properties)) {
      const [, first = '', second] = name.split('.');
      const group = fallbacks[first];
      const value = second === undefined ? group : (group as Record<string, unknown>)[second];
      assert.notEqual(byDefault, undefined, `${name} has no default`);
      assert.deepEqual(value, byDefault, name);
    }
  });

  it('allows in every setting what the code accepts, and refuses what the code corrects', () => {
    for (const [name, property] of Object.entries(properties)) {
      const key = name.replace('loopscope.', '');
      const accepted = (value: unknown): boolean =>
        JSON.stringify(settingsFrom({ get: (asked) => (asked === key ? value : undefined) })).includes(
          JSON.stringify(value),
        );
      for (const value of property.enum ?? []) assert.ok(accepted(value), `${name}: ${value}`);
      if (property.type === 'boolean') continue;
      if (property.enum) assert.ok(!accepted('something else'), name);
      else {
        const { minimum, maximum } = property;
        assert.ok(minimum !== undefined && maximum !== undefined, `${name} has no bounds`);
        assert.ok(accepted(minimum) && accepted(maximum), name);
        assert.ok(!accepted(minimum - 0.001) && !accepted(maximum + 0.001), name);
      }
    }
    assert.deepEqual(properties['loopscope.level']?.enum, [...LEVELS]);
    assert.equal(properties['loopscope.beatMs']?.minimum, BEAT_MS.least);
  });

  it('has every string that it uses, and uses every string that it has', () => {
    const used = new Set(found(/"%([\w.]+)%"/g, manifestText));
    assert.deepEqual([...used].sort(), Object.keys(strings).sort());
    for (const [key, text] of Object.entries(strings)) assert.ok(text.trim().length > 0, key);
  });

  it('tests in when-clauses only context keys that VS Code has or the code sets', () => {
    const own = found(/setKey\('(loopscope\.\w+)'/g);
    const ofDebug = ['debugType', 'callStackItemType', 'view', 'viewItem'];
    const ofEditors = ['activeWebviewPanelId', 'activeCustomEditorId', 'webviewId', 'webviewSection'];
    const ofFocus = ['panelFocus', 'sideBarFocus', 'auxiliaryBarFocus', 'inQuickOpen'];
    const known = new Set([...own, ...ofDebug, ...ofEditors, ...ofFocus]);
    const clauses = menuItems.flatMap(({ when }) => (when === undefined ? [] : [when]));
    assert.ok(clauses.length > 0);
    for (const when of clauses) for (const key of keysOf(when)) assert.ok(known.has(key), `${key} in "${when}"`);
    const tested = new Set(clauses.flatMap(keysOf));
    for (const key of own) assert.ok(tested.has(key), `${key} is set and never tested`);
  });

  it('binds keys in its own pages only, and not while the focus is elsewhere', () => {
    assert.ok(keybindings.length > 0);
    for (const { key, when = '' } of keybindings) {
      for (const page of when.split(' || ')) {
        assert.match(
          page,
          /^active(WebviewPanelId == 'loopscope\.panel'|CustomEditorId == 'loopscope\.recording') && /,
          key,
        );
        assert.ok(page.endsWith('!panelFocus && !sideBarFocus && !auxiliaryBarFocus && !inQuickOpen'), key);
      }
    }
  });

  it('wakes for exactly the debug session types that the code follows, and offers its command for them', () => {
    const [list = ''] = found(/DEBUG_TYPES = \[([^\]]+)\]/g);
    const types = found(/'([\w-]+)'/g, list);
    const events = found(/^onDebugAdapterProtocolTracker:(.+)$/gm, manifest.activationEvents.join('\n'));
    assert.ok(types.includes('pwa-node'));
    assert.deepEqual(events, types);
    for (const place of ['debug/toolBar', 'debug/callstack/context']) {
      const when = manifest.contributes.menus[place]?.[0]?.when ?? '';
      const pattern = new RegExp(/debugType =~ \/(.+?)\/$/.exec(when)?.[1] ?? 'none');
      for (const type of types) assert.match(type, pattern, place);
      assert.doesNotMatch('pwa-chrome', pattern);
    }
  });

  it('describes for launch.json and for tasks.json what the code reads, and wakes for a debug configuration', () => {
    const { debuggers, taskDefinitions, problemMatchers } = manifest.contributes;
    const [debug] = debuggers;
    const [task] = taskDefinitions;
    const code = read('src/editor/launchDefinition.ts');
    const types = found(/LAUNCH_TYPE = '(\w+)'/g, code);
    assert.deepEqual(types, [debug?.type]);
    assert.deepEqual(types, [task?.type]);
    assert.deepEqual(types, [problemMatchers[0]?.name]);
    assert.ok(manifest.activationEvents.includes(`onDebugResolve:${String(types[0])}`));
    const attach = debug?.configurationAttributes.attach?.properties ?? {};
    assert.deepEqual(Object.keys(attach).sort(), found(/^ {2}(\w+)\?: unknown;$/gm, code));
    assert.deepEqual(task?.properties, attach);
    assert.deepEqual(attach.level?.enum, [...LEVELS]);
  });

  it('wakes for the panel type that the code brings back after "Reload Window"', () => {
    const [type] = found(/PANEL_TYPE = '([\w.]+)'/g);
    assert.ok(manifest.activationEvents.includes(`onWebviewPanel:${String(type)}`));
    assert.ok(!manifest.activationEvents.some((event) => event === '*' || event === 'onStartupFinished'));
  });

  it('has in the Run and Debug side bar the view that the code fills, with a word for when it is empty', () => {
    const ids = (manifest.contributes.views.debug ?? []).map(({ id }) => id);
    assert.deepEqual(ids, found(/TARGETS_VIEW = '([\w.]+)'/g));
    assert.deepEqual(
      manifest.contributes.viewsWelcome.map(({ view }) => view),
      ids,
    );
    const items = ['view/title', 'view/item/context'].flatMap((place) => manifest.contributes.menus[place] ?? []);
    assert.ok(items.length > 0);
    for (const { when } of items) assert.ok(when?.startsWith(`view == '${String(ids[0])}'`), when);
    const entries = new Set(items.flatMap(({ when = '' }) => found(/viewItem == '(\w+)'/g, when)));
    for (const entry of entries) assert.ok(allSource.includes(`'${entry}'`), entry);
  });

  it('has a walkthrough whose steps have a picture, link to commands of ours, and are done by what they are about', () => {
    const [walkthrough] = manifest.contributes.walkthroughs;
    assert.deepEqual(
      walkthrough?.steps.map(({ id }) => id),
      ['attach', 'ring', 'leak', 'detach'],
    );
    const keys = new Set(found(/setKey\('(loopscope\.\w+)'/g));
    for (const { description, media, completionEvents } of walkthrough.steps) {
      const picture = read(strings[media.svg.replaceAll('%', '')] ?? '');
      assert.ok(Buffer.byteLength(picture) < 5000, media.svg);
      // Colours of the theme, nothing that is loaded, nothing that runs.
      assert.match(picture, /var\(--vscode-/);
      assert.doesNotMatch(picture, /<script|href|url\(|\son\w+=/);
      const links = found(/\(command:([\w.]+)\)/g, strings[description.replaceAll('%', '')]);
      assert.ok(links.length > 0, description);
      for (const command of links) assert.ok(contributed.includes(command), command);
      for (const event of completionEvents) {
        const [kind, what = ''] = event.split(':');
        if (kind === 'onCommand') assert.ok(contributed.includes(what), event);
        else for (const key of keysOf(what)) assert.ok(keys.has(key), event);
      }
    }
    const welcome = strings['view.targets.welcome'] ?? '';
    assert.ok(welcome.includes(`openWalkthrough?%22loopscope.loopscope%23${walkthrough.id}%22`));
  });

  it('opens recordings in the editor that the code registers, by the ending that it writes', () => {
    const [editor] = manifest.contributes.customEditors;
    assert.deepEqual([editor?.viewType], found(/RECORDING_EDITOR = '([\w.]+)'/g));
    assert.deepEqual(editor?.selector, [{ filenamePattern: `*${RECORDING_ENDING}` }]);
    assert.ok(menuItems.some(({ when }) => when === `activeCustomEditorId == '${editor.viewType}'`));
  });

  it('asks for the VS Code whose types the code is checked against', () => {
    assert.equal(manifest.engines.vscode, `^${String(manifest.devDependencies['@types/vscode'])}`);
  });

  it('names files that exist or are built', () => {
    assert.ok(existsSync(path.join(root, manifest.icon)));
    assert.ok(read('esbuild.mjs').includes(`'${manifest.main.replace('./', '')}'`));
    for (const { icon } of Object.values(manifest.contributes.views).flat()) {
      assert.ok(existsSync(path.join(root, icon)), icon);
    }
    const icons = found(/'(panel(?:Light|Dark)\.svg)'/g);
    assert.equal(icons.length, 2);
    for (const icon of icons) assert.ok(existsSync(path.join(root, 'media', icon)), icon);
  });
});

describe('The strings of the editor', () => {
  it('are literal in every l10n.t, so that they can be collected', () => {
    let calls = 0;
    for (const { name, text } of sources) {
      for (const match of text.matchAll(/l10n\.t\(\s*(.)/g)) {
        calls++;
        assert.ok(match[1] === "'", `${name}: l10n.t(${match[1] ?? ''}`);
      }
    }
    assert.ok(calls > 20);
  });

  it('are never shown without l10n.t', () => {
    for (const { name, text } of sources) {
      const shown =
        /show(Error|Warning|Information)Message\(\s*['"`]|(title|placeholder|prompt|tooltip|description): ['"`]\w/;
      assert.doesNotMatch(text, shown, name);
    }
  });

  it('number their placeholders from 0 without a gap', () => {
    const calls = [...allSource.matchAll(/l10n\.t\(\s*'((?:[^'\\]|\\.)*)'/g)].map((match) => match[1] ?? '');
    for (const text of calls) {
      const numbers = [...text.matchAll(/\{(\d)\}/g)].map((match) => Number(match[1]));
      assert.deepEqual(
        [...new Set(numbers)].sort(),
        numbers.map((_, index) => index),
        text,
      );
    }
    assert.ok(calls.length > 20);
  });
});
