"""Debian's websockets as a server that echoes what has the right key, and one page that opens a WebSocket to it."""

import asyncio
import http
import os
import ssl
import sys

import websockets

PAGE = b"""<!doctype html><title>page</title><p id=state>waiting</p><script>
const socket = new WebSocket(`wss://${location.host}/echo`, ['one', 'two']);
const state = document.getElementById('state');
socket.onopen = () => socket.send('hello');
socket.onmessage = (message) => {
  state.textContent = `${message.data} ${socket.protocol}`;
  if (message.data === 'hello') socket.send('seen');
};
</script><img src=/seen alt="loaded when the server has heard it">"""

seen = asyncio.Event()


async def echo(socket):
    if socket.request_headers.get("x-api-key") != os.environ["EXPECTED_KEY"]:
        await socket.close(4001, "wrong key")
        return
    async for message in socket:
        await socket.send(message)
        if message == "seen":
            seen.set()


async def page(path, headers):
    if path == "/page":
        return http.HTTPStatus.OK, [("Content-Type", "text/html")], PAGE
    if path == "/seen":
        await seen.wait()
        return http.HTTPStatus.OK, [], b"seen"
    return None


async def main():
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(sys.argv[2], sys.argv[1])
    async with websockets.serve(
        echo, "127.0.0.1", 0, ssl=tls, process_request=page, subprotocols=["two"], max_size=None, max_queue=2,
        ping_interval=None,
    ) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.Future()


asyncio.run(main())
