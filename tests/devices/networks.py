"""Networks of a test's own: places that have one each, entered by a thread, and joined by cables that don't exist."""

import ctypes
import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import ParamSpec, TypeVar

import pytest

P = ParamSpec("P")
T = TypeVar("T")
NODE, BITS = "10.77.0.1", 27
WAIT_SECONDS = 60.0
_NEW_NETWORK = 0x40000000  # CLONE_NEWNET


class Place:
    """Somewhere with a network of its own: what `at` runs, and the threads that this starts, see that and no other."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1)

    def at(self, do: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Runs it there."""
        return self._thread.submit(do, *args, **kwargs).result(WAIT_SECONDS)

    def ip(self, words: str) -> None:
        """Runs `ip` there."""
        self.at(subprocess.run, ["ip", *words.split()], check=True, capture_output=True)

    def close(self) -> None:
        """Nobody is there any more."""
        self._thread.shutdown()


class Lan:
    """A switch at the node's own place, and whatever is plugged into it."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack, self._plugs = stack, 0
        self.node = _place(stack)
        for words in (
            "link set lo up",
            "link add br0 type bridge",
            f"addr add {NODE}/{BITS} dev br0",
            "link set br0 up",
        ):
            self.node.ip(words)
        self._door = stack.enter_context(self.node.at(socket.create_server, (NODE, 0)))

    def plug_in(self, host: str) -> Place:
        """A place with a network card at an address."""
        there, self._plugs = _place(self._stack), self._plugs + 1
        cable = f"cable{self._plugs}"
        self.node.ip(f"link add {cable} type veth peer name eth0 netns {there.at(threading.get_native_id)}")
        self.node.ip(f"link set {cable} master br0 up")
        there.ip("link set eth0 up")
        there.ip(f"addr add {host}/{BITS} dev eth0")
        there.at(socket.create_connection, self._door.getsockname(), WAIT_SECONDS).close()  # until the cable carries
        return there

    def move(self, there: Place, host: str) -> None:
        """The card has another address, and the node's machine has forgotten who was where, as machines soon do."""
        there.ip("addr flush dev eth0")
        there.ip(f"addr add {host}/{BITS} dev eth0")
        self.node.ip("neigh flush dev br0")

    def lose_router(self) -> None:
        """Nobody reaches anybody, and the node's machine has no address."""
        self.node.ip("link set br0 down")
        self.node.ip("addr flush dev br0")

    def bring_router_back(self) -> None:
        """The node's machine has its address again."""
        self.node.ip(f"addr add {NODE}/{BITS} dev br0")
        self.node.ip("link set br0 up")


@contextmanager
def lan() -> Iterator[Lan]:
    """A network of the test's own; skipped where the machine allows none."""
    if shutil.which("ip") is None:
        pytest.skip("no ip to make a network of its own")
    with ExitStack() as stack:
        try:
            made = Lan(stack)
        except (OSError, subprocess.CalledProcessError) as error:
            pytest.skip(f"this machine allows no networks of a test's own: {error}")
        yield made


def _place(stack: ExitStack) -> Place:
    place = Place()
    stack.callback(place.close)
    place.at(_leave)
    return place


def _leave() -> None:
    if ctypes.CDLL(None, use_errno=True).unshare(_NEW_NETWORK):
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
