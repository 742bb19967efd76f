// Plain node:http.
import { createServer } from 'node:http';
import { KEEP_ALIVE_MS } from './keepAlive.mjs';

const server = createServer((request, response) => {
  const body = JSON.stringify({ id: request.url.slice(7), name: 'an item' });
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.end(body);
});

server.listen(0, '127.0.0.1', () => process.stdout.write(`ready ${server.address().port}\n`));
server.keepAliveTimeout = KEEP_ALIVE_MS;
