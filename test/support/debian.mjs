// Packages of Debian, installed where that can be done.
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { cleanEnv, run } from './processes.mjs';

const WAIT = ['-qq', '-o', 'DPkg::Lock::Timeout=300'];
/** What packages ask before they start their services; 101 says no. */
const POLICY = '/usr/sbin/policy-rc.d';

const apt = (...args) =>
  run('apt-get', [...WAIT, ...args], {
    quiet: true,
    timeoutMs: 600_000,
    env: cleanEnv({ DEBIAN_FRONTEND: 'noninteractive' }),
  });

let updating;

/** Why packages cannot be installed here; null when they can. */
export function whyNoPackages() {
  if (process.platform !== 'linux' || !existsSync('/usr/bin/apt-get')) return 'this is no Debian';
  return process.getuid?.() === 0 ? null : 'only root may install packages';
}

/** Installs packages, and starts none of their services. */
export async function aptInstall(...packages) {
  updating ??= apt('update');
  await updating;
  const isOurs = !existsSync(POLICY);
  if (isOurs) await writeFile(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    await apt('install', '-y', '--no-install-recommends', ...packages);
  } finally {
    if (isOurs) await rm(POLICY);
  }
}
