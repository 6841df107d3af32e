"""What can happen to cash beside sales."""

from dataclasses import dataclass

from hospitality.ground.journal import journal_kind


@journal_kind("cash.drawer_added")
@dataclass(frozen=True, slots=True)
class DrawerAdded:
    """A drawer was set up, for one terminal or shared."""

    drawer_id: str


@journal_kind("cash.drawer_opened")
@dataclass(frozen=True, slots=True)
class DrawerOpened:
    """Somebody began with a float."""

    session_id: str
    drawer_id: str
    float_minor: int
    currency: str


@journal_kind("cash.cash_moved")
@dataclass(frozen=True, slots=True)
class CashMoved:
    """Cash went in or out of a drawer, not for a sale; the reason stands in the entry."""

    move_id: str
    session_id: str
    kind: str
    amount_minor: int
    currency: str


@journal_kind("cash.house_rate_set")
@dataclass(frozen=True, slots=True)
class HouseRateSet:
    """Another currency is taken at this rate from now on; before None when it was not taken."""

    currency: str
    before_micro: int | None
    after_micro: int
