"""Scales and card terminals, and what a card terminal was asked."""

import msgspec


class Fitted(msgspec.Struct, frozen=True, kw_only=True):
    """A device that is set up at the node."""

    id: str
    name: str
    kind: str
    terminal_id: str | None = None


class FittedDevices(msgspec.Struct, frozen=True, kw_only=True):
    items: tuple[Fitted, ...]


class Weight(msgspec.Struct, frozen=True, kw_only=True):
    """What lay on a scale, at rest."""

    grams: int


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """A card payment that a card terminal was asked for, or what it was asked to give back."""

    id: str
    number: str
    amount_minor: int
    tip_minor: int
    currency: str
    state: str

    @property
    def waits(self) -> bool:
        """Whether nobody knows yet if it went through."""
        return self.state in ("attempted", "unknown")


class Attempts(msgspec.Struct, frozen=True, kw_only=True):
    items: tuple[Attempt, ...]


class CardSaid(msgspec.Struct, frozen=True, kw_only=True):
    """What a card terminal says of a number this moment."""

    attempt_id: str = ""
    card_refund_id: str = ""
    number: str
    state: str
    words: str = ""
