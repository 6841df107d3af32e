"""The line to a card reader that is reached through Stripe: calls of its API, each with an end, and no webhooks.

Plain HTTP and not Stripe's own library: six calls are needed, typed and each within a few seconds. The library brings
another HTTP stack, tries again by itself under keys of its own, and waits eighty seconds for an answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

import httpx2
import msgspec
from pydantic import SecretStr

from devices.line import LineBroken, QuietLine, Reach

STRIPE = "https://api.stripe.com"
# What this speaks, whatever the account's own default is.
VERSION = "2026-05-27.dahlia"
MISSING = "resource_missing"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class StripeAccount:
    """Whose account pays in, and how long its answers may take."""

    key: SecretStr
    url: str = STRIPE
    connect_seconds: float = 3.0
    answer_seconds: float = 8.0


class Problem(msgspec.Struct):
    """Why Stripe did not do it."""

    type: str = ""
    code: str = ""
    message: str = ""


class Refusal(msgspec.Struct):
    """An answer that is none."""

    error: Problem


@dataclass(frozen=True, slots=True)
class Told:
    """An answer of Stripe's. is_old: it was given before to the same key, and the call did nothing now."""

    status: int
    body: bytes
    is_old: bool

    @property
    def is_done(self) -> bool:
        """Whether it did what was asked."""
        return self.status == 200

    @property
    def came_to_nothing(self) -> bool:
        """Whether a failure says that nothing was made, nor will be. What Stripe fell over at first it falls over for good
        under that key; what it refuses about the key itself says nothing."""
        return self.is_old or (self.status < 500 and self.status != 409 and self.problem.type != "idempotency_error")

    def read(self, shape: type[T]) -> T:
        """What it says. Raises LineBroken where that is nothing of Stripe's."""
        try:
            return msgspec.json.decode(self.body, type=shape)
        except (msgspec.DecodeError, msgspec.ValidationError) as error:
            raise LineBroken("garbled", "what answers at Stripe's address is not Stripe") from error

    @property
    def problem(self) -> Problem:
        """Why it was not done."""
        return self.read(Refusal).error


class StripeLine(QuietLine):
    """Calls of Stripe's API about one reader. Only our own sentences leave it: never a header, nor Stripe's about keys."""

    def __init__(self, account: StripeAccount, reader: str) -> None:
        self.reader = reader
        self._client = httpx2.Client(
            base_url=account.url,
            timeout=httpx2.Timeout(account.answer_seconds, connect=account.connect_seconds),
            headers={"Authorization": f"Bearer {account.key.get_secret_value()}", "Stripe-Version": VERSION},
        )
        super().__init__(self._client.close)

    def get(self, path: str, shape: type[T], **query: str) -> T:
        """What there is. Raises LineBroken also where there is nothing."""
        found = self.found(path, shape, **query)
        if found is None:
            raise LineBroken("trouble", f"Stripe does not tell ({MISSING})")
        return found

    def found(self, path: str, shape: type[T], **query: str) -> T | None:
        """The same; None where Stripe knows nothing of what it is asked about."""
        told = self._call("GET", path, query, {})
        if told.is_done:
            return told.read(shape)
        if told.problem.code == MISSING:
            return None
        raise LineBroken("trouble", f"Stripe does not tell ({told.problem.code or told.status})")

    def post(self, path: str, form: Mapping[str, str], *, key: str | None = None) -> Told:
        """Has something done, once for a key however often it is asked. Raises LineBroken where nobody knows."""
        return self._call("POST", path, form, {"Idempotency-Key": key} if key else {})

    def _call(self, method: str, path: str, said: Mapping[str, str], headers: Mapping[str, str]) -> Told:
        query, form = (said, None) if method == "GET" else (None, said)
        try:
            answer = self._client.request(method, f"/v1/{path}", headers=headers, params=query, data=form)
        except httpx2.TimeoutException as error:
            raise LineBroken("silent", "Stripe does not answer in time") from error
        except (httpx2.HTTPError, OSError) as error:
            raise LineBroken("unreachable", f"Stripe can't be reached ({type(error).__name__})") from error
        if answer.status_code in (401, 403):
            raise LineBroken("refused", "Stripe refuses the node's key: look at BUFFR_EDGE_STRIPE_KEY")
        if answer.status_code == 429:
            raise LineBroken("trouble", "Stripe is asked too often")
        return Told(answer.status_code, answer.content, answer.headers.get("Idempotent-Replayed") == "true")


def open_reader(reach: Reach, account: StripeAccount | None) -> StripeLine:
    """A line to a reader. Raises LineBroken where the node has no account."""
    if account is None:
        raise LineBroken("unreachable", "the node has no key of Stripe's: set BUFFR_EDGE_STRIPE_KEY")
    return StripeLine(account, reach.path)
