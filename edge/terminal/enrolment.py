"""Makes this machine a terminal of the property: a one-time code in, a token kept for the next start."""

from pathlib import Path

import msgspec

from edge.terminal.client import NodeClient, read_as
from edge.terminal.locations import write_private
from edge.terminal.shapes import Enrolled


async def enrol(client: NodeClient, code: str, name: str, *, key: str) -> Enrolled:
    """Hand in a one-time code; `name` is what staff call this terminal. Raises NodeError.

    A code counts once: repeated with the same `key` after a lost answer, the node gives the first answer again.
    """
    body = {"code": code.strip()} | ({"name": name.strip()} if name.strip() else {})
    return read_as(await client.act("/api/v1/terminals/enrol", body, key=key), Enrolled)


def keep(path: Path, enrolled: Enrolled) -> None:
    """Keep the enrolment for the next start, readable by this user alone. Raises OSError."""
    write_private(path, msgspec.json.encode(enrolled))


def kept(path: Path) -> Enrolled | None:
    """The enrolment kept before; None when there is none or it can't be read, and the terminal enrols anew."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Enrolled)
    except (OSError, msgspec.DecodeError, msgspec.ValidationError):
        return None
