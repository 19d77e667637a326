// Node's HTTP/2 client inside a CONNECT tunnel: an echo of two mebibytes, trailers, forty streams at once.
import { connect as connectH2 } from 'node:http2';
import { request } from 'node:http';
import { connect as connectTls } from 'node:tls';
import { readFileSync } from 'node:fs';
import { createHash, randomBytes } from 'node:crypto';
import assert from 'node:assert/strict';

const host = process.argv[2];
const proxy = new URL(process.env.HTTPS_PROXY);
const ca = readFileSync(process.env.NODE_EXTRA_CA_CERTS);

const tunnel = await new Promise((resolve, reject) => {
  const headers = { host: `${host}:443` };
  if (proxy.username) {
    const words = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
    headers['proxy-authorization'] = `Basic ${Buffer.from(words).toString('base64')}`;
  }
  request({ host: proxy.hostname, port: proxy.port, method: 'CONNECT', path: `${host}:443`, headers })
    .on('connect', (response, socket) =>
      response.statusCode === 200 ? resolve(socket) : reject(new Error(`CONNECT: ${response.statusCode}`)))
    .on('error', reject).end();
});
const tls = connectTls({ socket: tunnel, servername: host, ALPNProtocols: ['h2'], ca });
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
