/** What session.ts uses of chrome-remote-interface 0.34 and of the ws 7 socket inside it; neither ships types. */
declare module 'chrome-remote-interface/lib/chrome.js' {
  import type { EventEmitter } from 'node:events';

  export interface Socket extends EventEmitter {
    readonly readyState: number;
    close(): void;
    terminate(): void;
    /** Redirects followed so far; ws gives up after 10. */
    _redirects: number;
    /** There once the socket is open. */
    _receiver?: { _maxPayload: number };
  }

  export default class Chrome extends EventEmitter {
    constructor(options: object, notifier: EventEmitter);
    webSocketUrl: string | undefined;
    _ws: Socket;
    /** Called by the constructor. */
    _start(): Promise<void>;
    _connectToWebSocket(): Promise<void>;
    _handleMessage(message: object): void;
    send(method: string, params: object | undefined, callback: (error: unknown, answer: unknown) => void): void;
    close(): Promise<void>;
  }
}
