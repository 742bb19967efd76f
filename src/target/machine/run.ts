import { execFile } from 'node:child_process';

const MAX_OUTPUT_BYTES = 32 * 1024 * 1024;

/** Standard output of a program of the operating system, whatever its exit code; rejects when it cannot run or takes too long. */
export function outputOf(file: string, args: string[], timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, LC_ALL: 'C', LANG: 'C' };
    // Ours may name hooks (a debugger's bootloader) that have no place in a helper of a moment.
    delete (env as NodeJS.ProcessEnv).NODE_OPTIONS;
    execFile(
      file,
      args,
      { encoding: 'utf8', timeout: timeoutMs, maxBuffer: MAX_OUTPUT_BYTES, windowsHide: true, env },
      (error, stdout) => {
        // An exit code tells nothing here: lsof exits with 1 when it finds nothing.
        if (error && typeof error.code !== 'number') reject(new Error(error.message, { cause: error }));
        else resolve(stdout);
      },
    );
  });
}
