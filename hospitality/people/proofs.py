"""What proves a person or a screen: codes of 100 bits, tokens of 256, and PINs under a secret of the device.

Only SHA-256 hashes of codes and tokens are kept. The space of PINs is small, so a PIN goes through HMAC with a secret
that is not in the database before Argon2id, and a stolen file alone can't be searched.
"""

import hmac
from base64 import urlsafe_b64encode
from hashlib import sha256
from secrets import token_bytes

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from hospitality.ground.host import Once

SEED_BYTES = 32
_CODE_LENGTH = 20
_GROUP_LENGTH = 5
# Crockford's base 32: no I, L, O or U, and what people mistake for a digit is read as one.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD = str.maketrans("OIL", "011", " -")


def hash_of(secret: str) -> str:
    """The form in which a code or token is kept: SHA-256, hexadecimal."""
    return sha256(secret.encode()).hexdigest()


def same(one: str, other: str) -> bool:
    """Whether two hashes are equal, in a time that doesn't tell where they differ."""
    return hmac.compare_digest(one.encode(), other.encode())


def seed(device_secret: bytes, once: Once | None, purpose: str) -> bytes:
    """What a new code or token is made from: chance, or for a request with a key always the same.

    So a repeated request gets its first answer, though the secret part of that answer is kept nowhere.
    """
    if once is None:
        return token_bytes(SEED_BYTES)
    return hmac.digest(device_secret, f"{purpose}\n{once.id}\n{once.body_hash}".encode(), "sha256")


def new_token(from_seed: bytes | None = None) -> str:
    """A token of 256 bits as URL-safe text."""
    return urlsafe_b64encode(from_seed or token_bytes(SEED_BYTES)).decode().rstrip("=")


def new_code(from_seed: bytes | None = None) -> str:
    """A code of 100 bits for people to type: `7K2MD-…`, four groups of five."""
    number = int.from_bytes(from_seed or token_bytes(SEED_BYTES), "big")
    signs = "".join(_ALPHABET[number >> 5 * place & 31] for place in range(_CODE_LENGTH))
    return "-".join(signs[at : at + _GROUP_LENGTH] for at in range(0, _CODE_LENGTH, _GROUP_LENGTH))


def code_hash_of(typed: str) -> str:
    """The hash of a code as somebody typed it: without regard to case, spaces, hyphens and look-alikes."""
    return hash_of(typed.upper().translate(_MISREAD))


def pin_hash(pin: str, device_secret: bytes, hasher: PasswordHasher) -> str:
    """What a PIN is checked against later. Takes some 100 ms: never inside an act."""
    return hasher.hash(_keyed(pin, device_secret))


def pin_matches(pin: str, verifier: str, device_secret: bytes, hasher: PasswordHasher) -> bool:
    """Whether it is the PIN of that verifier. Takes as long as `pin_hash`."""
    try:
        return hasher.verify(verifier, _keyed(pin, device_secret))
    except (VerificationError, InvalidHashError):
        return False


def _keyed(pin: str, device_secret: bytes) -> str:
    return hmac.new(device_secret, pin.encode(), "sha256").hexdigest()
