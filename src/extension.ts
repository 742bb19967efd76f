import './editor/language';
import * as vscode from 'vscode';
import { attach } from './attachment';
import { AliveReports } from './editor/aliveReports';
import { createApi, type LoopscopeApi } from './editor/api';
import { Attaching } from './editor/attaching';
import { Attachments } from './editor/attachments';
import { AutoAttach } from './editor/autoAttach';
import { Children } from './editor/children';
import { Commands } from './editor/commands';
import { Consent } from './editor/consent';
import { DebugSessions, distortion } from './editor/debugSessions';
import { DeepLink } from './editor/deepLink';
import { InlineFigures } from './editor/inlineFigures';
import { LaunchConfigurations } from './editor/launchConfigurations';
import { Launches } from './editor/launches';
import { LaunchTasks } from './editor/launchTasks';
import { offerChildren } from './editor/offerChildren';
import { Panel } from './editor/panel';
import { Problems } from './editor/problems';
import { RecordingEditors } from './editor/recordingEditor';
import { Recordings } from './editor/recordings';
import { RememberedTargets } from './editor/rememberedTargets';
import { Reporter } from './editor/reporter';
import { Restarts } from './editor/restarts';
import { restore } from './editor/restore';
import { optionsFrom } from './editor/settings';
import { StatusBar } from './editor/statusBar';
import { TargetTree } from './editor/targetTree';
import { locate, type Where } from './target/inspector';
import { listProcesses } from './target/processes';

let attachments: Attachments | null = null;

/** Composes everything and does no work: no process is listed, nothing is polled before a command asks for it. */
export function activate(context: vscode.ExtensionContext): LoopscopeApi {
  const log = vscode.window.createOutputChannel('Loopscope', { log: true });
  const probePath = vscode.Uri.joinPath(context.extensionUri, 'dist', 'probe.js').fsPath;
  const list: Attachments = new Attachments({
    attach: (where, options, hooks) => attach(where, options, { ...hooks, probePath, log: (line) => log.info(line) }),
    prepare: async (where, pid) => {
      const options = optionsFrom(vscode.workspace.getConfiguration('loopscope'));
      const debuggee = await debugSessions.debuggeeAt(where, pid);
      if (!debuggee) return { where, options, distortion: null };
      // Its inspector is open, on a port that no listing knows; opening it, and closing it again, would end the session.
      const reached = 'pid' in where ? { url: debuggee.url } : where;
      return { where: reached, options, distortion: distortion() };
    },
    listProcesses,
    onError: (error) => log.error(error instanceof Error ? error : String(error)),
  });
  attachments = list;
  const following = vscode.workspace.onDidChangeConfiguration((event) => {
    if (!event.affectsConfiguration('loopscope.thresholds')) return;
    const { thresholds } = optionsFrom(vscode.workspace.getConfiguration('loopscope'));
    for (const { attachment } of list.live) attachment.setThresholds(thresholds);
  });
  const reporter = new Reporter(log);
  const consent = new Consent();
  const remembered = new RememberedTargets(context.workspaceState, list);
  const attaching = new Attaching(list, consent, reporter);
  const debugSessions: DebugSessions = new DebugSessions(list, log);
  const openPanel: Panel['open'] = (tab) => panel.open(tab);
  const aliveReports = new AliveReports();
  const inlineFigures = new InlineFigures(list);
  const recordings = new Recordings(reporter);
  const recordingEditors = new RecordingEditors(context.extensionUri, reporter);
  const commands = new Commands({
    attachments: list,
    attaching,
    debugSessions,
    reporter,
    aliveReports,
    inlineFigures,
    recordings,
    recordingEditors,
    listProcesses,
    openPanel,
    copyFromTable: (as) => panel.copy(as),
    go: (to) => {
      panel.go(to);
      recordingEditors.go(to);
    },
  });
  const autoAttach = new AutoAttach({ debugSessions, attaching, openPanel, log });
  const deepLink = new DeepLink(consent, reporter, (where) => commands.attach(where));
  const panel = new Panel({
    extensionUri: context.extensionUri,
    attachments: list,
    attaching,
    reporter,
    log,
    listProcesses,
    restore: () => restore(remembered, attaching, consent, listProcesses),
    pick: () => commands.attach(),
    connect: () => commands.connect(),
    detach: (view) => commands.detach(view),
    copySnapshot: () => commands.copySnapshot(),
    profile: () => commands.profile(),
  });
  const restarts = new Restarts({
    attachments: list,
    isOn: () => optionsFrom(vscode.workspace.getConfiguration('loopscope')).followRestarts,
    listProcesses,
    answers,
    log: (line) => log.info(line),
  });
  const children = new Children({
    attachments: list,
    isFollowing: () => optionsFrom(vscode.workspace.getConfiguration('loopscope')).followChildren,
    listProcesses,
    offer: offerChildren,
    log: (line) => log.info(line),
  });
  const launches = new Launches({ attachments: list, attaching, pick: () => commands.pick(), openPanel, answers });
  const problems = new Problems(list, () => optionsFrom(vscode.workspace.getConfiguration('loopscope')).problems);
  const api = createApi(list, consent);
  const seen = [
    panel,
    aliveReports,
    recordings,
    recordingEditors,
    inlineFigures,
    problems,
    new StatusBar(list),
    new TargetTree(list),
  ];
  const launching = [
    autoAttach,
    deepLink,
    new LaunchConfigurations(launches, reporter),
    new LaunchTasks(launches, reporter),
  ];
  context.subscriptions.push(
    log,
    following,
    attaching,
    debugSessions,
    commands,
    restarts,
    children,
    ...launching,
    ...seen,
    api,
  );
  return api;
}

function answers(where: Where): Promise<boolean> {
  return locate(where).then(
    () => true,
    () => false,
  );
}

/** Leaves every target as it was. */
export async function deactivate(): Promise<void> {
  await attachments?.close();
  attachments = null;
}
