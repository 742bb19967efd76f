import * as vscode from 'vscode';
import type { Attachment } from '../attachment';
import { DisposableStore, type Disposable } from '../base/disposable';
import type { Finding, Severity, Site, Snapshot } from '../protocol/snapshot';
import type { Attachments } from './attachments';
import { short } from './bounds';
import { isFile } from './navigation';
import { fileOf } from './sourceFile';

/** Numbers in sentences change with each beat: so often they are written anew. */
const REFRESH_MS = 5000;

const SEVERITIES: Record<Severity, vscode.DiagnosticSeverity> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  info: vscode.DiagnosticSeverity.Information,
};

/**
 * The findings of all live attachments in the Problems view, while the setting says so: at their lines, or at the top of
 * the program where they have none. What is in no file of this machine is left out.
 */
export class Problems implements vscode.Disposable {
  private readonly store = new DisposableStore();
  private readonly collection = vscode.languages.createDiagnosticCollection('loopscope');
  private readonly following = new Map<Attachment, Disposable>();
  private readonly exists = new Map<string, boolean>();
  private drawn = { files: [] as string[], what: '', atMs: 0 };

  constructor(
    private readonly attachments: Attachments,
    private readonly isOn: () => boolean,
  ) {
    this.store.add(this.collection);
    this.store.add(attachments.onDidChange(() => this.update()));
    this.store.add(
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('loopscope.problems')) this.update();
      }),
    );
  }

  dispose(): void {
    this.store.dispose();
    for (const stop of this.following.values()) stop.dispose();
  }

  private update(): void {
    const live = this.isOn() ? this.attachments.live.map(({ attachment }) => attachment) : [];
    const wanted = new Set(live.flatMap((attachment) => [attachment, ...attachment.threads.attachments]));
    for (const [attachment, stop] of this.following) {
      if (wanted.has(attachment)) continue;
      stop.dispose();
      this.following.delete(attachment);
    }
    for (const attachment of wanted) {
      if (!this.following.has(attachment))
        this.following.set(
          attachment,
          attachment.onDidSnapshot(() => this.draw()),
        );
    }
    this.draw();
  }

  private draw(): void {
    const byFile = new Map<string, vscode.Diagnostic[]>();
    const what: string[] = [];
    for (const { snapshot, info } of this.following.keys()) {
      for (const finding of snapshot?.findings ?? []) {
        const place = snapshot && placeOf(finding, snapshot);
        if (!place || !this.isHere(place.file)) continue;
        what.push(`${info.id} ${finding.id} ${finding.severity} ${place.file}:${place.at.line}`);
        const problem = new vscode.Diagnostic(
          new vscode.Range(place.at, place.at),
          short(finding.text, 1000),
          SEVERITIES[finding.severity],
        );
        problem.source = vscode.l10n.t('Loopscope, {0}', short(info.name, 100));
        problem.code = finding.rule;
        byFile.set(place.file, [...(byFile.get(place.file) ?? []), problem]);
      }
    }
    const now = { files: [...byFile.keys()], what: what.join('\n'), atMs: Date.now() };
    if (now.what === this.drawn.what && now.atMs - this.drawn.atMs < REFRESH_MS) return;
    const gone = this.drawn.files.filter((file) => !byFile.has(file)).map((file) => [file, undefined] as const);
    this.drawn = now;
    this.collection.set([...gone, ...byFile].map(([file, problems]) => [vscode.Uri.file(file), problems]));
  }

  /** Whether a file is on this machine; it is looked for once, and then drawn. */
  private isHere(file: string): boolean {
    const known = this.exists.get(file);
    if (known === undefined) {
      this.exists.set(file, false);
      void isFile(vscode.Uri.file(file)).then((found) => {
        this.exists.set(file, found);
        if (found) this.draw();
      });
    }
    return known ?? false;
  }
}

/** Where a finding is shown; null when that is in no file. */
function placeOf({ site: id }: Finding, { sites, target }: Snapshot): { file: string; at: vscode.Position } | null {
  const site: Pick<Site, 'url' | 'line' | 'column'> | undefined =
    id === null ? { url: target.program, line: 1, column: 1 } : sites[id];
  const file = site && fileOf(site.url);
  return file ? { file, at: new vscode.Position(Math.max(0, site.line - 1), Math.max(0, site.column - 1)) } : null;
}
