// Child processes that end with us, whatever happens.
import { spawn } from 'node:child_process';

const groups = new Map();

function kill(pid, signal) {
  try {
    // A group of its own: one kill reaches everything that the child started.
    process.kill(process.platform === 'win32' ? pid : -pid, signal);
  } catch {
    // It is gone already.
  }
}

process.on('exit', () => {
  for (const [pid, signal] of groups) kill(pid, signal);
});
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
]) {
  // Without a listener the signal would end us before the listener above could run.
  process.on(signal, () => process.exit(code));
}

/** VS Code misbehaves, and a target is bent, by these when inherited from a terminal of VS Code or from a debugger. */
export function cleanEnv(extra = {}) {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(VSCODE_(?!TEST)|ELECTRON_|NODE_OPTIONS$|NODE_INSPECT|NODE_V8_COVERAGE$)/.test(name),
  );
  return { ...Object.fromEntries(kept), ...extra };
}

export function spawnGroup(command, args, { lastSignal = 'SIGKILL', ...options } = {}) {
  const child = spawn(command, args, {
    ...options,
    env: options.env ?? cleanEnv(),
    detached: process.platform !== 'win32',
  });
  const { pid } = child;
  if (pid !== undefined) {
    groups.set(pid, lastSignal);
    child.once('exit', () => {
      kill(pid, 'SIGKILL'); // what it left behind in its group
      groups.delete(pid);
    });
  }
  return child;
}

export async function endGroup(child, graceMs = 3000) {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  kill(child.pid, 'SIGTERM');
  const timer = setTimeout(() => kill(child.pid, 'SIGKILL'), graceMs);
  await gone;
  clearTimeout(timer);
}

/** Runs a program to its end; rejects with the end of its output when it fails. */
export function run(command, args, { quiet = false, timeoutMs = 300_000, ...options } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawnGroup(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    let stdout = '';
    const timer = setTimeout(() => {
      text += `\n(no end after ${timeoutMs / 1000} s)`;
      void endGroup(child);
    }, timeoutMs);
    child.stdout.on('data', (data) => {
      stdout += data;
      text += data;
      if (!quiet) process.stderr.write(data);
    });
    child.stderr.on('data', (data) => {
      text += data;
      if (!quiet) process.stderr.write(data);
    });
    child.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      if (code === 0) resolve(stdout);
      else reject(new Error(`${command} ${args.join(' ')} ended with ${code ?? signal}:\n${text.slice(-3000)}`));
    });
  });
}
