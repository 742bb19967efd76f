import type { Browser, LaunchOptions } from 'playwright-core';

/** Path of a Chromium that starts; fetches one when there is none. Throws a sentence with the remedy when it cannot. */
export function ensureChromium(): Promise<string>;

/** A headless Chromium, as a Playwright browser; the caller closes it. */
export function launchChromium(options?: LaunchOptions): Promise<Browser>;
