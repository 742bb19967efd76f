import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import { startBusy, watch } from '../soak/soak';
import { launchChromium } from '../support/chromium.mjs';
import { stopTargets } from '../support/target';

/** `npm run soak` does it for half an hour. */
const SECONDS = 8;

describe('a busy target', () => {
  let browser: Browser;

  before(async function () {
    this.timeout(120_000);
    browser = await launchChromium();
  });

  afterEach(stopTargets);

  after(() => browser.close());

  it(`is watched and drawn for ${SECONDS} s: no beat is lost, memory of target, host and page stays`, async () => {
    const lines: string[] = [];
    const target = await startBusy(24);
    const print = (line: string): number => lines.push(line);
    assert.deepEqual(
      await watch(target, browser, { minutes: SECONDS / 60, level: 'track', print }),
      [],
      lines.join('\n'),
    );
  }).timeout(120_000);
});
