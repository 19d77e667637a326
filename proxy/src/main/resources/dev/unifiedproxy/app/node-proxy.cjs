// Makes Node.js 18 to 24 honour HTTPS_PROXY, HTTP_PROXY and NO_PROXY, without any package:
//
//   NODE_OPTIONS=--require=/certs/node-proxy.cjs
//
// Node reads these variables by itself only from 22.21 and 24.5 on, when NODE_USE_ENV_PROXY is 1; there this file does
// nothing. Elsewhere it covers `fetch`, `WebSocket` and every `https.Agent` (a CONNECT tunnel) and plain `http.Agent`s
// (a request in absolute form). A client that brings its own proxy agent is left alone. What the proxy says when it
// refuses a name is in the error: `error.message`, for `fetch` `error.cause.message`.
'use strict';

const http = require('http');
const https = require('https');
const net = require('net');
const tls = require('tls');

const CONNECT_TIMEOUT_MILLISECONDS = 30_000;
const REFUSAL_LIMIT_BYTES = 64 * 1024;
const DISPATCHER = Symbol.for('undici.globalDispatcher.1');

const variable = (name) => process.env[name.toLowerCase()] || process.env[name] || '';

const proxies = { 'https:': parseProxy('HTTPS_PROXY'), 'http:': parseProxy('HTTP_PROXY') };
const exceptions = parseExceptions(variable('NO_PROXY'));

if ((proxies['https:'] || proxies['http:']) && !nodeDoesItItself()) {
  coverAgents();
  coverFetch();
}

function nodeDoesItItself() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const able = major > 24 || (major === 24 && minor >= 5) || (major === 22 && minor >= 21);
  return able && (process.env.NODE_USE_ENV_PROXY === '1' || process.execArgv.includes('--use-env-proxy'));
}

// --- the variables -------------------------------------------------------------------------------------------------

function parseProxy(name) {
  const text = variable(name);
  if (!text) return null;
  let url;
  try {
    url = new URL(text.includes('://') ? text : `http://${text}`);
  } catch {
    process.emitWarning(`${name} is not a URL; this process does not use a proxy for it`);
    return null;
  }
  if (url.protocol !== 'http:') {
    process.emitWarning(`${name}: a proxy of the kind ${url.protocol}// is not supported (expected: http://)`);
    return null;
  }
  const login = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return {
    host: bare(url.hostname),
    port: Number(url.port || 80),
    origin: `http://${url.host}`,
    authorization: url.username || url.password ? `Basic ${Buffer.from(login).toString('base64')}` : null,
  };
}

function parseExceptions(text) {
  return text
    .split(/[\s,]+/)
    .filter(Boolean)
    .map((entry) => {
      const [, host, port] = /^(.*?)(?::(\d+))?$/.exec(net.isIPv6(entry) ? `[${entry}]` : entry);
      return { host: bare(host).toLowerCase().replace(/^\*?\./, ''), port: port ? Number(port) : null };
    });
}

/** The proxy for a destination; null where it is to be reached directly. */
function proxyFor(protocol, host, port) {
  const name = bare(host).toLowerCase();
  const direct = exceptions.some(
    (entry) =>
      (entry.port === null || entry.port === Number(port)) &&
      (entry.host === '*' || entry.host === name || name.endsWith(`.${entry.host}`)),
  );
  return direct ? null : proxies[protocol];
}

function bare(host) {
  return host.replace(/^\[|\]$/g, '');
}

function authority(host, port) {
  return `${net.isIPv6(bare(host)) ? `[${bare(host)}]` : bare(host)}:${port}`;
}

// --- the tunnel ----------------------------------------------------------------------------------------------------

/** Opens a CONNECT tunnel and calls back once, with an error that says why, or with the connected socket. */
function openTunnel(proxy, target, callback) {
  const socket = net.connect({ host: proxy.host, port: proxy.port });
  let received = Buffer.alloc(0);
  const finish = (error) => {
    clearTimeout(timer);
    socket.removeAllListeners('data').removeAllListeners('end').removeAllListeners('error');
    if (!error) return callback(null, socket);
    socket.on('error', () => socket.destroy());
    socket.destroy();
    callback(Object.assign(error, { code: error.code || 'ERR_PROXY_TUNNEL' }));
  };
  const timer = setTimeout(
    () => finish(new Error(`the proxy ${proxy.origin} did not open a tunnel to ${target} within 30 s`)),
    CONNECT_TIMEOUT_MILLISECONDS,
  );
  socket.on('connect', () => {
    const login = proxy.authorization ? `Proxy-Authorization: ${proxy.authorization}\r\n` : '';
    socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n${login}\r\n`);
  });
  socket.on('data', (chunk) => {
    received = Buffer.concat([received, chunk]);
    const answer = readAnswer(received, false);
    if (!answer) return;
    finish(answer.status === 200 ? null : refusal(proxy, target, answer));
  });
  socket.on('end', () => {
    const answer = readAnswer(received, true);
    finish(
      answer
        ? refusal(proxy, target, answer)
        : new Error(`the proxy ${proxy.origin} closed the connection before it answered for ${target}`),
    );
  });
  socket.on('error', (cause) =>
    finish(Object.assign(new Error(`cannot reach the proxy ${proxy.origin} for ${target}: ${cause.message}`), { code: cause.code, cause })),
  );
}

/** Status, reason, fields and body of the proxy's answer; null while more of it is to come. */
function readAnswer(bytes, ended) {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return bytes.length > REFUSAL_LIMIT_BYTES ? { status: 0, reason: 'an endless head', fields: {}, body: '' } : null;
  const [first, ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
  const [, status, reason] = /^HTTP\/1\.\d (\d{3}) ?(.*)$/.exec(first) || [null, 0, `not HTTP: ${first.slice(0, 80)}`];
  const fields = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon > 0) fields[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
  }
  const body = bytes.subarray(end + 4);
  const complete = Number(status) === 200 || ended || body.length >= Math.min(Number(fields['content-length'] ?? Infinity), REFUSAL_LIMIT_BYTES);
  return complete ? { status: Number(status), reason, fields, body: body.toString('utf8') } : null;
}

function refusal(proxy, target, answer) {
  const text = answer.body.trim().slice(0, 2000);
  const error = new Error(`the proxy ${proxy.origin} refused ${target}: ${`${answer.status} ${answer.reason}`.trim()}${text ? `: ${text}` : ''}`);
  return Object.assign(error, { statusCode: answer.status, proxyStatus: answer.fields['proxy-status'], body: answer.body });
}

// --- http and https ------------------------------------------------------------------------------------------------

function coverAgents() {
  const connectDirectly = https.Agent.prototype.createConnection;
  https.Agent.prototype.createConnection = function createConnection(options, callback) {
    const ours = options && typeof options === 'object' && typeof callback === 'function' && !options.socket && !options.socketPath;
    const host = ours && (options.host || options.hostname || 'localhost');
    const proxy = ours && proxyFor('https:', host, options.port || 443);
    if (!proxy) return connectDirectly.apply(this, arguments);
    openTunnel(proxy, authority(host, options.port || 443), (error, socket) => {
      if (error) return callback(error);
      const servername = options.servername || (net.isIP(bare(host)) ? '' : host);
      callback(null, connectDirectly.call(this, { ...options, socket, servername }));
    });
    return undefined;
  };

  const addDirectly = http.Agent.prototype.addRequest;
  http.Agent.prototype.addRequest = function addRequest(request, options, ...rest) {
    const ours = this.constructor === http.Agent && options && typeof options === 'object' && !options.socketPath && request.path.startsWith('/');
    const host = ours && (options.host || options.hostname || 'localhost');
    const proxy = ours && proxyFor('http:', host, options.port || 80);
    if (!proxy) return addDirectly.call(this, request, options, ...rest);
    request.path = `http://${authority(host, options.port || 80).replace(/:80$/, '')}${request.path}`;
    authorize(request, proxy);
    return addDirectly.call(this, request, { ...options, host: proxy.host, hostname: proxy.host, port: proxy.port }, ...rest);
  };
}

function authorize(request, proxy) {
  if (!request._header) {
    if (proxy.authorization) request.setHeader('Proxy-Authorization', proxy.authorization);
    return;
  }
  // Headers that were given as an array are already text.
  const fields = request._header.slice(request._header.indexOf('\r\n'));
  const login = proxy.authorization ? `\r\nProxy-Authorization: ${proxy.authorization}` : '';
  request._header = `${request.method} ${request.path} HTTP/1.1${login}${fields}`;
}

// --- fetch ---------------------------------------------------------------------------------------------------------

function coverFetch() {
  // Loads the client that is built into Node, which then sets its dispatcher; its class is not to be had in another way.
  if (typeof globalThis.fetch !== 'function' || !globalThis.Headers || !globalThis[DISPATCHER]) return;
  const Agent = globalThis[DISPATCHER].constructor;

  class EnvironmentAgent extends Agent {
    dispatch(options, handler) {
      const origin = new URL(String(options.origin));
      const proxy = origin.protocol === 'http:' && proxyFor('http:', origin.hostname, origin.port || 80);
      if (!proxy) return super.dispatch(options, handler);
      const headers = [...pairs(options.headers).filter(([name]) => !/^proxy-authorization$/i.test(name))];
      if (!headers.some(([name]) => /^host$/i.test(name))) headers.push(['host', origin.host]);
      if (proxy.authorization) headers.push(['proxy-authorization', proxy.authorization]);
      const absolute = { ...options, origin: proxy.origin, path: origin.origin + options.path, headers: headers.flat() };
      return super.dispatch(absolute, handler);
    }
  }

  globalThis[DISPATCHER] = new EnvironmentAgent({ connect });
}

function pairs(headers) {
  if (!headers) return [];
  if (!Array.isArray(headers)) return [...(headers[Symbol.iterator] ? headers : Object.entries(headers))];
  if (Array.isArray(headers[0])) return headers;
  return Array.from({ length: headers.length / 2 }, (_, i) => [String(headers[2 * i]), headers[2 * i + 1]]);
}

function connect(options, callback) {
  const host = bare(options.hostname);
  const secure = options.protocol === 'https:';
  const port = Number(options.port || (secure ? 443 : 80));
  const proxy = secure ? proxyFor('https:', host, port) : null;
  if (proxy) {
    openTunnel(proxy, authority(host, port), (error, socket) => (error ? callback(error) : secureOver({ socket })));
    return;
  }
  if (secure) return void secureOver({ host, port });
  connected(net.connect({ host, port, localAddress: options.localAddress }), 'connect');

  function secureOver(way) {
    const servername = options.servername || (net.isIP(host) ? undefined : host);
    connected(tls.connect({ ...way, servername, ALPNProtocols: ['http/1.1'] }), 'secureConnect');
  }

  function connected(socket, event) {
    const failed = (error) => done(error);
    const timer = setTimeout(() => socket.destroy(new Error(`no connection to ${authority(host, port)} within 30 s`)), CONNECT_TIMEOUT_MILLISECONDS);
    const done = (error) => {
      clearTimeout(timer);
      socket.removeListener('error', failed);
      callback(error || null, error ? null : socket);
    };
    socket.setNoDelay(true);
    socket.once('error', failed).once(event, () => done(null));
  }
}
