// An HTTP/2 server of Node's: a page with 100 resources, an echo, trailers, an event stream. Prints its port.
import { createSecureServer } from 'node:http2';
import { readFileSync } from 'node:fs';

const [key, cert] = process.argv.slice(2).map((file) => readFileSync(file));
const server = createSecureServer({ key, cert, allowHTTP1: false });
const resources = Array.from({ length: 100 }, (_, i) => `<script src="/r/${i}.js"></script>`).join('\n');

server.on('stream', (stream, headers) => {
  const path = headers[':path'];
  stream.on('error', (e) => console.error(String(e)));
  if (path === '/page') {
    stream.respond({ ':status': 200, 'content-type': 'text/html', 'alt-svc': 'h3=":443"' });
    stream.end(`<!doctype html><title>page</title><script>window.loaded = 0</script>${resources}
<p id="count"></p><script>document.getElementById('count').textContent = 'loaded ' + window.loaded</script>`);
  } else if (path.startsWith('/r/')) {
    stream.respond({ ':status': 200, 'content-type': 'text/javascript' });
    stream.end('window.loaded++;');
  } else if (path === '/echo') {
    stream.respond({ ':status': 200, 'x-key': headers['x-api-key'] === process.env.EXPECTED_KEY ? 'right' : 'wrong' });
    stream.pipe(stream);
  } else if (path === '/empty') {
    stream.respond({ ':status': 200 }, { endStream: true });
  } else if (path === '/trailers') {
    stream.respond({ ':status': 200 }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'x-checksum': 'abc' }));
    stream.end('body');
  } else {
    stream.respond({ ':status': 404 });
    stream.end('nothing here\n');
  }
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
