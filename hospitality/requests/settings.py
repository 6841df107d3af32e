"""What the routes of requests need of their host, which puts one at `app.state.requests`."""

from dataclasses import dataclass
from typing import cast

from fastapi import Request

from hospitality.ground.clock import Clock


@dataclass(frozen=True, slots=True)
class RequestSettings:
    """now: the time by which requests grow old; at a node its clock as corrected by head office."""

    now: Clock


def request_settings(request: Request) -> RequestSettings:
    """The host's settings."""
    return cast(RequestSettings, request.app.state.requests)
