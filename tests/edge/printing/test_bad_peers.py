"""What answers at a printer's address and is no printer, or hangs up: survived, and told once, in a sentence for a cook."""

import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from devices.conversation import NONSENSE
from edge.host import EdgeHost
from edge.printing import Printing
from edge.printing.printers import add_printer
from tests.edge.node_fixture import KITCHEN, STEAK, act
from tests.edge.printing.evening import jobs, order, printing, wait_for

BROKEN = "The connection to the printer broke: look at its plug and its cable, or switch it off and on."
TRIES = 4


def babbles(peer: socket.socket) -> None:
    """Whatever it hears, it answers noise."""
    peer.sendall(b"\xff" * 50)
    while peer.recv(4_096):
        peer.sendall(os.urandom(100))


def hangs_up(peer: socket.socket) -> None:
    """Closes in the middle of what it hears, which the kernel tells now as an end, now as a reset."""
    peer.recv(1)


@contextmanager
def listening(peer_does: Callable[[socket.socket], None]) -> Iterator[str]:
    """The address of a peer that does this at each connection."""

    def serve() -> None:
        while True:
            try:
                peer, _ = server.accept()
            except OSError:  # closed
                return
            with peer:
                try:
                    peer_does(peer)
                except OSError:  # the node hung up first
                    continue

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=serve, daemon=True).start()
        yield f"127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize(("peer_does", "told"), [(babbles, ("garbled", NONSENSE)), (hangs_up, ("interrupted", BROKEN))])
def test_however_often_it_is_tried_one_thing_is_told_of_it(
    peer_does: Callable[[socket.socket], None], told: tuple[str, str], host: EdgeHost
) -> None:
    running: list[Printing] = []
    reports: list[tuple[str, str]] = []

    def changed() -> None:
        one = next((one for found in running for one in found.states()), None)
        if one and reports[-1:] != [(one["state"], one["detail"])]:
            reports.append((one["state"], one["detail"]))

    with listening(peer_does) as address:
        act(host, add_printer, name="Grill", address=address, station_ids=[KITCHEN])
        with printing(host, on_change=changed) as found:
            running.append(found)
            order(host, STEAK)
            wait_for(lambda: bool(jobs(host)) and jobs(host)[0]["attempts"] >= TRIES)
    ailing = reports[reports.index(told) :]
    assert ailing == [told]
