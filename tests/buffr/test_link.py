import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, suppress

import pytest

from buffr import link as link_module
from buffr.link import LinkProxy, LinkState
from tests.buffr.waiting import until

SOCKET_SECONDS_MAX = 20.0


class Upstream:
    """A server that keeps what it gets and echoes it."""

    def __init__(self) -> None:
        self.got = bytearray()
        self.ended = 0
        self.reset = 0
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._peers: list[socket.socket] = []
        self._threads[0].start()

    @property
    def port(self) -> int:
        return int(self._listening.getsockname()[1])

    def stop(self) -> None:
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._threads[0].join(SOCKET_SECONDS_MAX)
        for peer in self._peers:
            with suppress(OSError):
                peer.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(SOCKET_SECONDS_MAX)
        for peer in self._peers:
            peer.close()

    def _accept(self) -> None:
        while True:
            try:
                peer, _ = self._listening.accept()
            except OSError:
                return
            self._peers.append(peer)
            self._threads.append(threading.Thread(target=self._echo, args=[peer], daemon=True))
            self._threads[-1].start()

    def _echo(self, peer: socket.socket) -> None:
        try:
            while chunk := peer.recv(65_536):
                self.got += chunk
                peer.sendall(chunk)
            self.ended += 1
            peer.shutdown(socket.SHUT_WR)
        except OSError:
            self.reset += 1


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    server = Upstream()
    yield server
    server.stop()


@pytest.fixture
def link(upstream: Upstream, caplog: pytest.LogCaptureFixture) -> Iterator[LinkProxy]:
    with caplog.at_level(logging.WARNING, "asyncio"), LinkProxy("127.0.0.1", upstream.port) as proxy:
        yield proxy
    assert not caplog.records, "the loop had something to complain about"


@pytest.fixture
def dial() -> Iterator["Dial"]:
    with ExitStack() as stack:
        yield Dial(stack)


class Dial:
    """Opens connections that are closed when the test ends."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack

    def __call__(self, link: LinkProxy) -> socket.socket:
        client = socket.create_connection(("127.0.0.1", link.port), SOCKET_SECONDS_MAX)
        return self._stack.enter_context(client)


def echoed(client: socket.socket, sent: bytes) -> bytes:
    client.sendall(sent)
    return received(client, len(sent))


def received(client: socket.socket, count: int) -> bytes:
    got = b""
    while len(got) < count and (chunk := client.recv(count - len(got))):
        got += chunk
    return got


def assert_silent(client: socket.socket) -> None:
    """Nothing has come; the calls before have made sure that it would be here by now."""
    client.setblocking(False)
    with pytest.raises(BlockingIOError):
        client.recv(1)
    client.settimeout(SOCKET_SECONDS_MAX)


def assert_reset(client: socket.socket) -> None:
    with pytest.raises(ConnectionResetError):
        client.recv(1)


def assert_dial_is_reset(dial: Dial, link: LinkProxy) -> None:
    """The reset may come before or after the handshake is seen to be over."""
    with pytest.raises(ConnectionResetError):
        dial(link).recv(1)


def test_an_open_link_carries_both_directions_and_counts_the_bytes(
    link: LinkProxy, upstream: Upstream, dial: Dial
) -> None:
    client = dial(link)
    assert echoed(client, b"hello") == b"hello"
    assert echoed(client, b"x" * 300_000) == b"x" * 300_000
    assert (link.bytes_up, link.bytes_down, link.bytes_swallowed) == (300_005, 300_005, 0)
    assert (link.state, link.live, link.accepted) == (LinkState.OPEN, 1, 1)
    assert link.url == f"http://127.0.0.1:{link.port}"


def test_an_end_of_one_direction_is_passed_on_and_the_other_flows_to_its_end(
    link: LinkProxy, upstream: Upstream, dial: Dial
) -> None:
    client = dial(link)
    client.sendall(b"last words")
    client.shutdown(socket.SHUT_WR)
    assert received(client, 100) == b"last words"
    assert client.recv(1) == b""
    assert upstream.ended == 1
    until(lambda: link.live == 0)


def test_a_refused_link_resets_what_is_live_and_lets_nobody_in(link: LinkProxy, upstream: Upstream, dial: Dial) -> None:
    clients = [dial(link) for _ in range(3)]
    for client in clients:
        echoed(client, b"hi")
    link.refuse()
    assert (link.state, link.live) == (LinkState.REFUSED, 0)
    for client in clients:
        assert_reset(client)
    until(lambda: upstream.reset == 3)
    for _ in range(3):
        with pytest.raises(ConnectionRefusedError):
            dial(link)


def test_a_refused_link_opens_again_on_the_same_port(link: LinkProxy, dial: Dial) -> None:
    port = link.port
    for _ in range(5):
        link.refuse()
        with pytest.raises(ConnectionRefusedError):
            dial(link)
        link.open()
        assert link.port == port
        assert echoed(dial(link), b"again") == b"again"


def test_nobody_else_gets_the_port_while_the_link_refuses(link: LinkProxy) -> None:
    link.refuse()
    with socket.socket() as other, pytest.raises(OSError, match="in use"):
        other.bind(("127.0.0.1", link.port))


def test_a_hanging_link_stalls_what_is_live_and_loses_no_byte_of_it(
    link: LinkProxy, upstream: Upstream, dial: Dial
) -> None:
    client = dial(link)
    echoed(client, b"before ")
    link.hang()
    client.sendall(b"during ")
    # A second connection's bytes reach the link after the first one's, and both have reached it now.
    late = dial(link)
    late.sendall(b"?")
    until(lambda: link.bytes_swallowed == 1)
    assert_silent(client)
    assert upstream.got == b"before "
    link.open()
    assert received(client, 7) == b"during "
    assert echoed(client, b"after") == b"after"
    assert upstream.got == b"before during after"


def test_a_hanging_link_accepts_and_swallows_and_never_answers(link: LinkProxy, upstream: Upstream, dial: Dial) -> None:
    link.hang()
    client = dial(link)
    client.sendall(b"x" * 200_000)
    until(lambda: link.bytes_swallowed == 200_000)
    assert_silent(client)
    assert (link.state, link.live, link.bytes_up, upstream.got) == (LinkState.HANGING, 1, 0, bytearray())


def test_what_came_while_hanging_is_reset_when_the_link_opens(link: LinkProxy, upstream: Upstream, dial: Dial) -> None:
    link.hang()
    client = dial(link)
    client.sendall(b"lost")
    until(lambda: link.bytes_swallowed == 4)
    link.open()
    assert_reset(client)
    assert echoed(dial(link), b"new") == b"new"
    assert upstream.got == b"new"


def test_a_stalled_client_that_gives_up_does_no_harm(link: LinkProxy, upstream: Upstream, dial: Dial) -> None:
    client = dial(link)
    echoed(client, b"hi")
    link.hang()
    client.sendall(b" there")
    client.close()
    link.open()
    until(lambda: link.live == 0)
    assert upstream.got == b"hi there"


@pytest.mark.parametrize("states", [["hang", "refuse"], ["refuse", "hang"], ["refuse", "refuse"], ["hang", "hang"]])
def test_any_state_follows_any_other(link: LinkProxy, dial: Dial, states: list[str]) -> None:
    for _ in range(3):
        client = dial(link)
        echoed(client, b"hi")
        for state in states:
            getattr(link, state)()
        link.open()
        assert echoed(dial(link), b"hello") == b"hello"


def test_an_upstream_that_is_down_looks_like_a_reset(link: LinkProxy, upstream: Upstream, dial: Dial) -> None:
    upstream.stop()
    assert_dial_is_reset(dial, link)
    until(lambda: link.live == 0)


def test_more_connections_than_allowed_are_reset(link: LinkProxy, dial: Dial, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link_module, "CONNECTIONS_MAX", 2)
    held = [dial(link), dial(link)]
    for client in held:
        echoed(client, b"hi")
    assert_dial_is_reset(dial, link)
    assert echoed(held[0], b"still here") == b"still here"


@pytest.mark.parametrize("state", ["open", "hang", "refuse"])
def test_a_stopped_link_leaves_no_thread_no_connection_and_no_port(upstream: Upstream, dial: Dial, state: str) -> None:
    threads = threading.active_count()
    proxy = LinkProxy("127.0.0.1", upstream.port).start()
    client = dial(proxy)
    echoed(client, b"hi")
    getattr(proxy, state)()
    proxy.stop()
    proxy.stop()
    assert_reset(client)
    with pytest.raises(ConnectionRefusedError):
        dial(proxy)
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", proxy.port))
    until(lambda: threading.active_count() <= threads + 1)  # the upstream's own thread for the connection


def test_a_link_that_is_not_started_can_not_be_switched(upstream: Upstream) -> None:
    proxy = LinkProxy("127.0.0.1", upstream.port)
    with pytest.raises(RuntimeError, match="not started"):
        proxy.hang()
    proxy.start()
    with pytest.raises(RuntimeError, match="already started"):
        proxy.start()
    proxy.stop()


def test_many_connections_survive_a_storm_of_cuts(link: LinkProxy, upstream: Upstream) -> None:
    """Whatever happens in between, a client gets back a beginning of what it sent, and afterwards the link works."""
    wrong: list[bytes] = []
    done = threading.Event()

    def talk() -> None:
        while not done.is_set():
            with suppress(OSError), socket.create_connection(("127.0.0.1", link.port), 1.0) as client:
                client.settimeout(0.05)
                sent = b"0123456789" * 50
                client.sendall(sent)
                got = received(client, len(sent))
                if not sent.startswith(got):
                    wrong.append(got)

    talkers = [threading.Thread(target=talk, daemon=True) for _ in range(4)]
    for talker in talkers:
        talker.start()
    for _ in range(15):
        for state in (link.hang, link.open, link.refuse, link.open):
            state()
            seen = link.accepted
            until(lambda seen=seen: link.state is LinkState.REFUSED or link.accepted > seen + 2)  # type: ignore[misc]
    done.set()
    for talker in talkers:
        talker.join(SOCKET_SECONDS_MAX)
    assert wrong == []
    with socket.create_connection(("127.0.0.1", link.port), SOCKET_SECONDS_MAX) as client:
        assert echoed(client, b"calm") == b"calm"
    until(lambda: link.live == 0)
