// TLS to a host inside a CONNECT of the sandbox's proxy.
import { request } from 'node:http';
import { connect } from 'node:tls';
import { readFileSync } from 'node:fs';

export async function tunnelTo(host, protocol) {
  const proxy = new URL(process.env.HTTPS_PROXY);
  const headers = { host: `${host}:443` };
  if (proxy.username) {
    const words = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
    headers['proxy-authorization'] = `Basic ${Buffer.from(words).toString('base64')}`;
  }
  const tunnel = await new Promise((resolve, reject) => {
    request({ host: proxy.hostname, port: proxy.port, method: 'CONNECT', path: `${host}:443`, headers })
      .on('connect', (response, socket) =>
        response.statusCode === 200 ? resolve(socket) : reject(new Error(`CONNECT: ${response.statusCode}`)))
      .on('error', reject).end();
  });
  const ca = readFileSync(process.env.NODE_EXTRA_CA_CERTS);
  return connect({ socket: tunnel, servername: host, ALPNProtocols: [protocol], ca });
}
