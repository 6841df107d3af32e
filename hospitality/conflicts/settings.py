"""What the routes of conflicts need of their host, which puts one at `app.state.conflicts`."""

from dataclasses import dataclass
from typing import cast

from fastapi import Request

from hospitality.conflicts.reading import Names


@dataclass(frozen=True, slots=True)
class ConflictSettings:
    """names: what the host knows of nodes and people."""

    names: Names


def conflict_settings(request: Request) -> ConflictSettings:
    """The host's settings."""
    return cast(ConflictSettings, request.app.state.conflicts)
