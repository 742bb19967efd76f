import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { RULES, thresholdText, type ThresholdName } from '../../media/rules';
import { rules } from '../../src/model/findings/rules';
import { DEFAULTS } from '../../src/protocol/defaults';
import { root } from '../support/paths.mjs';

describe('What the page explains of the rules', () => {
  it('is there for each rule, and for no other', () => {
    assert.deepEqual(Object.keys(RULES).sort(), rules.map(({ id }) => id).sort());
  });

  it('names settings that there are, each at least once', () => {
    const manifest = readFileSync(path.join(root, 'package.json'), 'utf8');
    const named = new Set(Object.values(RULES).flatMap(({ threshold }) => threshold ?? []));
    for (const name of named) assert.ok(manifest.includes(`"loopscope.thresholds.${name}"`), name);
    assert.deepEqual([...named].sort(), Object.keys(DEFAULTS.thresholds).sort());
  });

  it('has each threshold with its unit, or says that it is not known', () => {
    const text = (name: ThresholdName): string => thresholdText(name, DEFAULTS.thresholds);
    assert.equal(text('blockedLoopMs'), '100 ms');
    assert.equal(text('slowWriteMs'), '5 s');
    assert.equal(text('gcShare'), '20 %');
    assert.equal(text('growthPerSecond'), '0.2 a second');
    assert.equal(text('bufferGrowthMb'), '10 MB a minute');
    assert.equal(thresholdText('gcShare', null), '–');
  });
});
