// A stub proxy and the servers behind it, then one Node program that is pointed at the proxy by variables alone:
//   node node-proxy-stub.cjs CERTIFICATE KEY BOOTSTRAP PROGRAM
'use strict';
const fs = require('fs');
const http = require('http');
const https = require('https');
const net = require('net');
const { spawn } = require('child_process');

const [certificate, key, bootstrap, program] = process.argv.slice(2);
const describe = (request) => `${request.headers.host} ${request.method} ${request.url} login=${request.headers['proxy-authorization'] || ''}`;
const refusal = 'code: policy.host_not_allowed\n';

const server = https.createServer({ cert: fs.readFileSync(certificate), key: fs.readFileSync(key) }, (request, response) => {
  request.resume().on('end', () => response.end(`tls ${describe(request)} key=${request.headers['x-key'] || ''}`));
});
const proxy = http.createServer((request, response) => response.end(`plain ${describe(request)}`));
proxy.on('connect', (request, socket) => {
  const host = request.url.split(':')[0];
  if (host === 'evil.test') {
    socket.end(`HTTP/1.1 403 Forbidden\r\nContent-Length: ${refusal.length}\r\n\r\n${refusal}`);
  } else if (host === 'gone.test' || request.headers['proxy-authorization'] !== `Basic ${Buffer.from('box:a/b').toString('base64')}`) {
    socket.destroy();
  } else {
    const upstream = net.connect(server.address().port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      socket.pipe(upstream).pipe(socket);
    });
    upstream.on('error', () => socket.destroy());
    socket.on('error', () => upstream.destroy());
  }
});

server.listen(0, '127.0.0.1', () =>
  proxy.listen(0, '127.0.0.1', () => {
    const url = `http://box:a%2Fb@127.0.0.1:${proxy.address().port}`;
    const env = {
      PATH: process.env.PATH,
      HTTPS_PROXY: url,
      HTTP_PROXY: url,
      NO_PROXY: 'localhost,127.0.0.1,::1',
      NODE_EXTRA_CA_CERTS: certificate,
      NODE_OPTIONS: `--require="${bootstrap}"`,
      DIRECT_PORT: String(proxy.address().port),
    };
    spawn(process.execPath, [program], { stdio: 'inherit', env }).on('exit', (status) => process.exit(status));
  }),
);
