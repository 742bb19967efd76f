/** Reads a child's standard output line by line: each call answers the next line; rejects when the child ends. */
export function lineReader(child) {
  const lines = [];
  const waiting = [];
  let text = '';
  let ended;
  child.stdout.on('data', (data) => {
    text += data;
    const parts = text.split('\n');
    text = parts.pop();
    for (const line of parts) {
      const reader = waiting.shift();
      if (reader) reader.resolve(line);
      else lines.push(line);
    }
  });
  child.once('exit', (code, signal) => {
    ended = new Error(`process ${child.pid} ended with ${code ?? signal}`);
    for (const reader of waiting) reader.reject(ended);
  });
  return () =>
    new Promise((resolve, reject) => {
      if (lines.length > 0) resolve(lines.shift());
      else if (ended) reject(ended);
      else waiting.push({ resolve, reject });
    });
}
