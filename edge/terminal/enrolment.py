"""What makes this machine a terminal of the property, kept for the next start."""

from pathlib import Path

import msgspec

from edge.terminal.locations import write_private
from edge.terminal.shapes.node import Enrolled


def keep(path: Path, enrolled: Enrolled) -> None:
    """Keep the enrolment for the next start, readable by this user alone. Raises OSError."""
    write_private(path, msgspec.json.encode(enrolled))


def kept(path: Path) -> Enrolled | None:
    """The enrolment kept before; None when there is none or it can't be read, and the terminal enrols anew."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Enrolled)
    except (OSError, msgspec.DecodeError, msgspec.ValidationError):
        return None
