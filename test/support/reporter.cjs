// Mocha's own spec output, and the counts as JSON in LOOPSCOPE_RESULT: what the runner believes.
const fs = require('node:fs');
const process = require('node:process');
const { reporters } = require('mocha');

module.exports = class Reporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const result = { passed: 0, failed: 0, ended: false, files: {} };
    const save = () => fs.writeFileSync(process.env.LOOPSCOPE_RESULT, JSON.stringify(result));
    runner.on('test end', (test) => {
      const file = test.file ?? '';
      result.files[file] = (result.files[file] ?? 0) + 1;
    });
    runner.on('pass', () => (result.passed += 1));
    runner.on('fail', () => (result.failed += 1)); // of hooks too
    runner.on('end', () => {
      result.ended = true;
      save();
    });
    save();
  }
};
