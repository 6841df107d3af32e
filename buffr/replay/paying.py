"""How a played order is paid: a mix of cash and card that depends on nothing but the order's reference."""

from dataclasses import dataclass
from typing import Literal
from zlib import crc32

# Guests hand over notes and coins of these amounts, in minor units.
NOTES_MINOR = (500, 1_000, 2_000, 5_000)


@dataclass(frozen=True, slots=True)
class Tender:
    """One payment: by card with the card terminal's reference, or in cash with what was handed over."""

    tender: Literal["cash", "card"]
    amount_minor: int
    tendered_minor: int | None = None
    reference: str | None = None


def tenders(reference: str, due_minor: int) -> tuple[Tender, ...]:
    """What settles `due_minor` exactly; an order that comes to nothing is settled by a payment of nothing."""
    if due_minor == 0:
        return (Tender("cash", 0, tendered_minor=0),)
    chance = crc32(reference.encode())
    card_reference = f"CARD-{chance:08X}"
    kind = chance % 10
    if kind < 4:
        return (Tender("card", due_minor, reference=card_reference),)
    if kind < 6:
        return (Tender("cash", due_minor, tendered_minor=due_minor),)
    if kind < 9 or due_minor < 2:
        note = NOTES_MINOR[chance // 10 % len(NOTES_MINOR)]
        return (Tender("cash", due_minor, tendered_minor=-(-due_minor // note) * note),)
    in_cash = due_minor // 2
    return (
        Tender("cash", in_cash, tendered_minor=in_cash),
        Tender("card", due_minor - in_cash, reference=card_reference),
    )
