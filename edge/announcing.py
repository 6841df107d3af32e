"""Tells the node's name on the LAN, so that nobody has to type its address into a terminal."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

import structlog

from devices.mdns import NODES, Interfaces, Service, announced
from edge.node import VERSION, Node

LOOPBACK = ("127.0.0.1", "::1", "localhost")
log = structlog.get_logger(__name__)


@contextmanager
def told_to_terminals(node: Node, address: str, *, interfaces: Interfaces = None) -> Iterator[Service | None]:
    """Tells where the node is for the length of the block; None where it is for this machine alone, or nobody can be told.

    A network without multicast is no reason not to serve.
    """
    at = urlsplit(address)
    if not node.settings.announce or at.hostname is None or (at.hostname in LOOPBACK and interfaces is None):
        yield None
        return
    one = node.identity
    about = {
        "property_id": one.property_id,
        "node_code": one.code,
        "version": VERSION,
        "host": f"buffr-{one.code.lower()}-{one.property_id[:8]}",
    }
    service = Service(NODES, f"{node.property_name()} {one.code}", at.hostname, at.port or 80, about)
    with ExitStack() as stack:
        try:
            told = stack.enter_context(announced(service, interfaces=interfaces))
        except (OSError, ValueError) as error:
            log.warning("node_not_announced", why=str(error))
            yield None
            return
        log.info("node_announced", name=told.name)
        yield told
