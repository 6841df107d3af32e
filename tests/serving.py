"""Runs an ASGI application on a free port of this machine for the length of a block."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

import uvicorn
from starlette.types import ASGIApp

START_MAX_SECONDS = 20


@contextmanager
def serve(app: ASGIApp, **options: Any) -> Iterator[str]:
    """Answer with the address at which `app` is served; `options` are uvicorn's, `lifespan` being off by default."""
    settings = {"host": "127.0.0.1", "port": 0, "log_level": "error", "lifespan": "off", **options}
    server = uvicorn.Server(uvicorn.Config(app, **settings))
    thread = threading.Thread(target=server.run, name="served", daemon=True)
    thread.start()
    limit = monotonic() + START_MAX_SECONDS
    while not server.started:
        assert thread.is_alive(), "the server ended at once"
        assert monotonic() < limit, "the server did not start"
        thread.join(0.01)
    try:
        host, port, *_ = server.servers[0].sockets[0].getsockname()
        yield f"http://{host}:{port}"
    finally:
        server.should_exit = True
        server.force_exit = settings["lifespan"] == "off"  # which ends a lifespan's task too
        thread.join(START_MAX_SECONDS)
        assert not thread.is_alive(), "the server did not stop"
