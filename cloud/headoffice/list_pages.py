"""`GET /conflicts` and `GET /quarantine`: what sync decided or set aside, for a person to look at."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request, Response

from cloud.headoffice.asking import ForGroup, TheOffice
from cloud.headoffice.office import PageRoute
from cloud.headoffice.reading.days import PropertyDay, property_days
from cloud.headoffice.reading.names import NAMES
from cloud.headoffice.reading.overview import group_name
from cloud.headoffice.reading.set_aside import SetAsidePage, set_aside_page
from hospitality.conflicts.loading import Asked
from hospitality.conflicts.reading import ConflictPage, conflicts_page
from hospitality.conflicts.rules import State
from hospitality.ground.errors import NotFound
from hospitality.ground.http import Cursor
from hospitality.ground.statements import Reading

router = APIRouter(route_class=PageRoute, include_in_schema=False)
YEARS = (2000, 2999)
STATES: tuple[State, ...] = ("open", "restored", "dismissed", "edited")
ASIDE_STATES = ("waiting", "applied", "discarded")
ALL = "all"
# a form sends what was left empty as an empty text
Chosen = Annotated[str, Query(max_length=36)]
From = Annotated[str, Query(alias="from", max_length=10)]
To = Annotated[str, Query(alias="to", max_length=10)]
InState = Annotated[str, Query(alias="state", max_length=10)]


@dataclass(frozen=True, slots=True)
class Choice:
    """What the reader narrowed a list to; days count in the property's zone, or in UTC over all of them.

    state: one of the list's, or ALL.
    """

    property_id: str | None
    since: date | None
    until: date | None
    state: str
    table: str | None = None

    @property
    def narrowed(self) -> bool:
        """Whether anything but the state narrows it."""
        return bool(self.property_id or self.since or self.until or self.table)

    def query(self, cursor: str) -> str:
        """The address of the next page of the same choice."""
        parts = {
            "property": self.property_id,
            "table": self.table,
            "state": self.state,
            "from": self.since,
            "to": self.until,
            "cursor": cursor,
        }
        return "?" + urlencode({name: str(value) for name, value in parts.items() if value is not None})


@dataclass(frozen=True, slots=True)
class ListLook:
    """A page of a list with the group's properties by id."""

    group: str
    properties: dict[str, PropertyDay]
    page: ConflictPage | SetAsidePage

    @property
    def zone(self) -> str:
        """Where times over all properties are told."""
        return common_zone(self.properties.values())


@router.get("/conflicts")
async def conflicts(
    request: Request,
    asking: ForGroup,
    office: TheOffice,
    of_property: Annotated[Chosen, Query(alias="property")] = "",
    of_table: Annotated[str, Query(alias="table", max_length=63)] = "",
    state: InState = "",
    since: From = "",
    until: To = "",
    cursor: Cursor = None,
) -> Response:
    """The conflict log, newest first; what is open when nothing else is asked for."""
    now = office.now()
    chosen = state if state in (*STATES, ALL) else "open"
    choice = Choice(of_property or None, day_of(since), day_of(until), chosen, of_table or None)
    look = await office.ask(asking, conflict_look, now, choice, cursor)
    return office.page(
        request,
        "conflicts",
        states=STATES,
        who=asking.name,
        group=look.group,
        look=look,
        choice=choice,
        now=now,
        cursor=cursor,
        following=choice.query(look.page.next_cursor) if look.page.next_cursor else None,
    )


@router.get("/quarantine")
async def quarantine(
    request: Request,
    asking: ForGroup,
    office: TheOffice,
    of_property: Annotated[Chosen, Query(alias="property")] = "",
    state: InState = "",
    cursor: Cursor = None,
) -> Response:
    """Transactions set aside, newest first; what waits when nothing else is asked for."""
    now = office.now()
    chosen = state if state in (*ASIDE_STATES, ALL) else "waiting"
    choice = Choice(of_property or None, None, None, chosen)
    look = await office.ask(asking, set_aside_look, now, choice, cursor)
    return office.page(
        request,
        "quarantine",
        states=ASIDE_STATES,
        who=asking.name,
        group=look.group,
        look=look,
        choice=choice,
        now=now,
        cursor=cursor,
        following=choice.query(look.page.next_cursor) if look.page.next_cursor else None,
    )


def conflict_look(reading: Reading, now: datetime, choice: Choice, cursor: str | None) -> ListLook:
    """The list in one look; NotFound for a property of another group."""
    properties = _properties(reading, now, choice)
    zone = properties[choice.property_id].zone if choice.property_id else common_zone(properties.values())
    asked = Asked(
        choice.property_id,
        day_begins(choice.since, zone) if choice.since else None,
        day_begins(choice.until + timedelta(days=1), zone) if choice.until else None,
        choice.table,
        next((one for one in STATES if one == choice.state), None),
    )
    return ListLook(group_name(reading), properties, conflicts_page(reading, asked, NAMES, cursor=cursor))


def set_aside_look(reading: Reading, now: datetime, choice: Choice, cursor: str | None) -> ListLook:
    """The list in one look; NotFound for a property of another group."""
    properties = _properties(reading, now, choice)
    state = None if choice.state == ALL else choice.state
    page = set_aside_page(reading, property_id=choice.property_id, state=state, cursor=cursor)
    return ListLook(group_name(reading), properties, page)


def _properties(reading: Reading, now: datetime, choice: Choice) -> dict[str, PropertyDay]:
    found = {one.id: one for one in property_days(reading, now)}
    if choice.property_id is not None and choice.property_id not in found:
        raise NotFound.of("property", choice.property_id)
    return found


def common_zone(properties: Iterable[PropertyDay]) -> str:
    """The zone that all of them share, else UTC."""
    zones = {one.zone for one in properties}
    return zones.pop() if len(zones) == 1 else "UTC"


def day_of(text: str) -> date | None:
    """The day that a form names; None for an empty or unreadable one, or one that no trade was on."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if YEARS[0] <= day.year <= YEARS[1] else None


def day_begins(day: date, zone: str) -> datetime:
    """Midnight of a day in a zone, in UTC."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)
