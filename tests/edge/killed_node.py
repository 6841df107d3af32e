"""A node in a process of its own, served as `buffr edge run` serves it, that can be killed and started again at once."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import uvicorn

import edge.host
from edge.app import build
from edge.database import connect
from edge.node import Node
from edge.settings import EdgeSettings
from tests.forked import forking

START_SECONDS = 60.0
END_SECONDS = 30.0


def run(folder: Path, told: Connection) -> None:
    """In the child: opens the node, tells its port, and serves until it is killed."""
    listening = socket.create_server(("127.0.0.1", 0))
    with Node(EdgeSettings(data=folder, keys=folder, readers=2)) as node:
        app = build(node, "http://node.test")
        told.send(listening.getsockname()[1])
        server = uvicorn.Server(uvicorn.Config(app, loop="uvloop", http="httptools", log_level="error"))
        server.run(sockets=[listening])


class _Forgetful:
    """A connection whose commits are never kept."""

    def __init__(self, real: Any) -> None:
        self._real = real

    def execute(self, sql: str, *parameters: Any) -> Any:
        return self._real.execute("ROLLBACK" if sql == "COMMIT" else sql, *parameters)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


def run_forgetful(folder: Path, told: Connection) -> None:
    """A node as it must not be: it answers, and nothing is durable."""
    setattr(edge.host, "connect", lambda *given, **named: _Forgetful(connect(*given, **named)))  # noqa: B010
    run(folder, told)


@contextmanager
def mortal_node(
    folder: Path, target: Callable[[Path, Connection], None] = run
) -> Iterator[tuple[str, Callable[[], None]]]:
    """The node's address, and what kills it; at the end of the block it is killed in any case."""
    context = forking()
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=target, args=(folder, theirs), daemon=True)
    process.start()
    theirs.close()

    def kill() -> None:
        process.kill()
        process.join(END_SECONDS)
        assert process.exitcode is not None, "it is not dead"

    try:
        assert ours.poll(START_SECONDS), "the node did not start"
        yield f"http://127.0.0.1:{ours.recv()}", kill
    finally:
        kill()
        process.close()
        ours.close()
