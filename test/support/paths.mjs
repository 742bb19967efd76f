// Where things are: everything fetched lies in .vscode-test/, everything built or written by tests in out/.
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const fetched = path.join(root, '.vscode-test');
export const out = path.join(root, 'out');
