"""What the routes of handouts need of their host, which puts one at `app.state.handouts`."""

from dataclasses import dataclass
from typing import cast

from fastapi import Request


@dataclass(frozen=True, slots=True)
class HandoutSettings:
    """guests_url: head office, as guests reach it."""

    guests_url: str


def handout_settings(request: Request) -> HandoutSettings:
    """The host's settings."""
    return cast(HandoutSettings, request.app.state.handouts)
