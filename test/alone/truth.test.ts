import assert from 'node:assert/strict';
import { cases as before } from '../bench/truth/before.part';
import { cases as handles } from '../bench/truth/handles.part';
import { cases as loop } from '../bench/truth/loop.part';
import { cases as requests } from '../bench/truth/requests.part';
import { cases as timers } from '../bench/truth/timers.part';
import { cases as times } from '../bench/truth/times.part';
import { NODE_MAJORS } from '../support/nodes.mjs';
import { stopTargets } from '../support/target';

// The bench prints the same figures with their errors: npm run bench:truth
for (const [what, cases] of Object.entries({
  timers,
  requests,
  handles,
  'what existed before': before,
  'turns and callbacks': loop,
  'lateness, longest callbacks and ages': times,
})) {
  describe(`the truth of ${what}, on every Node`, () => {
    afterEach(stopTargets);

    for (const { sentence, rows } of cases) {
      it(sentence, async () => {
        const all = await Promise.all(NODE_MAJORS.map(async (major) => ({ major, rows: await rows(major) })));
        const wrong = all.flatMap(({ major, rows }) =>
          rows
            .filter(({ holds }) => !holds)
            .map(
              ({ figure, truth, measured, bound }) => `Node ${major}: ${figure}: ${measured} for ${truth} (${bound})`,
            ),
        );
        assert.deepEqual(wrong, []);
        assert.ok(all.every((each) => each.rows.length > 0));
      });
    }
  });
}
