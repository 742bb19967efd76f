import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../support/paths.mjs';
import { textsIn, type Text } from '../support/texts';

/** Where everything that people read is said through l10n. The headless command speaks English. */
const PARTS = [
  ...['src/model', 'src/target', 'src/recording', 'src/editor', 'media'],
  ...readdirSync(path.join(root, 'src'))
    .filter((name) => name.endsWith('.ts') && name !== 'headless.ts')
    .map((name) => `src/${name}`),
];

/** What reads like words and is for nobody. */
const NOT_READ = [
  // Code for the target.
  /=>|\b(function|return|require|typeof|globalThis)\b|process\.|Object\./,
  // Markup, styles and the policy of the page.
  /^(\\n|\s)*<|^[\w-]+-src |^color-mix\(|^(num zero|stale gone)$/,
  // V8's names of frames.
  /^[([].*[)\]]$/,
  // What stands in data, and is compared.
  /^(all threads|standard input|worker \$\{threadId\}|Timeout)$/,
  // Names of classes, elements and colours in the page.
  /^(c-\w+ nar|stale gone|num zero|parent \$\{at\}|input, select|#tools input|a\.site, button\.link|color-mix\(.*)$/,
  // Words of Node, of the keyboard, and of the filter's language.
  /^(Node|pid|nextTick,?|microtasks|idle, prepare|(pending|close) callbacks|Ctrl(\+\w+)+)$/,
  /^([a-z]+:\w+ .*|-term|"two words"|&lt;.*|ms s m h d)$/,
  // Names, and what reaches the log only.
  /^(Loopscope|Malformed|unknown error|the target's answer is malformed: .*)$/,
];
/** What is asked of the operating system. */
const COMMANDS = 'src/target/machine/';

const read = (file: string): Record<string, unknown> =>
  JSON.parse(readFileSync(path.join(root, file), 'utf8')) as Record<string, unknown>;
const list = (texts: Text[]): string[] => texts.map(({ at, text }) => `${at}: ${text}`);
const places = (text: string): string[] => [...text.matchAll(/\{(\d+)\}/g)].map(([place]) => place).sort();

const all = textsIn('src', 'media');
const wanted = new Set(all.keys.map(({ text }) => text));

describe('The texts', () => {
  it('are literals wherever they are translated', () => {
    assert.ok(all.keys.length > 100);
    assert.deepEqual(list(all.unknown), []);
  });

  it('are all translated', () => {
    const left = textsIn(...PARTS).hardCoded.filter(
      ({ at, text }) => !at.startsWith(COMMANDS) && NOT_READ.every((one) => !one.test(text)),
    );
    assert.deepEqual(list(left), []);
  });

  describe('in Simplified Chinese', () => {
    const bundle = read('l10n/bundle.l10n.zh-cn.json');

    it('are all there, and no others', () => {
      assert.deepEqual(
        [...wanted].filter((key) => !(key in bundle)),
        [],
        'not translated',
      );
      assert.deepEqual(
        Object.keys(bundle).filter((key) => !wanted.has(key)),
        [],
        'not in use any more',
      );
    });

    it('have the same places for values', () => {
      const wrong = Object.entries(bundle).filter(
        ([key, text]) => typeof text !== 'string' || places(text).join() !== places(key).join(),
      );
      assert.deepEqual(wrong, []);
    });

    it('are there for the commands and settings too', () => {
      const [english, chinese] = [read('package.nls.json'), read('package.nls.zh-cn.json')];
      assert.deepEqual(Object.keys(chinese).sort(), Object.keys(english).sort());
      const same = Object.keys(english).filter(
        (key) => english[key] === chinese[key] && /\w+ \w+/.test(String(english[key])),
      );
      assert.deepEqual(same, []);
    });
  });
});
