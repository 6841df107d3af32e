"""Ids are made where the row is born: UUIDv7, so that they sort by time; UUIDv5 where a fact follows from another. A version
follows from what is shown."""

import re
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from typing import Any
from uuid import NAMESPACE_OID, uuid5

import msgspec
import uuid_utils

_CANONICAL = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def new_id() -> str:
    """A new UUIDv7 as canonical lower-case text."""
    return str(uuid_utils.uuid7())


@lru_cache(maxsize=4096)
def derived_id(cause: str, what: str) -> str:
    """The id of what follows from `cause` (an id): the same cause and word always give the same UUIDv5."""
    return str(uuid5(uuid5(NAMESPACE_OID, cause), what))


def is_id(text: str) -> bool:
    """Whether `text` is a UUID in the canonical form that is stored."""
    return _CANONICAL.fullmatch(text) is not None


def version_of(shown: Mapping[str, Any]) -> str:
    """Of something as it is shown: another one when any of its fields is."""
    return sha256(msgspec.json.encode(shown, order="deterministic")).hexdigest()[:16]
