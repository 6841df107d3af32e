"""The yardstick of a kitchen screen: a bare relay. An order comes by POST, is answered, and goes to every WebSocket.

No database, no tokens, no look at the order. A message carries the moment from which the node counts too: when the order
is sure, just before it is answered.
"""

import asyncio
import socket
import sys
import time
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

MESSAGE = b'{"sure_at":%d,"order":%b}'


def relay() -> Starlette:
    """The application."""
    screens: set[WebSocket] = set()
    sending: set[asyncio.Task[None]] = set()

    async def tell(text: str) -> None:
        for screen in list(screens):
            await screen.send_text(text)

    async def order(request: Request) -> Response:
        body = await request.body()
        task = asyncio.create_task(tell((MESSAGE % (time.monotonic_ns(), body)).decode()))
        sending.add(task)
        task.add_done_callback(sending.discard)
        return Response(body, 201, media_type="application/json")

    async def screen(socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_text("{}")
        screens.add(socket)
        try:
            while True:
                await socket.receive_text()
        except WebSocketDisconnect:
            screens.discard(socket)

    return Starlette(routes=[Route("/orders", order, methods=["POST"]), WebSocketRoute("/ws", screen)])


def main() -> None:
    """Serves until it is told to stop: `--port 0 --port-file FILE`, as the node is served."""
    port_file = Path(sys.argv[sys.argv.index("--port-file") + 1])
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port_file.write_text(str(listening.getsockname()[1]))
        config = uvicorn.Config(
            relay(),
            loop="uvloop",
            http="httptools",
            ws="websockets-sansio",
            ws_ping_interval=None,
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=3,
        )
        uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main()
