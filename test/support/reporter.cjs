// Mocha's own spec output, and counts and failures as JSON in LOOPSCOPE_RESULT: what the runner believes.
const fs = require('node:fs');
const process = require('node:process');
const { reporters } = require('mocha');

/** Of what is told of a failure again, at the end of all; the whole stands where it happened. */
const MOST_LINES = 8;
const FRAME = /^\s+at /;

module.exports = class Reporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const result = { passed: 0, failures: [], ended: false, files: {} };
    const save = () => fs.writeFileSync(process.env.LOOPSCOPE_RESULT, JSON.stringify(result));
    runner.on('test end', (test) => {
      const file = test.file ?? '';
      result.files[file] = (result.files[file] ?? 0) + 1;
    });
    runner.on('pass', () => (result.passed += 1));
    // Of hooks too.
    runner.on('fail', (test, error) => {
      const lines = String(error?.stack ?? error).split('\n');
      const frames = lines.filter((line) => FRAME.test(line)).slice(0, 3);
      const message = lines.filter((line) => line.trim() !== '' && !FRAME.test(line)).slice(0, MOST_LINES);
      result.failures.push([test.fullTitle(), ...message, ...frames].join('\n  '));
    });
    runner.on('end', () => {
      result.ended = true;
      save();
    });
    save();
  }
};
