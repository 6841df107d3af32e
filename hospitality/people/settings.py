"""What the routes of people need of a node; the host puts one at `app.state.people`, head office none."""

from dataclasses import dataclass, field
from typing import cast

from anyio import CapacityLimiter, to_thread
from argon2 import PasswordHasher
from fastapi import Request

from hospitality.people.proofs import pin_hash, pin_matches

PINS_AT_ONCE_MAX = 2


@dataclass(frozen=True)
class PeopleSettings:
    """device_secret: bytes kept outside the database; base_url: what the node's pages are reached at on the LAN.

    Hashing takes 64 MB and some 100 ms of a core each, so at most PINS_AT_ONCE_MAX run at a time, beside the writer.
    """

    org_id: str
    property_id: str
    device_secret: bytes = field(repr=False)
    base_url: str
    hasher: PasswordHasher = field(default_factory=PasswordHasher)
    at_once: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(PINS_AT_ONCE_MAX))

    async def pin_hash(self, pin: str) -> str:
        """The verifier of a new PIN."""
        return await to_thread.run_sync(pin_hash, pin, self.device_secret, self.hasher, limiter=self.at_once)

    async def pin_matches(self, pin: str, verifier: str) -> bool:
        """Whether the PIN is the verifier's."""
        secret, hasher = self.device_secret, self.hasher
        return await to_thread.run_sync(pin_matches, pin, verifier, secret, hasher, limiter=self.at_once)


def people_settings(request: Request) -> PeopleSettings | None:
    """The node's settings, or None at head office."""
    return cast(PeopleSettings | None, getattr(request.app.state, "people", None))
