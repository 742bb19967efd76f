import type { FromPanel, ToPanel } from '../src/protocol/panel';

/** What VS Code puts into a webview; it may be asked for once only. */
interface VsCodeApi {
  postMessage(message: FromPanel): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

const api = acquireVsCodeApi();

/** Sends one message to the extension. */
export function post(message: FromPanel): void {
  api.postMessage(message);
}

/** What {@link saveState} kept, also over "Reload Window"; of unknown shape, since an older version may have written it. */
export function savedState(): unknown {
  return api.getState();
}

/** Keeps a plain value for as long as the panel exists. */
export function saveState(state: unknown): void {
  api.setState(state);
}

/** Calls back for every message of the extension. */
export function onMessage(listener: (message: ToPanel) => void): void {
  window.addEventListener('message', (event: MessageEvent<unknown>) => {
    const { data } = event;
    if (typeof data === 'object' && data !== null && 'type' in data) listener(data as ToPanel);
  });
}
