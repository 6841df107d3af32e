"""Three kinds of trouble: what a person can mend (Refused), what time can mend (Unavailable), and bugs (assert).

    Refused            the request as it stands can't be done; its code and sentence say what to do
    ├── Invalid        the input is not of the form asked for
    ├── NotFound       the thing named does not exist here
    ├── Unauthorised   we don't know who asks
    ├── Forbidden      we know, and they may not
    └── TooMany        asked too often; `retry_after_seconds` says when to ask again
    Unavailable        nothing is wrong with the request; try again later

Trades raise these; only `ground/http.py` knows which HTTP status each becomes.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Trouble(Exception):
    """What a caller is told: a stable code in capitals, a sentence, and details for machines."""

    def __init__(self, code: str, message: str, **details: Any) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.details = details


class Refused(Trouble):
    """The request can't be done as it stands; nothing was written."""


class Invalid(Refused):
    """The input is not of the form asked for."""


class NotFound(Refused):
    """The thing named does not exist here."""

    @classmethod
    def of(cls, what: str, id: str) -> "NotFound":
        """`what` is the thing's everyday name, e.g. `order`."""
        return cls(
            f"{what.upper().replace(' ', '_')}_NOT_FOUND", f"There is no such {what} here. Read the list again.", id=id
        )


class Unauthorised(Refused):
    """We don't know who asks."""


class Forbidden(Refused):
    """We know who asks, and they may not."""


class TooMany(Refused):
    """Asked too often."""

    def __init__(self, code: str, message: str, *, retry_after_seconds: int, **details: Any) -> None:
        super().__init__(code, message, retry_after_seconds=retry_after_seconds, **details)
        self.retry_after_seconds = retry_after_seconds


class Unavailable(Trouble):
    """Nothing is wrong with the request; nothing was written; try again later."""


@contextmanager
def in_field(name: str) -> Iterator[None]:
    """Has a refusal inside say which field of the body it is about, unless it does already, so that a face can show it there."""
    try:
        yield
    except Refused as refused:
        refused.details.setdefault("field", name)
        raise
