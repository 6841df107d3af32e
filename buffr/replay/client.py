"""One edge as a terminal sees it: calls that outlive lost answers, restarts and busy moments.

A POST is sent with an Idempotency-Key and, when no answer or "not now" comes back, again with the same key
and the same bytes, so that trying twice is never doing twice. Between tries it waits a random part of a
growing bound (full jitter), so that many waiting calls do not come back at one instant.

    EdgeTrouble
    ├── EdgeRefused      the edge answered no; `status` and `code` say which no
    ├── EdgeUnreachable  no usable answer within the patience
    ├── EdgeLate         the edge answers, but what was waited for did not come within the patience
    └── EdgeUnclear      the edge answered something that the API does not say
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx2
import msgspec

from buffr.replay.answers import ErrorAnswer

T = TypeVar("T")
RETRY_STATUSES = frozenset({429, 502, 503, 504})
# Too many wrong PINs or codes: a person should hear of it now, not after the wait that the edge asks for.
FINAL_CODES = frozenset({"PIN_LOCKED", "TOO_MANY_TRIES"})
ANSWER_CHARS_SHOWN_MAX = 200


class EdgeTrouble(Exception):
    """A call to an edge failed."""


class EdgeRefused(EdgeTrouble):
    """The edge refused the call; trying again as it stands is no use."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{message} ({code}, {status})")
        self.status = status
        self.code = code
        self.message = message


class EdgeUnreachable(EdgeTrouble):
    """The edge gave no usable answer for as long as the patience lasts."""


class EdgeLate(EdgeTrouble):
    """What was waited for did not come within the patience."""


class EdgeUnclear(EdgeTrouble):
    """The edge's answer is not of the form that the API describes."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a call may take and how it waits between tries; all in seconds."""

    whole_call_seconds_max: float = 90.0
    one_try_seconds_max: float = 10.0
    first_wait_seconds_max: float = 0.05
    wait_seconds_max: float = 2.0

    def wait_seconds(self, tries: int, chance: random.Random) -> float:
        """A random wait after that many tries without an answer, 1 being the first."""
        bound = min(self.wait_seconds_max, self.first_wait_seconds_max * 2.0 ** min(tries - 1, 30))
        return chance.uniform(0.0, bound)


class EdgeClient:
    """Calls to one edge; closed by `async with`.

    `clock`, `wait` and `chance` are handed in by tests; `on_retry` hears of each try that has to be made
    again.
    """

    def __init__(
        self,
        url: str,
        *,
        connections_max: int = 8,
        patience: Patience | None = None,
        on_retry: Callable[[], None] = lambda: None,
        transport: httpx2.AsyncBaseTransport | None = None,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[float], Awaitable[None]] = asyncio.sleep,
        chance: random.Random | None = None,
    ) -> None:
        self.url = url.rstrip("/")
        self._patience = patience or Patience()
        self._on_retry = on_retry
        self._clock = clock
        self._wait = wait
        self._chance = chance or random.Random()
        self._http = httpx2.AsyncClient(
            base_url=self.url,
            timeout=httpx2.Timeout(self._patience.one_try_seconds_max),
            limits=httpx2.Limits(max_connections=connections_max, max_keepalive_connections=connections_max),
            transport=transport,
            trust_env=False,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def get(
        self, path: str, answer: type[T], *, token: str | None = None, query: Mapping[str, str] | None = None
    ) -> T:
        """Reads; raises EdgeTrouble."""
        request = self._http.build_request("GET", path, headers=_headers(token), params=query)
        return await self._call(request, answer)

    async def get_until(self, path: str, answer: type[T], ready: Callable[[T], bool], *, token: str | None = None) -> T:
        """Reads again and again until the answer is ready; raises EdgeLate when it never is, EdgeTrouble."""
        ends_at = self._clock() + self._patience.whole_call_seconds_max
        looks = 0
        while not ready(found := await self.get(path, answer, token=token)):
            looks += 1
            seconds = self._patience.wait_seconds(looks, self._chance)
            if self._clock() + seconds > ends_at:
                raise EdgeLate(f"{self.url}{path} was not as awaited after {looks} looks")
            await self._wait(seconds)
        return found

    async def post(
        self, path: str, body: Mapping[str, Any], answer: type[T], *, key: str, token: str | None = None
    ) -> T:
        """Writes once, however often it has to be sent; `key` is the Idempotency-Key. Raises EdgeTrouble."""
        headers = _headers(token) | {"Idempotency-Key": key, "Content-Type": "application/json"}
        request = self._http.build_request("POST", path, headers=headers, content=msgspec.json.encode(body))
        return await self._call(request, answer)

    async def _call(self, request: httpx2.Request, answer: type[T]) -> T:
        ends_at = self._clock() + self._patience.whole_call_seconds_max
        tries = 0
        while True:
            tries += 1
            asked_seconds = 0.0
            try:
                # The client's own timeout bounds each read; this one bounds the try, however it trickles.
                async with asyncio.timeout(self._patience.one_try_seconds_max):
                    response = await self._http.send(request)
            except (httpx2.TransportError, TimeoutError) as error:
                trouble = f"{type(error).__name__}: {error}".rstrip(": ")
            else:
                if response.status_code not in RETRY_STATUSES:
                    return _decoded(response, answer)
                refusal = _refusal(response)
                if refusal.code in FINAL_CODES:
                    raise refusal
                trouble = str(refusal)
                asked_seconds = _retry_after_seconds(response)
            seconds = max(asked_seconds, self._patience.wait_seconds(tries, self._chance))
            if self._clock() + seconds > ends_at:
                raise EdgeUnreachable(f"{self.url} did not answer in {tries} tries; the last said: {trouble}")
            self._on_retry()
            await self._wait(seconds)


def _headers(token: str | None) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} if token else {}


def _decoded(response: httpx2.Response, answer: type[T]) -> T:
    if not response.is_success:
        raise _refusal(response)
    try:
        return msgspec.json.decode(response.content, type=answer)
    except msgspec.MsgspecError as error:
        what = f"{response.request.method} {response.request.url.path}"
        raise EdgeUnclear(f"The answer to {what} is not what the API describes: {error}") from error


def _refusal(response: httpx2.Response) -> EdgeRefused:
    try:
        found = msgspec.json.decode(response.content, type=ErrorAnswer).error
    except msgspec.MsgspecError:
        shown = response.text[:ANSWER_CHARS_SHOWN_MAX]
        return EdgeRefused(response.status_code, "NO_ENVELOPE", f"The edge answered {shown!r}.")
    return EdgeRefused(response.status_code, found.code, found.message)


def _retry_after_seconds(response: httpx2.Response) -> float:
    """What the edge asks to wait; the header's form as a date is not used by our nodes."""
    text = response.headers.get("Retry-After", "")
    return float(text) if text.isascii() and text.isdigit() else 0.0
