"""What can happen at the end of a stretch of trade."""

from dataclasses import dataclass

from hospitality.ground.journal import journal_kind


@journal_kind("days.drawer_counted")
@dataclass(frozen=True, slots=True)
class DrawerCounted:
    """A drawer was counted and its session ended; `over_short_minor` is below zero when cash is missing."""

    session_id: str
    drawer_id: str
    counted_minor: int
    expected_minor: int
    over_short_minor: int
    currency: str


@journal_kind("days.report_made")
@dataclass(frozen=True, slots=True)
class ReportMade:
    """A day was closed with its Z, or what came late to it was put into a supplement."""

    report_id: str
    date: str
    kind: str
    number: str


@journal_kind("days.server_checked_out")
@dataclass(frozen=True, slots=True)
class ServerCheckedOut:
    """Somebody handed in what they took on a day."""

    checkout_id: str
    date: str
    declared_tip_minor: int
    currency: str
