"""What a link is made of, and what may be mailed. Values in, a decision out."""

import re
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from typing import Literal, get_args

from hospitality.ground.errors import Refused

TOKEN_BYTES = 16
MAILS_MAX = 10
End = Literal["sent", "refused", "given_up", "unknown"]
ENDS: tuple[End, ...] = get_args(End)
_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")


@dataclass(frozen=True, slots=True)
class NewMail:
    """To whom a receipt is mailed; in which language, if not the property's own; after which mail of the same to them."""

    address: str
    language: str | None = None
    again_of: str | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """How a mail ended: `sent`, `refused` by the receiving side with a reply code, `given_up` after every try, or `unknown`,
    when twice nobody could say whether it arrived. twice: it may have arrived a second time."""

    state: End
    twice: bool = False
    reply_code: int | None = None


def token_from(chance: bytes) -> str:
    """The secret part of a link, of TOKEN_BYTES of chance."""
    assert len(chance) == TOKEN_BYTES, "a link is as hard to guess as its chance is long"
    return urlsafe_b64encode(chance).decode().rstrip("=")


def is_token(text: str) -> bool:
    """Whether it may be one of ours."""
    return _TOKEN.fullmatch(text) is not None


def address_of(base_url: str, token: str) -> str:
    """Where a receipt's guest reads it."""
    return f"{base_url.rstrip('/')}/r/{token}"


def masked(address: str) -> str:
    """An address as a screen shows it to who knows it already: `g…@example.com`."""
    return f"{address[0]}…{address[address.index('@') :]}"


def check_fewer_mails(mails: int) -> None:
    """Raises Refused when so much of an order was mailed that nobody can mean more."""
    if mails >= MAILS_MAX:
        raise Refused(
            "MAILS_TOO_MANY", f"This order was mailed {MAILS_MAX} times. Show its QR code instead.", mails=mails
        )


def check_meant(newest: str | None, again_of: str | None) -> None:
    """Raises Refused unless who asks knows of the newest mail of the same to the same address."""
    if newest is not None and newest != again_of:
        message = "This was sent to that address already. Confirm to send it once more."
        raise Refused("MAILED_ALREADY", message, mail_id=newest)
