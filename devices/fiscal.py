"""Fiscal devices: each signs a text, and can't take it back.

The one here signs in software, by an Ed25519 key that stands beside the node's others. It has no counter of its own: what
it signs holds its place in the series, so that the same text signed again after a crash has the same signature.
"""

import base64
from hashlib import sha256
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

NAME_DIGITS = 16


class FiscalTrouble(Exception):
    """The device does not sign now; says why in a sentence. Nothing was signed, or the same will be signed again."""


class FiscalDevice(Protocol):
    """Signs what was sold. Called by one thread, which may wait for it."""

    @property
    def name(self) -> str:
        """What the device calls itself: another one is another name."""

    def sign(self, said: str) -> str:
        """The signature of a text, the same for the same text. Raises FiscalTrouble."""


class SoftwareSigner:
    """Signs by a key in software."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public = key.public_key()

    @property
    def name(self) -> str:
        """`software:` and the beginning of its public key's hash."""
        return f"software:{sha256(self.public.public_bytes_raw()).hexdigest()[:NAME_DIGITS]}"

    def sign(self, said: str) -> str:
        """Ed25519, as base64."""
        return base64.b64encode(self._key.sign(said.encode())).decode()


def is_signed(said: str, signature: str, *, by: Ed25519PublicKey) -> bool:
    """Whether a software signer of this key signed that text."""
    try:
        by.verify(base64.b64decode(signature, validate=True), said.encode())
    except (InvalidSignature, ValueError):
        return False
    return True
