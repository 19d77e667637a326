// Node's HTTP/2 client inside a CONNECT tunnel: an echo of two mebibytes, trailers, forty streams at once.
import { connect as connectH2 } from 'node:http2';
import { createHash, randomBytes } from 'node:crypto';
import assert from 'node:assert/strict';
import { tunnelTo } from './tunnel.mjs';

const host = process.argv[2];
const tls = await tunnelTo(host, 'h2');
const session = connectH2(`https://${host}`, { createConnection: () => tls });

function call(headers, body) {
  return new Promise((resolve, reject) => {
    const stream = session.request({ 'x-api-key': 'CREDENTIAL_PROXY_PLACEHOLDER', ...headers });
    const reply = { body: [], trailers: {} };
    stream.on('response', (fields) => { reply.headers = fields; });
    stream.on('trailers', (fields) => { reply.trailers = fields; });
    stream.on('data', (piece) => reply.body.push(piece));
    stream.on('end', () => resolve({ ...reply, body: Buffer.concat(reply.body) }));
    stream.on('error', reject);
    stream.end(body);
  });
}

const sent = randomBytes(2 * 1024 * 1024);
const echo = await call({ ':method': 'POST', ':path': '/echo' }, sent);
assert.equal(echo.headers[':status'], 200);
assert.equal(echo.headers['x-key'], 'right');
assert.equal(createHash('sha256').update(echo.body).digest('hex'), createHash('sha256').update(sent).digest('hex'));

const trailers = await call({ ':path': '/trailers' });
assert.equal(trailers.body.toString(), 'body');
assert.equal(trailers.trailers['x-checksum'], 'abc');

const many = await Promise.all(Array.from({ length: 40 }, (_, i) => call({ ':path': `/r/${i}.js` })));
assert.ok(many.every((reply) => reply.headers[':status'] === 200 && reply.body.toString() === 'window.loaded++;'));

const elsewhere = await call({ ':path': '/page', ':authority': 'other.example' });
assert.equal(elsewhere.headers[':status'], 421);

session.close();
console.log('all well');
