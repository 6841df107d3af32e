"""Ids are made where the row is born: UUIDv7, so that they sort by time; UUIDv5 where a fact follows from another."""

import re
from functools import lru_cache
from uuid import NAMESPACE_OID, uuid5

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
