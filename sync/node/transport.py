"""Signed requests from a node to its hub over HTTP. One client a loop; every call has a time limit."""

import socket
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import httpx2
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.signing import NODE_HEADER, NONCE_HEADER, SIGNATURE_HEADER, sign
from sync.wire import UnreadableError, unpack

T = TypeVar("T")
CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 30.0
CONTENT_TYPE = "application/vnd.sync+zstd"


class LinkDown(Exception):
    """The hub can't be reached or can't answer now. `retry_after` is what it asked for, in seconds."""

    def __init__(self, message: str, retry_after: float = 0.0) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class TurnedAway(Exception):
    """The hub knows this node and refuses it (revoked, unknown, of another protocol): trying again will not help."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class KeyRing(Protocol):
    """The keys that a node may sign with: one, and for the time of a rotation the one that follows."""

    def current(self) -> Ed25519PrivateKey:
        """What to sign with."""
        ...

    def other_than(self, refused: Sequence[Ed25519PrivateKey]) -> Ed25519PrivateKey | None:
        """Another to try, once the hub didn't know these; None when there is none."""
        ...

    def proven(self, key: Ed25519PrivateKey) -> None:
        """The hub knows this one."""
        ...


@dataclass(frozen=True, slots=True)
class OneKey:
    """A ring of one key, which never turns."""

    key: Ed25519PrivateKey

    def current(self) -> Ed25519PrivateKey:
        """See KeyRing."""
        return self.key

    def other_than(self, refused: Sequence[Ed25519PrivateKey]) -> None:
        """See KeyRing."""

    def proven(self, key: Ed25519PrivateKey) -> None:
        """See KeyRing."""


class Link:
    """A signed connection to the hub at `url`; not shared between threads."""

    def __init__(
        self,
        url: str,
        node_id: str,
        key: Ed25519PrivateKey | KeyRing,
        *,
        transport: httpx2.BaseTransport | None = None,
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        self._node_id = node_id
        self._keys: KeyRing = OneKey(key) if isinstance(key, Ed25519PrivateKey) else key
        self._nonce = ""
        timeout = httpx2.Timeout(answer_seconds, connect=CONNECT_SECONDS)
        self._client = httpx2.Client(base_url=url, timeout=timeout, transport=transport)
        self._stream: Any = None
        self._is_closed = False
        self.sent_bytes = 0
        self.received_bytes = 0

    def close(self) -> None:
        """Ends the connection; a call under way in another thread fails as LinkDown at once."""
        self._is_closed = True
        if self._stream is not None:  # the client's own end would wait for the answer, which the hub may hold back
            with suppress(OSError):
                self._stream.get_extra_info("socket").shutdown(socket.SHUT_RDWR)
        self._client.close()

    def _trace(self, event: str, info: dict[str, Any]) -> None:
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self._stream = info["return_value"]
            if self._is_closed:  # while it connected, when the client knew of nothing to close
                self._stream.close()

    def call(self, path: str, body: bytes, answer: type[T]) -> T:
        """POSTs a message and decodes the answer. Raises LinkDown or TurnedAway."""
        refused: list[Ed25519PrivateKey] = []
        key = self._keys.current()
        response = self._fresh(path, body, key)
        while response.status_code == 403 and _refusal(response)[0] == "BAD_SIGNATURE":
            refused.append(key)
            other = self._keys.other_than(refused)
            if other is None:
                break
            key = other
            response = self._fresh(path, body, key)
        if response.status_code == 200:
            self._keys.proven(key)
        return self._answer(response, answer)

    def _fresh(self, path: str, body: bytes, key: Ed25519PrivateKey) -> httpx2.Response:
        """Posts, and once more with the nonce given where the one at hand was none or too old."""
        response = self._post(path, body, key)
        if response.status_code == 401 and NONCE_HEADER in response.headers:
            response = self._post(path, body, key)
        return response

    def _post(self, path: str, body: bytes, key: Ed25519PrivateKey) -> httpx2.Response:
        headers = {
            NODE_HEADER: self._node_id,
            NONCE_HEADER: self._nonce,
            SIGNATURE_HEADER: sign(key, "POST", path, body, self._nonce),
            "Content-Type": CONTENT_TYPE,
        }
        try:
            response = self._client.post(path, content=body, headers=headers, extensions={"trace": self._trace})
        except (httpx2.HTTPError, RuntimeError, OSError) as error:  # RuntimeError: closed under way
            raise LinkDown(str(error) or type(error).__name__) from error
        self._nonce = response.headers.get(NONCE_HEADER, self._nonce)
        self.sent_bytes += len(body)
        self.received_bytes += len(response.content)
        return response

    def _answer(self, response: httpx2.Response, answer: type[T]) -> T:
        if response.status_code == 200:
            try:
                return unpack(response.content, answer)
            except UnreadableError as error:
                raise LinkDown(f"unreadable answer: {error}") from error
        code, message = _refusal(response)
        if response.status_code in (401, 403, 426):
            raise TurnedAway(code, message)
        raise LinkDown(f"{response.status_code} {code}: {message}", _retry_after(response))


def _refusal(response: httpx2.Response) -> tuple[str, str]:
    try:
        error = msgspec.json.decode(response.content)["error"]
        return str(error["code"]), str(error["message"])
    except (msgspec.DecodeError, KeyError, TypeError):
        return "HTTP", "the answer was not the hub's"


def _retry_after(response: httpx2.Response) -> float:
    text = response.headers.get("Retry-After", "0")
    return float(text) if text.isdigit() else 0.0
