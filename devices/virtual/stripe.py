"""Stripe without money: the parts of its API that card readers are driven by, over HTTP on a socket.

It holds what Stripe promises: the first answer to a key is the answer to that key, a failure included, another body
under it is refused, and what is cancelled is never charged. `guest` says what the guest does (`pays`, `declines`,
`takes_card_away`, `waits`), `refunds_are` what becomes of what is given back (`succeeded`, `pending`, `failed`). `breaks`
says what becomes of the next call whose method and path end so: `500`, `cut` (it is done, and the line goes down) or `late`
(it is done, and the answer does not come).
"""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

READER = "tmr_virtual"
KEY = "sk_test_virtual"
LATE_SECONDS_MAX = 30.0
EVERY = "*"
Form = dict[str, str]
Answer = tuple[int, dict[str, Any]]
FAILURES = {
    "declines": ("card_declined", "Your card was declined."),
    "takes_card_away": ("card_removed", "The card was taken away."),
    "cancels": ("customer_canceled", "The guest gave up."),
}


@dataclass
class VirtualStripe:
    """A context manager that serves at `url`. charges: what was captured, by the key that is written on the intent; refunds:
    what was given back of it, in the order in which that was asked."""

    guest: str = "pays"
    reader_is: str = "online"
    breaks: dict[str, str] = field(default_factory=dict)
    forgets_keys: bool = False
    charges: dict[str, int] = field(default_factory=dict)
    intents: dict[str, dict[str, Any]] = field(default_factory=dict)
    refunds_are: str = "succeeded"
    refunds: list[dict[str, Any]] = field(default_factory=list)
    action: dict[str, Any] | None = None
    asked: list[str] = field(default_factory=list)
    _answered: dict[str, tuple[str, Form, Answer]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _over: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="virtual stripe")
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def decides(self, guest: str) -> None:
        """The guest whom the reader waits for does this."""
        with self._lock:
            assert self.action is not None, "the reader waits for nobody"
            self._meet(guest, self.intents[self.action["process_payment_intent"]["payment_intent"]])

    def call(self, method: str, path: str, form: Form, key: str | None) -> tuple[int, dict[str, Any], bool]:
        """Answers one call; whether it was answered before."""
        with self._lock:
            self.asked.append(path)
            said = f"{method} {path}"
            if key in self._answered and not self.forgets_keys:
                was_path, was_form, answer = self._answered[key]
                if (was_path, was_form) != (path, form):
                    return (
                        *_refused("idempotency_error", "", "Keys can only be used with the same parameters."),
                        False,
                    )
                return (*answer, True)
            broken = next((end for end, what in self.breaks.items() if what == "500" and said.endswith(end)), None)
            answer = (
                self._do(method, path, form)
                if broken is None
                else (500, {"error": {"type": "api_error", "message": "Sorry."}})
            )
            if broken is not None:
                del self.breaks[broken]
            if key:
                self._answered[key] = (path, form, answer)
            return (*answer, False)

    def fate(self, said: str) -> str:
        """What becomes of the answer to this call, by its method and path."""
        with self._lock:
            if EVERY in self.breaks:
                return self.breaks[EVERY]
            end = next((end for end, what in self.breaks.items() if what != "500" and said.endswith(end)), None)
            fate = "" if end is None else self.breaks.pop(end)
            if fate == "down":
                self.breaks[EVERY] = fate
            return fate

    def wait_late(self) -> None:
        """Until nobody waits for the answer any more."""
        self._over.wait(LATE_SECONDS_MAX)

    # --- the API

    def _do(self, method: str, path: str, form: Form) -> Answer:
        match path.split("/"):
            case ["refunds"] if form["payment_intent"] in self.intents:
                return (
                    self._refund(form)
                    if method == "POST"
                    else (200, {"data": self._refunds_of(form["payment_intent"])})
                )
            case ["terminal", "readers", reader] if reader == READER:
                return 200, {"id": READER, "status": self.reader_is.replace("busy", "online"), "action": self.action}
            case ["terminal", "readers", reader, verb] if reader == READER:
                return self._hand(form) if verb == "process_payment_intent" else self._reset()
            case ["payment_intents"]:
                return self._make(form)
            case ["payment_intents", "search"]:
                wanted = form["query"].removeprefix("metadata['charge']:'").removesuffix("'")
                return 200, {"data": [one for one in self.intents.values() if one["charge"] == wanted]}
            case ["payment_intents", id, *verb] if id in self.intents:
                return self._on(self.intents[id], *verb)
        return _refused("invalid_request_error", "resource_missing", f"No such {path}", 404)

    def _make(self, form: Form) -> Answer:
        assert form["payment_method_types[]"] == "card_present"
        one: dict[str, Any] = {"id": f"pi_{len(self.intents) + 1}", "charge": form["metadata[charge]"]}
        one |= {"status": "requires_payment_method", "amount": int(form["amount"])}
        one |= {"amount_received": 0, "amount_capturable": 0}
        self.intents[one["id"]] = one
        return 200, one

    def _refunds_of(self, intent: str) -> list[dict[str, Any]]:
        return [one for one in reversed(self.refunds) if one["payment_intent"] == intent]

    def _refund(self, form: Form) -> Answer:
        intent, amount, key = self.intents[form["payment_intent"]], int(form["amount"]), form["metadata[refund]"]
        given = self._refunds_of(intent["id"])
        assert key not in [one["metadata"]["refund"] for one in given], "given back twice"
        if amount > intent["amount_received"] - sum(one["amount"] for one in given if one["status"] != "failed"):
            return _refused("invalid_request_error", "charge_already_refunded", "Nothing is left of it.")
        one = {"id": f"re_{len(self.refunds) + 1}", "status": self.refunds_are, "amount": amount}
        one |= {"payment_intent": intent["id"], "metadata": {"refund": key}, "failure_reason": None}
        if self.refunds_are == "failed":
            one["failure_reason"] = "expired_or_canceled_card"
        self.refunds.append(one)
        return 200, one

    def _hand(self, form: Form) -> Answer:
        one = self.intents[form["payment_intent"]]
        if self.reader_is != "online":
            return _refused("invalid_request_error", f"terminal_reader_{self.reader_is}", "Not now.")
        if one["status"] != "requires_payment_method":
            return _refused("invalid_request_error", "intent_invalid_state", "Not any more.")
        self.action = {"status": "in_progress", "process_payment_intent": {"payment_intent": one["id"]}}
        self._meet(self.guest, one)
        return 200, {"id": READER, "status": "online", "action": self.action}

    def _meet(self, guest: str, one: dict[str, Any]) -> None:
        assert self.action is not None
        if guest == "pays":
            self.action = {**self.action, "status": "succeeded"}
            one |= {"status": "requires_capture", "amount_capturable": one["amount"]}
        elif guest in FAILURES:
            code, message = FAILURES[guest]
            self.action = {**self.action, "status": "failed", "failure_code": code, "failure_message": message}

    def _reset(self) -> Answer:
        if self.reader_is == "busy":
            return _refused("invalid_request_error", "terminal_reader_busy", "A card is being asked.")
        self.action = None
        return 200, {"id": READER, "status": self.reader_is, "action": None}

    def _on(self, one: dict[str, Any], verb: str = "") -> Answer:
        if verb == "capture" and one["status"] == "requires_capture":
            assert one["charge"] not in self.charges, "charged twice"
            self.charges[one["charge"]] = one["amount"]
            one |= {"status": "succeeded", "amount_received": one["amount"], "amount_capturable": 0}
        elif verb == "cancel" and one["status"].startswith("requires"):
            one["status"] = "canceled"
        elif verb:
            return _refused("invalid_request_error", "payment_intent_unexpected_state", f"It is {one['status']}.")
        return 200, one


def _refused(type: str, code: str, message: str, status: int = 400) -> Answer:
    return status, {"error": {"type": type, "code": code, "message": message}}


def _handler(stripe: VirtualStripe) -> Callable[..., BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer(urlsplit(self.path).query)

        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

        def _answer(self, said: str) -> None:
            path = urlsplit(self.path).path.removeprefix("/v1/")
            form = {name: value for name, (value, *_) in parse_qs(said).items()}
            if self.headers["Authorization"] != f"Bearer {KEY}":
                bad = {
                    "error": {"type": "invalid_request_error", "message": f"Invalid: {self.headers['Authorization']}"}
                }
                return self._send(401, bad, False)
            status, answer, is_old = stripe.call(self.command, path, form, self.headers["Idempotency-Key"])
            fate = stripe.fate(f"{self.command} {path}")
            if fate == "late":
                stripe.wait_late()
            if fate:
                self.close_connection = True
                return None
            return self._send(status, answer, is_old)

        def _send(self, status: int, answer: dict[str, Any], is_old: bool) -> None:
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            if is_old:
                self.send_header("Idempotent-Replayed", "true")
            self.end_headers()
            self.wfile.write(body)

    return Handler
