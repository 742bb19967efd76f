// What the demo and the pictures read off the panel.

/** Rules that find what is wrong with the example service. */
export const FAULTS = ['blockedLoop', 'growingTimers', 'growingListeners'];

/** Waits until the panel shows beats of a running target. */
export async function waitForBeats(workbench, count = 2) {
  const { panel } = workbench;
  await panel.locator('#state').filter({ hasText: 'Running' }).waitFor({ timeout: 60_000 });
  let last = null;
  for (let beats = 0; beats < count;) {
    const now = await panel.locator('table.phases').innerText();
    if (now !== last) beats++;
    last = now;
    await workbench.page.waitForTimeout(200);
  }
}

/** Waits until findings of these rules are shown, or the time is over; gives the sentences of all that are. */
export async function findings(workbench, rules, timeoutMs) {
  const { panel, page } = workbench;
  const end = Date.now() + timeoutMs;
  const rows = panel.locator('.findings li[data-rule]');
  for (;;) {
    const shown = await rows.evaluateAll((items) => items.map((item) => item.dataset.rule));
    if (rules.every((rule) => shown.includes(rule)) || Date.now() > end) break;
    await page.waitForTimeout(250);
  }
  const texts = await rows.locator('.text').allInnerTexts();
  return texts.map((text) => text.replace(/\s+/g, ' ').trim());
}
