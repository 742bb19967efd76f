import * as vscode from 'vscode';
import { DisposableStore } from '../base/disposable';
import type { CopyAs, FromPanel, PanelPlace, PanelProcess, PanelTab, ThreadChoice, ToPanel } from '../protocol/panel';
import type { NodeProcess } from '../target/processes';
import type { Attaching } from './attaching';
import type { Attachments } from './attachments';
import type { ThreadView } from './attachmentView';
import { boundedInstances, short } from './bounds';
import { comparedProcesses } from './comparison';
import { parseFromPanel } from './messages';
import { LookBack } from './lookBack';
import { openSite, openThreshold } from './navigation';
import { PageCopy } from './pageCopy';
import { apart, targetOf } from './picker';
import type { Reporter } from './reporter';
import { pageIn, pageOptions } from './webviewPage';

export const PANEL_TYPE = 'loopscope.panel';

/** The most processes that the empty page lists. */
const PROCESSES = 100;
/** Attachments beat at different times: their figures go to the page together. */
const COMPARE_EVERY_MS = 500;

/** What the panel works with and what its buttons start. */
export interface PanelContext {
  extensionUri: vscode.Uri;
  attachments: Attachments;
  attaching: Attaching;
  reporter: Reporter;
  log: vscode.LogOutputChannel;
  listProcesses(): Promise<NodeProcess[]>;
  /** Takes up the attachments from before the window was loaded again. */
  restore(): Promise<void>;
  pick(): Promise<unknown>;
  connect(): Promise<unknown>;
  detach(view: ThreadView): Promise<void>;
  copySnapshot(): Promise<void>;
  profile(): Promise<unknown>;
}

/** The one panel in the editor area. All state stays here: a page that says `ready` gets everything it draws. */
export class Panel implements vscode.WebviewPanelSerializer, vscode.Disposable {
  private readonly store = new DisposableStore();
  private panel: vscode.WebviewPanel | null = null;
  private ready = false;
  /** The view whose full picture the page has, and whether it was paused then. */
  private drawn: { view: ThreadView; paused: boolean } | null = null;
  /** Last message of each kind that is repeated only when it changed. */
  private readonly sent = new Map<ToPanel['type'], string>();
  private following: { view: ThreadView; store: DisposableStore } | null = null;
  private readonly pageCopy = new PageCopy();
  private readonly lookBack = new LookBack((message) => this.send(message));
  private listed: NodeProcess[] = [];
  private listing = 0;
  private comparing: NodeJS.Timeout | null = null;
  /** The tab to show once the page can. */
  private wantedTab: PanelTab | null = null;

  constructor(private readonly context: PanelContext) {
    this.store.add(vscode.window.registerWebviewPanelSerializer(PANEL_TYPE, this));
    this.store.add(context.attachments.onDidChange(() => this.update()));
    this.store.add(context.attaching.onDidChange(() => this.update()));
  }

  /** Shows the panel, and a tab when one is named; beside the code when it is not open yet. */
  open(tab: PanelTab | null = null): void {
    this.wantedTab = tab;
    this.reveal();
    this.showWantedTab();
  }

  private reveal(): void {
    // The debugger shows the line it stops at in the group that has the focus: that must not be the panel's.
    const preserveFocus = vscode.debug.activeDebugSession !== undefined;
    if (this.panel) {
      this.panel.reveal(undefined, preserveFocus);
      return;
    }
    const viewColumn = vscode.window.activeTextEditor ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active;
    const place = { viewColumn, preserveFocus };
    this.adopt(vscode.window.createWebviewPanel(PANEL_TYPE, vscode.l10n.t('Loopscope'), place, this.options()));
  }

  /** Has the page copy from the table that it shows. */
  copy(as: CopyAs): void {
    this.send({ type: 'copy', as });
  }

  /** Goes to a place in the page, while the panel is the active editor. */
  go(to: PanelPlace): void {
    if (this.panel?.active) this.send({ type: 'go', to });
  }

  /** "Reload Window": the panel comes back, and is attached again to what it showed where that still runs. */
  deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    panel.webview.options = this.options();
    this.adopt(panel);
    this.context.reporter.run(() => this.context.restore());
    return Promise.resolve();
  }

  dispose(): void {
    this.store.dispose();
    this.compare(false);
    this.following?.store.dispose();
    this.panel?.dispose();
  }

  private options(): vscode.WebviewOptions & vscode.WebviewPanelOptions {
    return { ...pageOptions(this.context.extensionUri), retainContextWhenHidden: false };
  }

  private uri(...path: string[]): vscode.Uri {
    return vscode.Uri.joinPath(this.context.extensionUri, ...path);
  }

  private adopt(panel: vscode.WebviewPanel): void {
    this.panel?.dispose();
    this.panel = panel;
    this.forget();
    panel.iconPath = { light: this.uri('media', 'panelLight.svg'), dark: this.uri('media', 'panelDark.svg') };
    panel.onDidDispose(() => {
      if (this.panel !== panel) return;
      this.panel = null;
      this.forget();
    });
    // A hidden page is gone; when it is shown again it is loaded anew and says `ready`.
    panel.onDidChangeViewState(() => {
      if (!panel.visible && this.panel === panel) this.forget();
    });
    panel.webview.onDidReceiveMessage((raw: unknown) => {
      const message = parseFromPanel(raw);
      if (message) this.context.reporter.run(() => this.receive(message));
      else
        this.context.log.warn(`The page sent a message that is not understood: ${short(JSON.stringify({ raw }), 200)}`);
    });
    panel.webview.html = pageIn(panel.webview, this.context.extensionUri);
  }

  private showWantedTab(): void {
    const { wantedTab: tab } = this;
    if (tab === null || !this.panel?.visible || !this.ready) return;
    this.wantedTab = null;
    this.send({ type: 'showTab', tab });
  }

  private forget(): void {
    this.ready = false;
    this.compare(false);
    this.lookBack.forget();
    this.drawn = null;
    this.sent.clear();
  }

  private async receive(message: FromPanel): Promise<void> {
    const { attachments, attaching } = this.context;
    const view = attachments.shown;
    switch (message.type) {
      case 'ready':
        this.forget();
        this.ready = true;
        this.update();
        this.showWantedTab();
        break;
      case 'attach': {
        // Only what the page was given to choose from.
        const process = this.listed.find(({ pid }) => pid === message.pid);
        if (process) await attaching.start(targetOf(process));
        break;
      }
      case 'pick':
        await this.context.pick();
        break;
      case 'connect':
        await this.context.connect();
        break;
      case 'cancel':
        attaching.cancel();
        break;
      case 'detach':
        if (view) await this.context.detach(view);
        break;
      case 'reattach':
        await this.attachAgain(view);
        break;
      case 'refresh':
        await this.sendEmpty();
        break;
      case 'pauseView':
        view?.pause(message.paused);
        break;
      case 'setLevel':
        await view?.attachment.setLevel(message.level);
        break;
      case 'select':
        attaching.cancel();
        attachments.show(message.attachmentId);
        break;
      case 'selectThread':
        await this.selectThread(view, message.threadId);
        break;
      case 'compare':
        this.compare(message.shown);
        break;
      case 'look':
        if (view) this.lookBack.look(view, message.at);
        break;
      case 'flame':
        if (view) this.lookBack.showFlame(view, message.shown);
        break;
      case 'openSite': {
        const site = this.pageCopy.site(message.site) ?? this.lookBack.site(message.site);
        if (site) await openSite(site, this.panel?.viewColumn);
        break;
      }
      case 'instances':
        if (view) await this.sendInstances(view, message.key, message.limit);
        break;
      case 'copyText':
        await vscode.env.clipboard.writeText(message.text);
        vscode.window.setStatusBarMessage(vscode.l10n.t('Copied.'), 3000);
        break;
      case 'copySnapshot':
        await this.context.copySnapshot();
        break;
      case 'profile':
        await this.context.profile();
        break;
      case 'openThreshold':
        await openThreshold(message.name);
        break;
    }
  }

  /** The page shows what was chosen already: when it could not be shown it is told again what is. */
  private async selectThread(view: ThreadView | null, threadId: ThreadChoice): Promise<void> {
    try {
      await view?.process.showThread(threadId);
    } finally {
      this.sent.delete('state');
      this.update();
    }
  }

  /** From the page of a failed attach, or from that of an attachment that ended. */
  private async attachAgain(view: ThreadView | null): Promise<void> {
    const { attaching } = this.context;
    if (attaching.current) await attaching.retry();
    else if (view && !view.live) {
      const { where, name } = view.attachment.info;
      await attaching.start({ where, label: name });
    }
  }

  /** Brings the page to what is to be shown now; sends nothing that it has already. */
  private update(): void {
    const { attachments, attaching } = this.context;
    const view = attachments.shown;
    this.follow(view);
    if (!this.panel || !this.ready) return;
    const { current } = attaching;
    if (current || !view) this.drawn = null;
    if (current) {
      const { target, steps, error } = current;
      this.sendChanged({ type: 'connecting', label: target.label, steps, error });
    } else if (!view) {
      if (!this.sent.has('empty')) this.context.reporter.run(() => this.sendEmpty());
    } else if (this.drawn?.view !== view || this.drawn.paused !== view.paused) this.sendAttachment(view);
    else {
      this.sendChanged({ type: 'state', attachment: view.toPanel() });
      this.sendChanged({ type: 'targets', targets: this.targets() });
    }
  }

  /** Beats of the shown view go to the page, one message each. */
  private follow(view: ThreadView | null): void {
    if (this.following?.view === view) return;
    this.following?.store.dispose();
    this.following = null;
    if (!view) return;
    const store = new DisposableStore();
    this.following = { view, store };
    store.add(
      view.onDidSnapshot((snapshot) => {
        const point = view.attachment.lastPoint;
        if (this.drawn?.view !== view || !point) return;
        this.send({ type: 'beat', attachment: view.toPanel(), ...this.pageCopy.changes(snapshot), point });
        this.lookBack.beat(view);
      }),
    );
  }

  private sendAttachment(view: ThreadView): void {
    this.pageCopy.clear();
    const snapshot = view.snapshot && this.pageCopy.changes(view.snapshot).snapshot;
    const attachment = view.toPanel();
    const targets = this.targets();
    this.drawn = { view, paused: view.paused };
    this.sent.clear();
    this.sent.set('state', JSON.stringify({ type: 'state', attachment }));
    this.sent.set('targets', JSON.stringify({ type: 'targets', targets }));
    this.lookBack.backToLive();
    this.send({
      type: 'attachment',
      attachment,
      targets,
      history: view.history(),
      marks: this.lookBack.marks(view),
      snapshot,
    });
    this.lookBack.beat(view);
  }

  private async sendEmpty(): Promise<void> {
    const listing = ++this.listing;
    const { attachments, attaching } = this.context;
    this.sent.set('empty', '');
    // Without a list the page still offers an address.
    const found = await this.context.listProcesses().catch((error: unknown) => {
      this.context.reporter.show(error);
      return [];
    });
    const { programs, editor } = apart(found);
    const listed = [...programs, ...editor].slice(0, PROCESSES);
    // Something else may be shown by now, or a later list be under way.
    if (listing !== this.listing || attachments.shown || attaching.current) return;
    this.listed = listed;
    this.sent.clear();
    this.sent.set('empty', '');
    this.send({ type: 'empty', processes: listed.map(toPanelProcess), lookedUpAtMs: Date.now() });
  }

  private async sendInstances(view: ThreadView, key: string, limit: number): Promise<void> {
    const { instances, total } = await view.attachment.instances(key, limit);
    if (this.context.attachments.shown === view) {
      this.send({ type: 'instances', key, instances: boundedInstances(instances, limit), total });
    }
  }

  private compare(shown: boolean): void {
    if (this.comparing) clearInterval(this.comparing);
    this.comparing = shown ? setInterval(() => this.sendProcesses(), COMPARE_EVERY_MS) : null;
    this.sent.delete('processes');
    if (shown) this.sendProcesses();
  }

  private sendProcesses(): void {
    this.sendChanged({ type: 'processes', processes: comparedProcesses(this.context.attachments.live) });
  }

  private targets(): Extract<ToPanel, { type: 'targets' }>['targets'] {
    return this.context.attachments.all.map((view) => view.toTarget());
  }

  private sendChanged(message: ToPanel): void {
    const text = JSON.stringify(message);
    if (this.sent.get(message.type) === text) return;
    if (message.type === 'connecting') this.sent.clear();
    this.sent.set(message.type, text);
    this.send(message);
  }

  private send(message: ToPanel): void {
    if (!this.panel?.visible || !this.ready) return;
    this.panel.webview.postMessage(message).then(undefined, (error: unknown) => this.context.log.error(String(error)));
  }
}

function toPanelProcess({ pid, program, nodeVersion, startedAtMs, inspector }: NodeProcess): PanelProcess {
  return {
    pid,
    program: short(program, 300),
    nodeVersion,
    startedAtMs,
    inspector: inspector && `${inspector.host}:${inspector.port}`,
  };
}
