"""The node's HTTP API, typed. Every failure is one exception, NodeError, with a code and a sentence for staff.

NodeError
  .unanswered   nobody can say whether the node acted: ask again with the same idempotency key
  otherwise     the node refused: a person must change something
"""

from collections.abc import Mapping
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx2
import msgspec

from edge.terminal.shapes.menu import MenuItem, MenuPage
from edge.terminal.shapes.node import Problem, Refusal
from edge.terminal.shapes.orders import Order, OrderPage
from edge.terminal.words import _, spoken

CONNECT_SECONDS_MAX = 2.0
ANSWER_SECONDS_MAX = 5.0
PAGE_ROWS = 200
MENU_PAGE_ROWS = 500  # 25,000 items in PAGES_MAX
PAGES_MAX = 50

Shape = TypeVar("Shape")


class NodeError(Exception):
    """The node refused, or could not be heard."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        status: int | None = None,
        retry_after_seconds: int | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.retry_after_seconds = retry_after_seconds
        self.details = details or {}

    @property
    def unanswered(self) -> bool:
        """Whether the request may still have been acted on, or may be soon: repeat it with the same key."""
        return self.status is None or self.status >= 500


def node_address(url: str) -> str:
    """The node's address as this app keeps it ("http://host:port"), or ValueError with a sentence."""
    text = url.strip()
    text = (text if "://" in text else f"http://{text}").rstrip("/")
    try:
        parts = urlsplit(text)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        good = False
    if not good:
        raise ValueError(_("{url} is no node's address. Give it like http://192.168.1.10:8010").format(url=url))
    return text


class NodeClient:
    """One connection pool to one node. Reads are tried twice; writes once, the caller repeats with the same key."""

    def __init__(self, address: str) -> None:
        self._http = httpx2.AsyncClient(
            base_url=address,
            timeout=httpx2.Timeout(ANSWER_SECONDS_MAX, connect=CONNECT_SECONDS_MAX),
            # A node is on the LAN: a proxy that the machine uses for the internet must not stand between.
            trust_env=False,
        )

    async def close(self) -> None:
        """Close the pool."""
        await self._http.aclose()

    async def read(
        self, path: str, shape: type[Shape], *, token: str = "", query: Mapping[str, str] | None = None
    ) -> Shape:
        """GET `path` as `shape`. Raises NodeError."""
        return read_as(await self._read(path, token=token, query=query), shape)

    async def read_text(self, path: str, *, token: str = "", query: Mapping[str, str] | None = None) -> str:
        """GET `path` as the text that the node lays out. Raises NodeError."""
        return (await self._read(path, token=token, query=query)).decode(errors="replace")

    async def _read(self, path: str, *, token: str, query: Mapping[str, str] | None) -> bytes:
        try:
            return await self._send("GET", path, token=token, query=query)
        except NodeError as error:
            # The first request after a node's restart meets a closed connection of the pool.
            if error.status is not None:
                raise
            return await self._send("GET", path, token=token, query=query)

    async def act(self, path: str, body: Mapping[str, Any], *, key: str, token: str = "") -> bytes:
        """POST `path`; `key` is the user's one action and stays the same when it is repeated. Raises NodeError."""
        return await self._send("POST", path, token=token, body=body, key=key)

    async def _send(
        self,
        method: str,
        path: str,
        *,
        token: str,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        key: str = "",
    ) -> bytes:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        if spoken():
            headers["Accept-Language"] = spoken()
        if key:
            headers["Idempotency-Key"] = key
        try:
            answer = await self._http.request(method, path, params=query, json=body, headers=headers)
        except httpx2.HTTPError as error:
            raise NodeError("NODE_UNREACHABLE", _("The property's node does not answer.")) from error
        if answer.is_success:
            return answer.content
        raise _refusal(answer)

    async def menu(self, place: str, token: str) -> tuple[tuple[MenuItem, ...], str]:
        """All items of the menu and the property's currency."""
        items: list[MenuItem] = []
        cursor, currency = "", ""
        for _page in range(PAGES_MAX):
            query = {"limit": str(MENU_PAGE_ROWS)} | ({"cursor": cursor} if cursor else {})
            page = await self.read(f"{place}/menu-items", MenuPage, token=token, query=query)
            items.extend(page.items)
            currency = page.currency or currency
            if not page.next_cursor:
                break
            cursor = page.next_cursor
        return tuple(items), currency or next((item.currency for item in items if item.currency), "")

    async def orders(self, place: str, state: str, token: str, *, pages_max: int = PAGES_MAX) -> list[Order]:
        """Orders in `state` ("open", "settled", "overpaid", "all")."""
        orders: list[Order] = []
        cursor = ""
        for _page in range(pages_max):
            query = {"state": state, "limit": str(PAGE_ROWS)} | ({"cursor": cursor} if cursor else {})
            page = await self.read(f"{place}/orders", OrderPage, token=token, query=query)
            orders.extend(page.items)
            if not page.next_cursor:
                break
            cursor = page.next_cursor
        return orders


def read_as(content: bytes, shape: type[Shape]) -> Shape:
    """An answer's body as `shape`. Raises NodeError when the node speaks another language than this app."""
    try:
        return msgspec.json.decode(content, type=shape)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        message = _("The node answered what this app can't read. Bring both to the same version.")
        raise NodeError("UNREADABLE_ANSWER", message, status=200) from error


def _refusal(answer: httpx2.Response) -> NodeError:
    wait = answer.headers.get("Retry-After", "")
    seconds = int(wait) if wait.isascii() and wait.isdigit() else None
    try:
        problem = msgspec.json.decode(answer.content, type=Refusal).error
    except (msgspec.DecodeError, msgspec.ValidationError):
        message = _("The node answered {status}. Try again, and tell your manager if it stays so.")
        problem = Problem(code=f"HTTP_{answer.status_code}", message=message.format(status=answer.status_code))
    return NodeError(
        problem.code,
        problem.message,
        status=answer.status_code,
        retry_after_seconds=seconds,
        details=problem.details,
    )
