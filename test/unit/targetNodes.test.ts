import assert from 'node:assert/strict';
import type { AttachmentView } from '../../src/editor/attachmentView';
import type { Words } from '../../src/editor/lineWords';
import { chosenTarget, targetNodes, tooltipOf } from '../../src/editor/targetNodes';
import type { Finding, TargetState } from '../../src/protocol/snapshot';
import { snapshotOf } from '../support/samples';

const l10n: Words = {
  t: (text, ...values) => text.replace(/\{(\d)\}/g, (_, index: string) => String(values[Number(index)])),
};

const finding = (severity: Finding['severity']): Finding => {
  return { id: severity, rule: 'a', severity, text: `A sentence of an ${severity}.`, site: null, action: null };
};

interface Thread {
  threadId: number;
  name?: string;
  state?: TargetState;
  findings?: Finding[];
}

/** A view of a process of these threads; those without a state are not attached. */
function viewOf(id: string, threads: Thread[]): AttachmentView {
  const attached = threads.flatMap(({ threadId, state, findings = [] }) => {
    if (state === undefined) return [];
    const info = { id, threadId, name: 'api.js', pid: 4321, nodeVersion: '24.1.0' };
    return [{ info, state, snapshot: snapshotOf({ findings }), threads: { attachments: [] as unknown[] } }];
  });
  const [main, ...workers] = attached;
  main?.threads.attachments.push(...workers);
  const listed = threads.map(({ threadId, name = '' }) => ({ threadId, name, ended: false }));
  return { id, attachment: main, toPanel: () => ({ threads: listed }) } as unknown as AttachmentView;
}

describe('The tree of targets', () => {
  it('has a process with its state and how many findings there are', () => {
    const quiet = viewOf('a', [{ threadId: 0, state: 'running' }]);
    const sick = viewOf('b', [{ threadId: 0, state: 'blocked', findings: [finding('error'), finding('warning')] }]);
    const [first, second] = targetNodes([quiet, sick], l10n);
    assert.deepEqual(first, {
      attachmentId: 'a',
      threadId: null,
      label: 'api.js',
      description: 'running · pid 4321',
      state: 'running',
      worst: null,
      children: [],
    });
    assert.equal(second?.description, 'blocked · 2 findings · pid 4321');
    assert.equal(second.worst, 'error');
  });

  it('has its threads as soon as there are several, each with what is known of it', () => {
    const worker: Thread = { threadId: 2, name: 'helper', state: 'running', findings: [finding('warning')] };
    const view = viewOf('a', [{ threadId: 0, state: 'running' }, { threadId: 1, name: 'pool' }, worker]);
    const [process] = targetNodes([view], l10n);
    assert.deepEqual(
      process?.children.map(({ threadId, label, description, state }) => ({ threadId, label, description, state })),
      [
        { threadId: 0, label: 'Main thread', description: 'running', state: 'running' },
        { threadId: 1, label: 'Worker 1', description: 'pool', state: null },
        { threadId: 2, label: 'Worker 2', description: 'running · 1 finding · helper', state: 'running' },
      ],
    );
  });

  it('says on hover what is wrong', () => {
    const view = viewOf('a', [{ threadId: 0, state: 'running', findings: [finding('warning')] }]);
    const [node] = targetNodes([view], l10n);
    assert.equal(tooltipOf(node!, [view], l10n), 'api.js (pid 4321), Node.js 24.1.0\nA sentence of an warning.');
    assert.equal(tooltipOf(node!, [], l10n), '');
  });

  it('is what its commands are given, and nothing else is taken for it', () => {
    const view = viewOf('a', [{ threadId: 0, state: 'running' }, { threadId: 3 }]);
    const [process] = targetNodes([view], l10n);
    assert.deepEqual(chosenTarget(process), { attachmentId: 'a', threadId: null });
    assert.deepEqual(chosenTarget(process?.children[1]), { attachmentId: 'a', threadId: 3 });
    for (const other of [undefined, null, 'a', { pid: 4 }, { attachmentId: 'a' }, { attachmentId: 4, threadId: 0 }]) {
      assert.equal(chosenTarget(other), null);
    }
  });
});
