import assert from 'node:assert/strict';
import { snapshotWhere, stopTargets, Target } from '../support/target';

const PATIENT_MS = 45_000;

describe('Findings of real programs', () => {
  afterEach(stopTargets);

  it('name synchronous calls and regular expressions on the oldest and the newest Node', async () => {
    await Promise.all(
      [18, 26].map(async (major) => {
        const target = await Target.start(major, 'findings/faults.cjs', { args: ['synchronousCalls'] });
        const attachment = await target.attach();
        for (const says of [
          /^In report at .+, readFileSync of fs held/,
          /^In validate at .+, the regular expression/,
        ]) {
          await snapshotWhere(attachment, ({ findings }) => findings.some(({ text }) => says.test(text)), PATIENT_MS);
        }
      }),
    );
  });

  it('know the size of the thread pool', async () => {
    const how = { args: ['threadPool'], env: { UV_THREADPOOL_SIZE: '2' } };
    const target = await Target.start(24, 'findings/faults.cjs', how);
    const attachment = await target.attach();
    attachment.setThresholds({ ...attachment.options.thresholds, threadPoolMs: 100 });
    const ofPool = ({ rule }: { rule: string }): boolean => rule === 'thread-pool';
    const { findings } = await snapshotWhere(attachment, (snapshot) => snapshot.findings.some(ofPool), PATIENT_MS);
    assert.match(findings.find(ofPool)?.text ?? '', /^All 2 threads of the thread pool /);
  });
});
