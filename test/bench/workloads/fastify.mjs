// A Fastify service: a hook, a route with a parameter, a JSON answer by schema.
import { createRequire } from 'node:module';
import { KEEP_ALIVE_MS } from './keepAlive.mjs';

const app = createRequire(process.argv[2])('fastify')({ keepAliveTimeout: KEEP_ALIVE_MS });
const text = { type: 'string' };
const schema = { response: { 200: { type: 'object', properties: { id: text, size: text, name: text } } } };

app.addHook('onRequest', async (request, reply) => void reply.header('x-request-id', '7'));
app.get('/items/:id', { schema }, async ({ params, query }) => ({ id: params.id, size: query.size, name: 'an item' }));

await app.listen({ port: 0, host: '127.0.0.1' });
process.stdout.write(`ready ${app.server.address().port}\n`);
