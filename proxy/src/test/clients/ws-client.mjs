// A WebSocket over HTTP/1.1 or by RFC 8441 over HTTP/2: binary frames of a mebibyte, echoed, then a Close.
import { connect as connectH2 } from 'node:http2';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { tunnelTo } from './tunnel.mjs';

const [host, version, count] = process.argv.slice(2);
const FRAME = 1 << 20;
const handshake = { 'sec-websocket-version': '13', 'x-api-key': 'CREDENTIAL_PROXY_PLACEHOLDER' };

async function overHttp1() {
  const socket = await tunnelTo(host, 'http/1.1');
  const fields = { host, connection: 'Upgrade', upgrade: 'websocket', ...handshake,
    'sec-websocket-key': randomBytes(16).toString('base64') };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`).join('');
  socket.write(`GET /echo HTTP/1.1\r\n${lines}\r\n`);
  let head = Buffer.alloc(0);
  while (head.indexOf('\r\n\r\n') < 0) head = Buffer.concat([head, (await once(socket, 'data'))[0]]);
  if (!head.toString('latin1').startsWith('HTTP/1.1 101 ')) throw new Error(head.toString());
  return socket;
}

async function overHttp2() {
  const tls = await tunnelTo(host, 'h2');
  const session = connectH2(`https://${host}`, { createConnection: () => tls });
  const [settings] = await once(session, 'remoteSettings');
  if (!settings.enableConnectProtocol) throw new Error('no extended CONNECT');
  const stream = session.request({ ':method': 'CONNECT', ':protocol': 'websocket', ':path': '/echo', ...handshake });
  const [response] = await once(stream, 'response');
  if (response[':status'] !== 200) throw new Error(`status ${response[':status']}`);
  stream.on('close', () => session.close());
  return stream;
}

const duplex = await (version === 'h2' ? overHttp2() : overHttp1());
const payload = randomBytes(FRAME);
const mask = randomBytes(4);
const head = Buffer.from([0x82, 0xff, 0, 0, 0, 0, 0, 0x10, 0, 0, ...mask]);
const masked = Buffer.from(payload.map((byte, i) => byte ^ mask[i & 3]));
const frame = Buffer.concat([head, masked]);

const received = createHash('sha256');
let pending = Buffer.alloc(0);
let left = 0;
let echoed = 0;
let allEchoed;
const everything = new Promise((resolve) => { allEchoed = resolve; });
const closed = new Promise((resolve) => duplex.on('data', (piece) => {
  pending = pending.length ? Buffer.concat([pending, piece]) : piece;
  while (pending.length > 0) {
    if (left === 0) {
      const size = pending.length > 1 && pending[1] === 127 ? 10 : 4;
      if (pending.length < size) return;
      if (pending[0] === 0x88) { resolve(pending.readUInt16BE(2)); return; }
      left = size === 10 ? Number(pending.readBigUInt64BE(2)) : 0;
      pending = pending.subarray(size);
      continue;
    }
    const taken = pending.subarray(0, left);
    received.update(taken);
    echoed += taken.length;
    left -= taken.length;
    if (echoed === FRAME * Number(count)) allEchoed();
    pending = pending.subarray(taken.length);
  }
}));

const sent = createHash('sha256');
for (let i = 0; i < Number(count); i++) {
  sent.update(payload);
  if (!duplex.write(frame)) await once(duplex, 'drain');
}
await everything;
duplex.write(Buffer.from([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8]));
const code = await closed;
const same = received.digest('hex') === sent.digest('hex');
console.log(`echoed ${echoed} same ${same} close ${code}`);
