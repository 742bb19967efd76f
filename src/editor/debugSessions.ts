import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import { DisposableStore } from '../base/disposable';
import { HumanError, messageOf } from '../base/errors';
import { isLocal, portOf, type Where } from './address';
import type { Attachments } from './attachments';
import type { AttachmentView } from './attachmentView';
import type { Target } from './attaching';
import { DEBUGGEE_EXPRESSION, parseDebuggee, type Debuggee, type DebuggeeAddress } from './debuggee';

/** Session types of VS Code's JavaScript debugger that debug Node.js; `activationEvents` names the same. */
export const DEBUG_TYPES = ['pwa-node', 'node', 'node-terminal', 'pwa-extensionHost', 'extensionHost'];

const ANSWER_WITHIN_MS = 3000;
const STARTED_WITHIN_MS = 8000;
const LOOK_AGAIN_MS = 200;
const ATTEMPTS = 5;
const GO_ON = new Set(['continue', 'next', 'stepIn', 'stepOut', 'stepBack', 'reverseContinue', 'restartFrame', 'goto']);

interface Known {
  session: vscode.DebugSession;
  stopped: boolean;
  debuggee: Debuggee | null;
  asking: Promise<Debuggee | null> | null;
  attempts: number;
  startedAtMs: number;
}

/** The JavaScript debug sessions: which process each debugs, whether it is stopped, and what that means for attachments. */
export class DebugSessions implements vscode.DebugAdapterTrackerFactory, vscode.Disposable {
  private readonly store = new DisposableStore();
  private readonly sessions = new Map<string, Known>();
  /** VS Code may name a session as the active one for a while after its end. */
  private readonly ended = new Set<string>();
  private readonly later = new Set<NodeJS.Timeout>();
  /** What each attachment was told last, so that it hears of changes only. */
  private readonly told = new WeakMap<AttachmentView, boolean>();

  constructor(
    private readonly attachments: Attachments,
    private readonly log: vscode.LogOutputChannel,
  ) {
    for (const type of DEBUG_TYPES) this.store.add(vscode.debug.registerDebugAdapterTrackerFactory(type, this));
    this.store.add(vscode.debug.onDidStartDebugSession((session) => this.know(session)));
    this.store.add(
      vscode.debug.onDidTerminateDebugSession((session) => {
        this.sessions.delete(session.id);
        this.ended.add(session.id);
        this.apply();
      }),
    );
    this.store.add(attachments.onDidChange(() => this.apply()));
  }

  /** A tracker has to be there before its session starts, else it never hears `stopped` and `continued`. */
  createDebugAdapterTracker(session: vscode.DebugSession): vscode.DebugAdapterTracker {
    this.know(session);
    return { onDidSendMessage: (message) => this.heard(session.id, message) };
  }

  /** Sessions that debug a process: js-debug's root sessions have none of their own, only their children have. */
  leaves(): vscode.DebugSession[] {
    this.know(vscode.debug.activeDebugSession);
    return [...this.sessions.values()].map(({ session }) => session).filter((session) => session.parentSession);
  }

  /** The session that a command means: the one it was given from a menu, else the active one; null when there is none. */
  find(argument: unknown): vscode.DebugSession | null {
    this.know(vscode.debug.activeDebugSession);
    const id = (argument as { sessionId?: unknown } | null | undefined)?.sessionId;
    const given = typeof id === 'string' ? this.sessions.get(id)?.session : undefined;
    if (given) return given;
    const active = vscode.debug.activeDebugSession;
    return (active && this.sessions.get(active.id)?.session) ?? this.leaves()[0] ?? null;
  }

  /**
   * The process that a session, or else the first of its children, debugs, as a target. Waits a while for a session that
   * has just started; HumanError when none says so.
   */
  async targetOf(session: vscode.DebugSession): Promise<Target> {
    const deadline = Date.now() + STARTED_WITHIN_MS;
    for (;;) {
      for (const known of this.candidates(session)) {
        known.attempts = 0;
        const debuggee = known.debuggee ?? (await this.ask(known));
        if (!debuggee) continue;
        const { pid, url, local } = debuggee;
        return { where: { url }, pid: local ? pid : undefined, label: known.session.name };
      }
      if (Date.now() > deadline || !this.sessions.has(session.id)) break;
      await delay(LOOK_AGAIN_MS);
    }
    throw new HumanError(
      vscode.l10n.t(
        'The debug session "{0}" did not say which process it debugs. Wait until its program runs, or attach to the process with "Loopscope: Attach to Node Process…".',
        session.name,
      ),
    );
  }

  /** The process as a debug session has it, null when none debugs it; asks the sessions that have not said which they debug. */
  async debuggeeAt(where: Where, pid: number | null): Promise<Debuggee | null> {
    this.know(vscode.debug.activeDebugSession);
    const children = [...this.sessions.values()].filter(({ session }) => session.parentSession);
    for (const known of children) known.attempts = 0;
    const debuggees = await Promise.all(children.map(async (known) => known.debuggee ?? (await this.ask(known))));
    const port = portOf(where);
    const same = (one: Debuggee): boolean => one.pid === pid || (port !== null && portOf({ url: one.url }) === port);
    return debuggees.find((one) => one !== null && one.local === isLocal(where) && same(one)) ?? null;
  }

  dispose(): void {
    for (const timer of this.later) clearTimeout(timer);
    this.store.dispose();
    this.sessions.clear();
  }

  private candidates(session: vscode.DebugSession): Known[] {
    return [...this.sessions.values()].filter(
      (known) => known.session.parentSession && (known.session.id === session.id || isBelow(known.session, session)),
    );
  }

  private know(session: vscode.DebugSession | undefined): void {
    if (!session || this.sessions.has(session.id) || this.ended.has(session.id)) return;
    if (!DEBUG_TYPES.includes(session.type)) return;
    this.sessions.set(session.id, {
      session,
      stopped: false,
      debuggee: null,
      asking: null,
      attempts: 0,
      startedAtMs: Date.now(),
    });
    this.apply();
    const later = setTimeout(() => {
      this.later.delete(later);
      this.apply();
    }, STARTED_WITHIN_MS);
    this.later.add(later);
  }

  private heard(id: string, message: unknown): void {
    const known = this.sessions.get(id);
    const { type, event, command, success } = (message ?? {}) as Record<string, unknown>;
    if (!known) return;
    if (type === 'event' && event === 'stopped') this.setStopped(known, true);
    else if (type === 'event' && event === 'continued') this.setStopped(known, false);
    else if (type === 'response' && success === true && GO_ON.has(String(command))) this.setStopped(known, false);
  }

  private setStopped(known: Known, stopped: boolean): void {
    known.stopped = stopped;
    known.attempts = 0;
    this.apply();
  }

  /** Tells every attachment whether a debugger is there and has stopped its process. */
  private apply(): void {
    const { live } = this.attachments;
    if (live.length === 0) return;
    for (const known of this.sessions.values()) {
      // A root session never answers.
      if (known.session.parentSession && !known.debuggee) void this.ask(known);
    }
    for (const view of live) {
      const debugging = [...this.sessions.values()].filter((known) => debugs(known, view));
      const stopped = debugging.some((known) => known.stopped);
      if (stopped !== (this.told.get(view) ?? false)) {
        this.told.set(view, stopped);
        view.attachment.setPausedByDebugger(stopped);
      }
      view.setDistortion(debugging.length > 0 ? distortion() : this.mayDebug(view) ? starting() : null);
    }
  }

  /** Whether a session that has just started, and has not said which process it debugs, may debug this one. */
  private mayDebug({ attachment: { info } }: AttachmentView): boolean {
    const young = [...this.sessions.values()].filter(({ startedAtMs }) => Date.now() - startedAtMs < STARTED_WITHIN_MS);
    const said = (known: Known): boolean =>
      known.debuggee !== null || young.some((other) => other.debuggee && isBelow(other.session, known.session));
    return isLocal(info.where) && young.some((known) => !said(known));
  }

  /** Asks a session once at a time for its process; null when it has none or does not answer. */
  private ask(known: Known): Promise<Debuggee | null> {
    if (known.asking) return known.asking;
    if (known.attempts >= ATTEMPTS) return Promise.resolve(null);
    known.attempts++;
    const asking = evaluate(known.session, this.log).then((debuggee) => {
      known.asking = null;
      known.debuggee = debuggee;
      if (debuggee) this.apply();
      return debuggee;
    });
    known.asking = asking;
    return asking;
  }
}

async function evaluate(session: vscode.DebugSession, log: vscode.LogOutputChannel): Promise<Debuggee | null> {
  const late = new AbortController();
  try {
    // No frame is named: the global scope is the right one while the program is stopped, too.
    const request = session.customRequest('evaluate', { expression: DEBUGGEE_EXPRESSION, context: 'repl' });
    const lateness = delay(ANSWER_WITHIN_MS, null, { signal: late.signal }).catch(() => null);
    const answer = (await Promise.race([request, lateness])) as { result?: unknown } | null;
    log.debug(`debug session "${session.name}" (${session.type}): ${answer ? String(answer.result) : 'no answer'}`);
    return parseDebuggee(answer?.result, addressOf(session));
  } catch (error) {
    // Its program has not started, or is over: it is asked again when something happens in it.
    log.debug(`debug session "${session.name}" (${session.type}): ${messageOf(error)}`);
    return null;
  } finally {
    late.abort();
  }
}

function addressOf(session: vscode.DebugSession): DebuggeeAddress {
  for (let one: vscode.DebugSession | undefined = session; one; one = one.parentSession) {
    const { request, address, port } = one.configuration as DebuggeeAddress & { request?: unknown };
    if (request === 'attach' && typeof address === 'string') return { address, port };
  }
  return {};
}

function isBelow(session: vscode.DebugSession, ancestor: vscode.DebugSession): boolean {
  for (let one = session.parentSession; one; one = one.parentSession) if (one.id === ancestor.id) return true;
  return false;
}

function debugs({ debuggee }: Known, { attachment: { info } }: AttachmentView): boolean {
  return debuggee?.pid === info.pid && debuggee.local === isLocal(info.where);
}

/** What a debugger does to the figures, for people. */
export function distortion(): string {
  return vscode.l10n.t(
    'A debug session with async stack traces is attached to this process: asynchronous code runs several times slower, so times are longer than without it, and CPU samples are off. Attach without debugging to measure.',
  );
}

function starting(): string {
  return vscode.l10n.t(
    'A debug session is starting. CPU samples are off until it is known whether it debugs this process.',
  );
}
