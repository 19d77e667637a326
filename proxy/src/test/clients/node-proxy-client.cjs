// What programs do, each in its own way; prints one line for each. Runs with node-proxy.cjs preloaded.
'use strict';
const http = require('http');
const https = require('https');

const show = async (name, work) => {
  try {
    console.log(`${name} => ${await work()}`);
  } catch (error) {
    console.log(`${name} => error: ${error.cause ? error.cause.message : error.message} (${(error.cause || error).code})`);
  }
};
const text = (url, options) => fetch(url, options).then((response) => response.text());
const get = (module, ...options) =>
  new Promise((resolve, reject) => {
    const read = (response) => {
      let body = '';
      response.on('data', (chunk) => (body += chunk)).on('end', () => resolve(body));
    };
    module.get(...options, read).on('error', reject);
  });

(async () => {
  await show('fetch', () => text('https://api.test/a?b=c', { headers: { 'x-key': 'k' } }));
  await show('fetch with body', () => text('https://api.test/a', { method: 'POST', body: 'abc' }));
  await show('fetch plain', () => text('http://plain.test/p?q=1'));
  await show('fetch refused', () => text('https://evil.test/'));
  await show('fetch cut off', () => text('https://gone.test/'));
  await show('fetch direct', () => text(`http://127.0.0.1:${process.env.DIRECT_PORT}/d`));
  await show('https', () => get(https, 'https://api.test/h'));
  await show('https with an agent', () => get(https, 'https://api.test/h', { agent: new https.Agent({ keepAlive: true }) }));
  await show('https without an agent', () => get(https, 'https://api.test/h', { agent: false }));
  await show('https refused', () => get(https, 'https://evil.test/'));
  await show('http', () => get(http, 'http://plain.test:8000/h'));
  await show('http with headers as text', () => get(http, { host: 'plain.test', path: '/h', headers: ['Host', 'plain.test'] }));
  await show('http direct', () => get(http, `http://127.0.0.1:${process.env.DIRECT_PORT}/d`));
  await show('untrusted', () => text('https://other.test/'));
  process.exit();
})();
