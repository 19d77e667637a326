// Ten thousand intercepted connections that do nothing: what they cost the proxy, and what they cost others.
// node idle.mjs PROXY_PORT PROXY_PID HOST CA_FILE [COUNT]; the proxy's own limits must let so many in.
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { readFileSync } from 'node:fs';

const [port, pid, host, caFile, count = '10000'] = process.argv.slice(2);
const ca = readFileSync(caFile);
const rss = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);

function tunnel(session) {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(`CONNECT ${host}:443 HTTP/1.1\r\nHost: ${host}:443\r\n\r\n`);
      socket.once('data', (head) => {
        if (!String(head).startsWith('HTTP/1.1 200')) return reject(new Error(String(head)));
        const tls = connectTls({ socket, servername: host, ca, session }, () => resolve(tls));
        tls.on('error', reject);
      });
    });
    socket.on('error', reject);
  });
}

function get(tls) {
  return new Promise((resolve, reject) => {
    const begun = process.hrtime.bigint();
    tls.write(`GET /v1/json HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer placeholder-000000\r\n\r\n`);
    tls.once('data', (data) => {
      if (!String(data).startsWith('HTTP/1.1 200')) return reject(new Error(String(data).slice(0, 200)));
      resolve(Number(process.hrtime.bigint() - begun) / 1e6);
    });
  });
}

// A request on a new connection, as somebody else's would be; medians of 200.
async function newRequests() {
  const times = [];
  for (let i = 0; i < 200; i++) {
    const begun = process.hrtime.bigint();
    const tls = await tunnel();
    await get(tls);
    times.push(Number(process.hrtime.bigint() - begun) / 1e6);
    tls.destroy();
  }
  return times.sort((a, b) => a - b)[100];
}

await newRequests();
const before = { rss: rss(), ms: await newRequests() };
const idle = [];
while (idle.length < Number(count)) {
  idle.push(...await Promise.all(Array.from({ length: Math.min(50, count - idle.length) }, () => tunnel())));
}
const after = { rss: rss(), ms: await newRequests() };
console.log(`${idle.length} idle connections: ${((after.rss - before.rss) / idle.length).toFixed(1)} KiB each`);
console.log(`a new request: ${before.ms.toFixed(2)} ms on the idle proxy, ${after.ms.toFixed(2)} ms beside them, ratio ${(after.ms / before.ms).toFixed(2)}`);
process.exit(0);
