"""The wire between a node and the hub in one process, with what can go wrong on it on demand."""

import asyncio
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

import httpx2
from starlette.types import ASGIApp

T = TypeVar("T")
CALL_SECONDS_MAX = 30.0

Call = Callable[[httpx2.Request], httpx2.Response]
Fault = Callable[[httpx2.Request, Call], httpx2.Response]


class LoopThread:
    """An event loop in a thread of its own, where the hub's handlers run."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, name="hub-loop")
        self._thread.start()

    def begin(self, work: Coroutine[Any, Any, T]) -> "Future[T]":
        """Starts a coroutine on the loop."""
        return asyncio.run_coroutine_threadsafe(work, self.loop)

    def close(self) -> None:
        """Ends the loop with whatever still waits on it."""

        async def end() -> None:
            mine = asyncio.current_task()
            others = [task for task in asyncio.all_tasks() if task is not mine]
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)
            await self.loop.shutdown_default_executor()

        self.begin(end()).result(CALL_SECONDS_MAX)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()


class Wire:
    """Carries requests to the hub's application; `fail` says what befalls the next ones to a path."""

    def __init__(self, app: ASGIApp, loop: LoopThread) -> None:
        self._transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
        self._loop = loop
        self._faults: dict[str, deque[Fault]] = defaultdict(deque)
        self.requests: list[httpx2.Request] = []
        self.cut = False

    def fail(self, path: str, *faults: Fault) -> None:
        """What befalls the next requests to this path, one each."""
        self._faults[path].extend(faults)

    def end(self) -> "End":
        """A node's own end, for its HTTP client."""
        return End(self)

    def carry(self, request: httpx2.Request, held: "set[Future[httpx2.Response]]") -> httpx2.Response:
        """One request with what befalls it."""
        request.read()
        self.requests.append(request)
        if self.cut:
            raise httpx2.ConnectError("connection refused", request=request)
        faults = self._faults[request.url.path]
        fault = faults.popleft() if faults else None

        def call(asked: httpx2.Request) -> httpx2.Response:
            future = self._loop.begin(self._answer(asked))
            held.add(future)
            try:
                return future.result(CALL_SECONDS_MAX)
            finally:
                held.discard(future)

        return fault(request, call) if fault else call(request)

    async def _answer(self, asked: httpx2.Request) -> httpx2.Response:
        sent = httpx2.Request(asked.method, asked.url, headers=asked.headers, content=asked.content)
        found = await self._transport.handle_async_request(sent)
        return httpx2.Response(found.status_code, headers=found.headers, content=await found.aread())


class End(httpx2.BaseTransport):
    """One client's end of the wire; closing it cuts off what is under way."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._held: set[Future[httpx2.Response]] = set()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Sends one request."""
        try:
            return self._wire.carry(request, self._held)
        except (asyncio.CancelledError, TimeoutError) as error:
            raise httpx2.ReadError("cut off", request=request) from error

    def close(self) -> None:
        """Cuts off whatever waits for an answer."""
        for future in list(self._held):
            future.cancel()


def request_lost(request: httpx2.Request, call: Call) -> httpx2.Response:
    """The hub never hears of it."""
    raise httpx2.ConnectError("lost on the way", request=request)


def answer_lost(request: httpx2.Request, call: Call) -> httpx2.Response:
    """The hub did it and said so, and nobody heard."""
    call(request)
    raise httpx2.ReadError("lost on the way back", request=request)


def answer_truncated(request: httpx2.Request, call: Call) -> httpx2.Response:
    """Half of the answer arrives."""
    whole = call(request)
    return httpx2.Response(whole.status_code, headers=_plain(whole), content=whole.content[: len(whole.content) // 2])


def request_truncated(request: httpx2.Request, call: Call) -> httpx2.Response:
    """Half of the request arrives, as if it were all."""
    half = request.content[: len(request.content) // 2]
    headers = {name: value for name, value in request.headers.items() if name != "content-length"}
    return call(httpx2.Request(request.method, request.url, headers=headers, content=half))


def repeated(request: httpx2.Request, call: Call) -> httpx2.Response:
    """The hub hears it twice, one after the other."""
    call(request)
    return call(request)


def at_once(request: httpx2.Request, call: Call) -> httpx2.Response:
    """The hub hears it four times at the same moment."""
    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(call, [request] * 4))[-1]


def busy(request: httpx2.Request, call: Call) -> httpx2.Response:
    """The hub (or what stands before it) has no time."""
    return httpx2.Response(503, headers={"Retry-After": "0"}, content=b"<html>busy</html>")


def before(act: Callable[[], object]) -> Fault:
    """Something happens just before the hub hears it."""

    def fault(request: httpx2.Request, call: Call) -> httpx2.Response:
        act()
        return call(request)

    return fault


def after(act: Callable[[], object]) -> Fault:
    """Something happens after the hub did it and before its answer arrives."""

    def fault(request: httpx2.Request, call: Call) -> httpx2.Response:
        answer = call(request)
        act()
        return answer

    return fault


def _plain(response: httpx2.Response) -> dict[str, str]:
    return {name: value for name, value in response.headers.items() if name != "content-length"}
