"""What this app reads from the node: only the fields that it uses, everything else in an answer is let be."""

from datetime import datetime
from typing import Annotated

import msgspec

Instant = Annotated[datetime, msgspec.Meta(tz=True)]
"""A moment, read from RFC 3339 text with its zone."""
