// A Koa service: two asynchronous middlewares, a JSON answer.
import { createRequire } from 'node:module';
import { KEEP_ALIVE_MS } from './keepAlive.mjs';

const Koa = createRequire(process.argv[2])('koa');
const app = new Koa();

app.use(async (context, next) => {
  await next();
  context.set('x-request-id', '7');
});
app.use(async (context) => {
  context.body = { id: context.path.slice(7), size: context.query.size, name: 'an item' };
});

const server = app.listen(0, '127.0.0.1', () => process.stdout.write(`ready ${server.address().port}\n`));
server.keepAliveTimeout = KEEP_ALIVE_MS;
