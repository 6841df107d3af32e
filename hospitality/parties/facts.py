"""What can happen to a party before it sits. Ids, counts and amounts alone: who they are stands in their row."""

from dataclasses import dataclass
from typing import Any

from hospitality.ground.journal import journal_kind


@journal_kind("parties.party_added")
@dataclass(frozen=True, slots=True)
class PartyAdded:
    """Guests came in and wait, or reserved (`reserved_for`); `quoted_minutes` is what those who wait were told."""

    party_id: str
    covers: int
    reserved_for: str | None
    quoted_minutes: int | None


@journal_kind("parties.party_changed")
@dataclass(frozen=True, slots=True)
class PartyChanged:
    """Fields of a party were edited; `fields` says which."""

    party_id: str
    fields: tuple[str, ...]


@journal_kind("parties.party_moved_on")
@dataclass(frozen=True, slots=True)
class PartyMovedOn:
    """A party arrived, was told that its table is ready, cancelled, or never came (no_show)."""

    party_id: str
    step: str


@journal_kind("parties.party_seated")
@dataclass(frozen=True, slots=True)
class PartySeated:
    """A party got its table or tables."""

    party_id: str
    covers: int
    table_ids: tuple[str, ...]


@journal_kind("parties.deposit_taken")
@dataclass(frozen=True, slots=True)
class DepositTaken:
    """Money of a party is held until it is settled against a bill, given back or kept."""

    deposit_id: str
    party_id: str
    tender: str
    amount_minor: int
    currency: str


@journal_kind("parties.deposit_ended")
@dataclass(frozen=True, slots=True)
class DepositEnded:
    """Part of a deposit is held no more: it was applied to an order, given back, or kept; the reason stands in the entry."""

    deposit_id: str
    party_id: str
    kind: str
    amount_minor: int
    currency: str
    order_id: str | None


@journal_kind("parties.host_rules_changed")
@dataclass(frozen=True, slots=True)
class HostRulesChanged:
    """How long tables are held and guests stay, and who leaves a deposit, was edited: before and after."""

    before: dict[str, Any]
    after: dict[str, Any]
