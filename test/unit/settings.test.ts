import assert from 'node:assert/strict';
import { autoAttachFrom, optionsFrom } from '../../src/editor/settings';
import { DEFAULTS } from '../../src/protocol/defaults';

const withSettings = (settings: Record<string, unknown>): ReturnType<typeof optionsFrom> =>
  optionsFrom({ get: (key) => settings[key] });

describe('The settings', () => {
  it('have defaults that track at one beat a second', () => {
    assert.deepEqual(withSettings({}), {
      level: 'track',
      beatMs: 1000,
      sampling: '10ms',
      includePackages: false,
      followChildren: false,
      followRestarts: true,
      problems: false,
      inlineFigures: 'decorations',
      thresholds: DEFAULTS.thresholds,
    });
  });

  it('are taken over as they are when they make sense', () => {
    const options = withSettings({
      level: 'observe',
      beatMs: 500,
      sampling: '1ms',
      includePackages: true,
      followChildren: true,
      followRestarts: false,
      problems: true,
      inlineFigures: 'codeLens',
      'thresholds.blockedLoopMs': 50,
      'thresholds.growthPerSecond': 1,
      'thresholds.heapShare': 0.5,
    });
    assert.deepEqual(options, {
      level: 'observe',
      beatMs: 500,
      sampling: '1ms',
      includePackages: true,
      followChildren: true,
      followRestarts: false,
      problems: true,
      inlineFigures: 'codeLens',
      thresholds: { ...DEFAULTS.thresholds, blockedLoopMs: 50, growthPerSecond: 1, heapShare: 0.5 },
    });
  });

  it('are brought into their range: a beat is never faster than 250 ms or slower than 10 s', () => {
    assert.equal(withSettings({ beatMs: 1 }).beatMs, 250);
    assert.equal(withSettings({ beatMs: 1e9 }).beatMs, 10_000);
    assert.equal(withSettings({ 'thresholds.heapShare': 85 }).thresholds.heapShare, 1);
  });

  it('fall back to the default when a settings file has something else in them', () => {
    for (const wrong of [null, 'fast', [], {}, NaN, Infinity]) {
      assert.deepEqual(
        withSettings({ level: wrong, beatMs: wrong, sampling: wrong, includePackages: wrong }),
        withSettings({}),
      );
    }
    assert.equal(withSettings({ level: 'deeper' }).level, 'track');
    assert.equal(withSettings({ includePackages: 'true' }).includePackages, false);
  });

  it('attach to debug sessions only when told to, and never without a question where the workspace is not trusted', () => {
    const mode = (value: unknown, isTrusted: boolean): string =>
      autoAttachFrom({ get: (key) => (key === 'autoAttach' ? value : undefined) }, isTrusted);
    assert.deepEqual(
      ['off', 'ask', 'always', 'yes', undefined, true].map((value) => mode(value, true)),
      ['off', 'ask', 'always', 'off', 'off', 'off'],
    );
    assert.deepEqual(
      ['off', 'ask', 'always'].map((value) => mode(value, false)),
      ['off', 'ask', 'ask'],
    );
  });
});
