"""Edges' doubles for a player to play to."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from buffr.replay.publish import EdgeAccess
from tests.buffr.replay.edge_double import EdgeDouble, Serving, serve

ServeEdge = Callable[..., Serving]


@pytest.fixture
def serve_edge() -> Iterator[ServeEdge]:
    """Serves a double until the test ends; its arguments are the double's fields."""
    with ExitStack() as stack:

        def start(**fields: object) -> Serving:
            serving = serve(EdgeDouble(**fields))  # type: ignore[arg-type]
            stack.callback(serving.stop)
            return serving

        yield start


@pytest.fixture
def access() -> Callable[..., EdgeAccess]:
    """Both tokens at a served double, by its own address or that of a link to it."""

    def enter(serving: Serving, url: str | None = None) -> EdgeAccess:
        terminal_token = serving.edge.enter("terminal")
        return EdgeAccess(url or serving.url, terminal_token, serving.edge.enter("session", at=terminal_token))

    return enter
