// What the demo and the pictures read off the panel.

/** Where the faults of the example service are: each is named by a finding. */
const FAULTS = ['report.ts', 'poller.ts', 'retry.ts'];

/** Waits until the panel has shown `count` beats of a running target. */
export async function waitForBeats({ panel, page }, count) {
  await panel.locator('#state').filter({ hasText: 'Running' }).waitFor({ timeout: 60_000 });
  const figures = panel.locator('table.phases');
  for (let beats = 0, last = ''; beats < count;) {
    const now = await figures.innerText();
    if (now !== last) beats++;
    last = now;
    await page.waitForTimeout(200);
  }
}

/** Waits for a beat in which the loop had something to do: at the most three seconds apart in the example service. */
export async function waitForBusyBeat({ panel, page }, utilizationPercent) {
  const figure = panel.locator('#utilization');
  for (const end = Date.now() + 30_000; Date.now() < end; await page.waitForTimeout(50)) {
    // "≈ 36 %" where it is sampled.
    if (Number.parseFloat((await figure.textContent()).replace(/^\D+/, '')) >= utilizationPercent) return;
  }
  throw new Error(`The loop of the example service was never busy for ${utilizationPercent} % of a beat.`);
}

/** Waits until all faults are found, or the time is over; gives the sentences of the findings. */
export async function findings({ panel, page }, timeoutMs) {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const sentences = await panel.locator('.findings li[data-rule] .text').allInnerTexts();
    if (FAULTS.every((file) => sentences.some((text) => text.includes(file))) || Date.now() > end) return sentences;
    await page.waitForTimeout(250);
  }
}
