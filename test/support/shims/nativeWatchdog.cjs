// Stands in for native-watchdog, which needs a compiler: ends the extension host when its server is gone.
const process = require('node:process');
const { setInterval } = require('node:timers');

exports.start = (pid) => {
  setInterval(() => {
    try {
      process.kill(pid, 0);
    } catch {
      process.exit(87);
    }
  }, 2000).unref();
};
exports.exit = (code) => process.exit(code);
