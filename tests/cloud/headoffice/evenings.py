"""Evenings at a small group, made anew for each test or picture: nothing in them is random."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import cycle

from tests.cloud_fixture import HeadOffice, There

FRIDAY = datetime(2026, 6, 12, 18, 42, tzinfo=UTC)
ZONE = "Africa/Windhoek"
MENU = (
    ("Oryx loin, root vegetables", 24500),
    ("Kingklip, lemon butter", 19800),
    ("Potjie of the day", 14500),
    ("Burger, hand-cut chips", 12500),
    ("Garden salad", 7800),
    ("Rooibos tart", 6200),
    ("Lager 500 ml", 3800),
    ("House wine, glass", 5500),
    ("Sparkling water", 2600),
)
# orders in each hour of an evening, from 11:00 on
RUSH = (3, 7, 9, 4, 2, 2, 3, 8, 14, 17, 12)


def friday() -> datetime:
    """The evening's clock stands still."""
    return FRIDAY


# how long a party stays before it pays, by turns
STAYS = (35, 55, 80)


def busy(
    office: HeadOffice,
    name: str,
    *,
    scale: float = 1.0,
    currency: str = "NAD",
    weeks: int = 2,
    heard_until: datetime = FRIDAY,
) -> There:
    """A property in the middle of its Friday evening, with the Friday before it whole."""
    there = office.add_property(name, zone=ZONE, currency=currency)
    people = staff(office, there)
    for week in range(weeks):
        evening = FRIDAY - timedelta(days=7 * week)
        office.open_day(there, there.day_of(evening), status="open" if week == 0 else "closed")
        rows = []
        dishes = cycle(MENU)
        for n, at in enumerate(_moments(evening, scale * (1.0 if week == 0 else 0.9), whole=week > 0)):
            lines = [(dish, 1 + (n + k) % 2, price) for k, (dish, price) in zip(range(2 + n % 3), dishes, strict=False)]
            paid_at = at + timedelta(minutes=STAYS[n % 3])
            if week == 0 and at > heard_until:
                continue
            rows += office.order(
                there,
                lines,
                at=at,
                paid=None if week == 0 and paid_at > heard_until else ("card" if n % 3 else "cash"),
                paid_at=paid_at,
                voided=(0,) if n % 17 == 5 else (),
                channel="takeaway" if n % 6 == 4 else "dine_in",
                table=None if n % 6 == 4 else str(1 + n % 24),
                opened_by=people[n % len(people)],
            )
        office.push(there, rows)
    return there


def staff(office: HeadOffice, there: There) -> list[str]:
    """Three people of the property."""
    found: list[str] = []
    for name in ("Anna", "Johannes", "Selma"):
        id = f"{there.id[:-4]}{len(found):04d}"
        found.append(id)
        office.push(there, [("people", {"id": id, "display_name": name, "role": "staff", "active": True})])
    return found


def lagging(office: HeadOffice, name: str, *, ago: timedelta = timedelta(hours=1, minutes=12)) -> There:
    """A property whose node has not been heard for a while, and whose clock was off."""
    there = busy(office, name, scale=0.6, heard_until=FRIDAY - ago)
    office.heard(there, ago=ago, waiting=214, offset_ms=-84_000)
    return there


def disputes(office: HeadOffice, there: There) -> None:
    """Two prices and a dish edited in two places at once; one of them settled since."""
    kingklip = office.menu_item(there, "Kingklip, lemon butter", 19800)
    tart = office.menu_item(there, "Rooibos tart", 6200)
    at = FRIDAY - timedelta(minutes=48)
    office.conflict(there, kingklip, "price_minor", won=21500, lost=20500, at=at)
    office.conflict(there, tart, "available", won=False, lost=True, won_by_node=True, at=at - timedelta(hours=3))
    office.conflict(there, tart, "price_minor", won=6200, lost=6500, at=at - timedelta(days=1), stands=False)


def _moments(evening: datetime, scale: float, *, whole: bool) -> Iterator[datetime]:
    first = evening.replace(hour=9, minute=0)  # 11:00 in Windhoek
    for hour, orders in enumerate(RUSH):
        count = max(1, round(orders * scale))
        for n in range(count):
            at = first + timedelta(hours=hour, minutes=60 * n / count)
            if whole or at <= evening:
                yield at
