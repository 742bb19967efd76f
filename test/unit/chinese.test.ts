import { speakChinese, speakEnglish } from '../support/chinese';
import assert from 'node:assert/strict';
import { AttachSteps } from '../../src/attachSteps';
import { aliveReport } from '../../src/model/aliveReport';
import { unreachable } from '../../src/target/reachErrors';
import { replay } from '../support/recorded';
import { snapshotOf } from '../support/samples';

speakEnglish();

const RUNS = ['garbageCollection', 'growingBuffers', 'heapNearLimit', 'lateTimers', 'processEvents', 'slowRequests'];
RUNS.push('slowWrites', 'synchronousCalls', 'threadPool');

describe('In Simplified Chinese', () => {
  beforeEach(speakChinese);
  afterEach(speakEnglish);

  const last = (run: string): { ids: string[]; texts: string[]; notes: string[] } => {
    const { findings = [], notes = [] } = [...replay(run)].at(-1) ?? {};
    return { ids: findings.map(({ id }) => id), texts: findings.map(({ text }) => text), notes };
  };

  for (const run of RUNS) {
    it(`what is found in the run ${run} has the same ids and other words`, () => {
      const { ids, texts, notes } = last(run);
      speakEnglish();
      const english = last(run);
      assert.deepEqual(ids, english.ids);
      const words = [...texts, ...notes];
      assert.ok(texts.length > 0);
      assert.deepEqual(
        words.filter((text) => !/\p{Script=Han}.*[。.]$/u.test(text) || /\{\d\}/.test(text)),
        [],
      );
      for (const text of english.texts) assert.ok(!texts.includes(text), text);
    });
  }

  it('a finding is one sentence in its own order', () => {
    const { texts } = last('synchronousCalls');
    assert.ok(
      texts.some((text) =>
        /^据 CPU 采样，在 report（faults\.cjs:\d+）中，fs 的 readFileSync 在最近 \d+ s 内使/.test(text),
      ),
      texts.join('\n'),
    );
    const [pool = ''] = last('threadPool').texts;
    assert.match(
      pool,
      /^线程池（UV_THREADPOOL_SIZE）的全部 4 个线程已忙碌 \d+ s：有 12 个请求待处理，.+全部是密钥派生，来自 faults\.cjs:\d+。$/,
    );
  });

  it('an error says what to do', () => {
    const refused = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
    assert.equal(
      unreachable('127.0.0.1', 9229, refused).message,
      '127.0.0.1:9229 上没有监听。请用 node --inspect=9229 启动程序，或从列表中选择进程。',
    );
  });

  it('so are the texts that are made when their file is loaded', () => {
    let labels: string[] = [];
    new AttachSteps(
      (steps) => (labels = steps.map(({ label }) => label)),
      () => 0,
    );
    assert.deepEqual(labels, ['查找进程', '连接到它的检查器', '确认是要找的进程', '装入探针', '第一个节拍']);
    const snapshot = snapshotOf({});
    const key = snapshot.pending[0]?.key ?? '';
    const interval = { id: 1, ageMs: 1, referenced: true, idle: false, detail: 'every 30000 ms' };
    const report = aliveReport({ snapshot, members: new Map([[key, [interval]]]), places: new Map(), workers: 0 });
    assert.match(report, /^## 240 个间隔定时器（poller\.ts:31）$/m);
    assert.match(report, /，每 30000 ms。$/m);
    assert.match(report, /^`clearInterval\(\)` 会结束它/m);
    assert.doesNotMatch(report, /\bends it\b/);
  });
});
