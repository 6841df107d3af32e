"""The figures at the head of a page: what each is called, how it changed, and the rows that it leads to."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from cloud.headoffice.change import Change, change
from cloud.headoffice.reading.overview import CurrencyGroup
from cloud.headoffice.words import Words


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure; `note` says more where there is no change to tell, `href` leads to the rows behind it."""

    key: str
    label: str
    kind: Literal["money", "count"]
    value: int | None
    note: str
    href: str
    change: Change | None = None


def tiles(group: CurrencyGroup, words: Words, now: datetime, *, at_property: bool = False) -> list[Tile]:
    """The tiles of one currency; at_property: on the property's own page, where its lists are."""
    _ = words.gettext
    trade, before = group.trade, group.before
    one = group.lines[0].day.id if len(group.lines) == 1 and not group.left_out else None

    def rows(sort: str, show: str) -> str:
        if at_property or one:
            return f"{'' if at_property else f'/properties/{one}'}?show={show}#rows"
        return f"/?sort={sort}&dir=desc#properties"

    oldest = group.oldest_open
    return [
        Tile(
            "sales",
            _("Sales"),
            "money",
            trade.sales_minor,
            "",
            rows("sales", "day"),
            change(trade.sales_minor, before.sales_minor if before else None),
        ),
        Tile(
            "taken",
            _("Money taken"),
            "money",
            trade.taken_minor,
            "",
            rows("taken", "payments"),
            change(trade.taken_minor, before.taken_minor if before else None),
        ),
        Tile(
            "orders",
            _("Orders"),
            "count",
            trade.orders,
            words.voided(trade.voided) if trade.voided else "",
            rows("orders", "day"),
            change(trade.orders, before.orders if before else None),
        ),
        Tile(
            "open",
            _("Open orders"),
            "count",
            group.unpaid.orders,
            _("oldest from {time}").format(time=words.moment(oldest, group.zone, now)) if oldest else _("all settled"),
            rows("open", "open"),
        ),
        Tile(
            "check",
            _("Average check"),
            "money",
            trade.check_minor,
            "",
            rows("check", "day"),
            change(trade.check_minor, before.check_minor if before else None),
        ),
    ]
