"""What a link is made of. Values in, a decision out."""

import re
from base64 import urlsafe_b64encode

TOKEN_BYTES = 16
_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")


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
