// An Express service: middleware, a route with a parameter, a JSON answer.
import { createRequire } from 'node:module';
import { KEEP_ALIVE_MS } from './keepAlive.mjs';

const express = createRequire(process.argv[2])('express');
const app = express();

app.use((request, response, next) => {
  response.setHeader('x-request-id', '7');
  next();
});
app.get('/items/:id', (request, response) => {
  response.json({ id: request.params.id, size: request.query.size, name: 'an item' });
});

const server = app.listen(0, '127.0.0.1', () => process.stdout.write(`ready ${server.address().port}\n`));
server.keepAliveTimeout = KEEP_ALIVE_MS;
