import { fileURLToPath } from 'node:url';

/**
 * Path of the file that a site's URL names: a `file:` URL or an absolute path. Null for anything else, also for a path
 * to another computer (`\\server\share`): opening it would send this user's credentials there.
 */
export function fileOf(url: string, platform: NodeJS.Platform = process.platform): string | null {
  const path = url.startsWith('file:') ? pathOf(url, platform) : url;
  if (path === null || path.includes('\0') || /^[\\/]{2}/.test(path)) return null;
  const absolute = platform === 'win32' ? /^[a-z]:[\\/]/i : /^\//;
  return absolute.test(path) ? path : null;
}

function pathOf(url: string, platform: NodeJS.Platform): string | null {
  try {
    const parsed = new URL(url);
    if (parsed.hostname !== '' && parsed.hostname !== 'localhost') return null;
    parsed.hostname = '';
    return fileURLToPath(parsed, { windows: platform === 'win32' });
  } catch {
    return null;
  }
}
