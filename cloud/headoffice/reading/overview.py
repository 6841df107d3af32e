"""How the group is doing and where somebody must look, in one consistent look: nine statements for any group."""

from dataclasses import dataclass
from datetime import date, datetime

from cloud.headoffice.reading.days import LAST_WEEK, THIS_WEEK, PropertyDay, property_days, windows
from cloud.headoffice.reading.nodes import Alarm, Node, NodeState, Thresholds, current, nodes
from cloud.headoffice.reading.set_aside import waiting_count
from cloud.headoffice.reading.trade import Risked, Trade, Unpaid, at_risk, trades, unpaid
from hospitality.conflicts.loading import open_conflicts
from hospitality.ground.clock import instant
from hospitality.ground.statements import Reading


@dataclass(frozen=True, slots=True)
class PropertyLine:
    """One property: its business day's trade, that of the weekday before (None: none), what is open, its node."""

    day: PropertyDay
    trade: Trade
    before: Trade | None
    unpaid: Unpaid
    node: Node | None
    node_state: NodeState | None
    as_of: datetime | None
    alarms: tuple[Alarm, ...] = ()

    @property
    def needs_look(self) -> bool:
        """Whether its node is missing, or something about it wants somebody; what was set aside has a line of its own."""
        return self.node is None or any(alarm != "set_aside" for alarm in self.alarms)


@dataclass(frozen=True, slots=True)
class CurrencyGroup:
    """The properties of one currency added up: those that are on their today, or else on the newest day there is.

    `as_of` is as old as the oldest part; `left_out` are the properties that are still on an earlier day.
    """

    currency: str
    date: date
    is_today: bool
    lines: tuple[PropertyLine, ...]
    left_out: tuple[PropertyLine, ...]
    trade: Trade
    before: Trade | None
    unpaid: Unpaid
    as_of: datetime | None

    @property
    def zone(self) -> str:
        """The zone in which its times are told: the properties' own where they share one."""
        zones = {line.day.zone for line in self.lines}
        return zones.pop() if len(zones) == 1 else "UTC"

    @property
    def oldest_open(self) -> datetime | None:
        """When the oldest open order was opened."""
        return instant(self.unpaid.oldest_at) if self.unpaid.oldest_at else None

    @property
    def late(self) -> tuple[PropertyLine, ...]:
        """The properties whose newest figures may not be here yet."""
        return tuple(line for line in self.lines if line.node_state in ("late", "property_only"))


@dataclass(frozen=True, slots=True)
class Overview:
    """All of the page."""

    group: str
    lines: tuple[PropertyLine, ...]
    currencies: tuple[CurrencyGroup, ...]
    open_conflicts: int
    set_aside: int
    at_risk: tuple[Risked, ...]

    @property
    def needs_look(self) -> tuple[PropertyLine, ...]:
        """The properties whose node wants somebody."""
        return tuple(line for line in self.lines if line.needs_look)


def overview(reading: Reading, now: datetime, thresholds: Thresholds = Thresholds()) -> Overview:
    """The group, or the property at hand alone."""
    days = property_days(reading, now)
    by_property = current(nodes(reading))
    as_of = {day.id: heard_until(by_property.get(day.id), now) for day in days}
    traded = trades(reading, windows(days, {id: at or now for id, at in as_of.items()}))
    left_open = unpaid(reading, days)
    lines = tuple(
        _line(
            day,
            traded.get((day.id, THIS_WEEK), Trade()),
            traded.get((day.id, LAST_WEEK)),
            left_open[day.id],
            by_property.get(day.id),
            now,
            as_of[day.id],
            thresholds,
        )
        for day in days
    )
    return Overview(
        group=group_name(reading),
        lines=lines,
        currencies=tuple(by_currency(lines)),
        open_conflicts=open_conflicts(reading),
        set_aside=waiting_count(reading),
        at_risk=at_risk(reading, days),
    )


def group_name(reading: Reading) -> str:
    """What the caller's group is called."""
    return str(reading.value("SELECT name FROM organisations WHERE org_id = :org_id AND id = :org_id") or "")


def by_currency(lines: tuple[PropertyLine, ...]) -> list[CurrencyGroup]:
    """The lines that have traded, currency by currency."""
    found = []
    for currency in {line.day.currency for line in lines}:
        mine = [line for line in lines if line.day.currency == currency and line.day.date is not None]
        if mine:
            found.append(_group(currency, mine))
    # where most of the group's properties are stands first
    return sorted(found, key=lambda group: (-len(group.lines) - len(group.left_out), group.currency))


def _group(currency: str, mine: list[PropertyLine]) -> CurrencyGroup:
    newest = max(line.day.date for line in mine if line.day.date is not None)
    is_today = any(line.day.is_today for line in mine)
    chosen = tuple(line for line in mine if (line.day.is_today if is_today else line.day.date == newest))
    befores = [line.before for line in chosen if line.before is not None]
    oldest = [line.unpaid.oldest_at for line in mine if line.unpaid.oldest_at is not None]
    as_of = [line.as_of for line in chosen]
    return CurrencyGroup(
        currency=currency,
        date=max(line.day.date for line in chosen if line.day.date is not None),
        is_today=is_today,
        lines=chosen,
        left_out=tuple(line for line in mine if line not in chosen),
        trade=sum((line.trade for line in chosen), Trade()),
        before=sum(befores, Trade()) if befores else None,
        # what is open is open whatever the day
        unpaid=Unpaid(sum(line.unpaid.orders for line in mine), min(oldest, default=None)),
        as_of=None if None in as_of else min(at for at in as_of if at is not None),
    )


def heard_until(node: Node | None, now: datetime) -> datetime | None:
    """Up to when a property's figures can be trusted: from a silent node nothing newer is known than it said last."""
    if node is None:
        return None
    return now if node.state(now) == "online" else node.seen_at


def _line(
    day: PropertyDay,
    trade: Trade,
    before: Trade | None,
    left_open: Unpaid,
    node: Node | None,
    now: datetime,
    as_of: datetime | None,
    thresholds: Thresholds,
) -> PropertyLine:
    alarms = node.alarms(now, thresholds) if node else ()
    return PropertyLine(day, trade, before, left_open, node, node.state(now) if node else None, as_of, alarms)
