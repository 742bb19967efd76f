/** What a user or the API names as a target. */
export type Where = { pid: number } | { host: string; port: number } | { url: string };

/** An inspector that can be connected to. */
export interface Located {
  webSocketUrl: string;
  host: string;
  port: number;
  /** The pid that was asked for, to be compared after connecting; null when only an address was given. */
  expectedPid: number | null;
  /** The inspector was closed before and has to be closed again at detach. */
  openedByUs: boolean;
}

/** Finds the inspector of a target; opens it when a pid is given whose inspector is closed. Throws HumanError. */
export declare function locate(where: Where, signal?: AbortSignal): Promise<Located>;
