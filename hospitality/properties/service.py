"""Setting up a group and its properties, and knowing which business day it is."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from hospitality.ground.clock import trading_date
from hospitality.ground.errors import NotFound
from hospitality.ground.ids import derived_id, new_id
from hospitality.ground.statements import Reading
from hospitality.ground.texts import kept_name
from hospitality.ground.work import Work
from hospitality.properties import rules
from hospitality.properties.facts import (
    BusinessDayClosed,
    BusinessDayOpened,
    HouseRulesChanged,
    OrganisationAdded,
    PropertyAdded,
)
from hospitality.properties.models import BusinessDay, HouseRules, Organisation, Property


def add_organisation(work: Work, *, name: str) -> dict[str, Any]:
    """Begins the group of the caller's `org_id`: {id, name}."""
    name = kept_name(name, what="group")
    work.add(Organisation, {"id": work.org_id, "property_id": None, "name": name})
    work.journal(OrganisationAdded(work.org_id))
    return {"id": work.org_id, "name": name}


def add_property(
    work: Work, *, name: str, zone: str, currency: str, cut_off_hour: int = 4, locale: str = "en"
) -> dict[str, Any]:
    """Adds a property to the group; cut_off_hour is the local hour at which its business day turns."""
    rules.check_property(zone=zone, currency=currency, cut_off_hour=cut_off_hour)
    id = new_id()
    values = {
        "id": id,
        "property_id": id,
        "name": kept_name(name, what="property"),
        "zone": zone,
        "currency": currency,
        "cut_off_hour": cut_off_hour,
        "locale": locale,
    }
    work.add(Property, values)
    work.journal(PropertyAdded(id))
    return {key: value for key, value in values.items() if key != "property_id"}


_PROPERTY = """
    SELECT id, name, zone, currency, cut_off_hour, locale FROM properties
    WHERE org_id = :org_id AND id = :property_id
"""


def property_view(reading: Reading) -> dict[str, Any]:
    """The property at hand: {id, name, zone, currency, cut_off_hour, locale}; NotFound when it isn't known here."""
    row = reading.one(_PROPERTY)
    if row is None:
        raise NotFound.of("property", reading.property_id)
    return dict(row)


def properties_list(reading: Reading) -> list[dict[str, Any]]:
    """All of the group's properties by name, each as `property_view` has it."""
    rows = reading.rows(
        "SELECT id, name, zone, currency, cut_off_hour, locale FROM properties WHERE org_id = :org_id ORDER BY name, id"
    )
    return [dict(row) for row in rows]


_LATEST_DAY = """
    SELECT date, status FROM business_days
    WHERE org_id = :org_id AND property_id = :property_id ORDER BY date DESC LIMIT 1
"""


def current_business_date(reading: Reading) -> str | None:
    """The newest business day's date as text, or None before the first act of trade."""
    row = reading.one(_LATEST_DAY)
    return None if row is None else str(row["date"])


def acted(work: Work) -> dict[str, Any]:
    """What most facts of trade say of their making: {person_id, terminal_id, at, business_date}."""
    return {
        "person_id": work.caller.person_id,
        "terminal_id": work.caller.terminal_id,
        "at": work.now_text,
        "business_date": business_day(work).isoformat(),
    }


def business_day(work: Work) -> date:
    """The business date that this act belongs to, also set as the work's own.

    Opens the day when none is open, and turns to the next when the cut-off hour has passed, closing what was open in
    the same act. Costs one small SELECT when nothing has to change. What `book_late` said belongs to an earlier day does.
    """
    if work.belongs_to is not None:
        work.business_date = work.belongs_to
        return work.belongs_to
    row = work.one(_LATEST_DAY)
    trading = trading_date(work.now, work.place.zone, work.place.cut_off_hour)
    latest = None if row is None else date.fromisoformat(row["date"])
    is_open = row is not None and row["status"] == "open"
    booked = rules.date_to_book(trading, latest=latest, latest_is_open=is_open)
    work.business_date = booked
    if booked != latest:
        _turn_day(work, booked)
    return booked


def _turn_day(work: Work, to: date) -> None:
    opened = work.rows(
        "SELECT id, date FROM business_days WHERE org_id = :org_id AND property_id = :property_id AND status = 'open'"
    )
    for day in opened:
        work.edit(BusinessDay, day["id"], closed_at=work.now_text, status="closed")
        work.journal(BusinessDayClosed(str(day["date"])))
    text = to.isoformat()
    values = {"date": text, "opened_at": work.now_text, "closed_at": None, "status": "open"}
    work.add(BusinessDay, {"id": day_id(work, text), **values})
    work.journal(BusinessDayOpened(text))


def day_id(reading: Reading, day: str) -> str:
    """The id of a property's business day: a day is one row."""
    return derived_id(reading.property_id, f"business_day:{day}")


def close_business_day(work: Work, day: str) -> None:
    """Marks an open day closed; the next act of trade opens the one after."""
    work.edit(BusinessDay, day_id(work, day), closed_at=work.now_text, status="closed")
    work.journal(BusinessDayClosed(day))


def book_late(work: Work, day: str) -> None:
    """Makes the rest of this act belong to an earlier business day, to which it comes late (R10).

    Refused DAY_NOT_FOUND unless that is a day of the property, up to the one at hand.
    """
    known = work.one("SELECT date FROM business_days WHERE org_id = :org_id AND id = :id", id=day_id(work, day))
    if known is None:
        raise NotFound("DAY_NOT_FOUND", "Nothing was sold on that day. Choose one from the list of days.", date=day)
    work.belongs_to = date.fromisoformat(day)


MANAGE = "property.manage"
OFFLINE_LIMITS = ("offline_card_minor", "offline_day_minor", "offline_total_minor")
_UNSAID: dict[str, Any] = {
    "carries_over": False,
    "cash_step_minor": 1,
    "tax_by_line": False,
    **dict.fromkeys(OFFLINE_LIMITS, 0),
}
_HOUSE_RULES = f"SELECT {', '.join(_UNSAID)} FROM house_rules WHERE org_id = :org_id AND id = :id"


def house_rules(reading: Reading) -> dict[str, Any]:
    """How the property handles money and days: {carries_over, cash_step_minor, tax_by_line, offline_card_minor,
    offline_day_minor, offline_total_minor}; unsaid, as it ships."""
    row = reading.one(_HOUSE_RULES, id=house_rules_id(reading))
    if row is None:
        return dict(_UNSAID)
    return {**row, "carries_over": bool(row["carries_over"]), "tax_by_line": bool(row["tax_by_line"])}


def taxed_by_line(reading: Reading) -> bool:
    """Whether the property has taxes rounded line by line on what is ordered now."""
    return reading.cached(_taxed_by_line, ("house",))["house"]


def _taxed_by_line(reading: Reading, keys: Collection[str]) -> dict[str, bool]:
    return {"house": house_rules(reading)["tax_by_line"]}


def edit_house_rules(work: Work, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Sets the fields given, each by itself: the house rules as they are then."""
    work.require(MANAGE)
    rules.check_step(fields.get("cash_step_minor", 1))
    for name in OFFLINE_LIMITS:
        rules.check_offline_limit(fields.get(name, 0))
    current = house_rules(work)
    after = {name: value for name, value in fields.items() if current[name] != value}
    if not after:
        return current
    if work.one(_HOUSE_RULES, id=house_rules_id(work)) is None:
        work.add(HouseRules, {"id": house_rules_id(work), **_UNSAID, **after})
    else:
        work.edit(HouseRules, house_rules_id(work), **after)
    work.journal(HouseRulesChanged({name: current[name] for name in after}, after))
    return {**current, **after}


def house_rules_id(reading: Reading) -> str:
    """The id of the property's house rules."""
    return derived_id(reading.property_id, "house_rules")
