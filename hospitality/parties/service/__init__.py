"""Guests come to the door or reserve, are told how long, change their mind, and sit down; needs `tables.seat`."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from hospitality.ground.clock import instant, instant_text
from hospitality.ground.errors import Invalid, NotFound, Refused
from hospitality.ground.ids import new_id
from hospitality.ground.texts import kept_name, kept_text, set_text
from hospitality.ground.work import Work
from hospitality.parties import rules
from hospitality.parties.facts import HostRulesChanged, PartyAdded, PartyChanged, PartyMovedOn, PartySeated
from hospitality.parties.loading import (
    UNSAID,
    LoadedParty,
    Manner,
    host_rules_id,
    load_host_rules,
    load_manner,
    load_party,
)
from hospitality.parties.models import HostRules, Party, PartyStep
from hospitality.parties.reading import bookings, near, party_view, quote_view
from hospitality.properties.service import business_day
from hospitality.tables.reading import area_row, table_view
from hospitality.tables.service import MANAGE, SEAT
from hospitality.tables.service.seating import join_tables, seat_guests

_LABELS = "SELECT id, label FROM dining_tables WHERE org_id = :org_id AND property_id = :property_id AND id IN (:ids)"


def add_party(work: Work, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Puts a party on the waitlist, or takes a reservation where `reserved_for` is given; answers the party.

    Fields as `edit_party` takes them, name and covers at least. Who waits is quoted a time, unless `quoted_minutes` says
    what they were told. Refused TABLE_RESERVED when a table that is to be kept for them is kept for others.
    """
    work.require(SEAT)
    wanted = _checked(work, {"table_ids": [], **fields})
    quoted = wanted.pop("quoted_minutes", None)
    if wanted.get("reserved_for") is None and quoted is None:
        told = quote_view(work, covers=wanted["covers"], area_id=wanted.get("area_id"), now=work.now)
        quoted = told["minutes"]
    party_id = new_id()
    manner = load_manner(work, work.now)
    _check_tables(work, manner, party_id, wanted)
    waits = wanted.get("reserved_for") is None and quoted is not None
    row = {
        "id": party_id,
        **dict.fromkeys(("phone", "note", "area_id", "reserved_for", "stay_minutes", "pager")),
        **wanted,
        "table_ids": set_text(wanted["table_ids"]),
        "quoted_for": instant_text(work.now + timedelta(minutes=quoted)) if waits else None,
        "made_at": work.now_text,
        "made_by": work.caller.person_id,
    }
    work.add(Party, row)
    work.journal(PartyAdded(party_id, row["covers"], row["reserved_for"], quoted if waits else None))
    return party_view(work, party_id, now=work.now)


def edit_party(work: Work, party_id: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Sets name, phone, note, pager, covers, area_id, reserved_for, stay_minutes, table_ids (the whole list) or quoted_minutes
    (from now); answers the party. Refused TABLE_RESERVED."""
    work.require(SEAT)
    manner = load_manner(work, work.now)
    party = load_party(work, manner, party_id)
    current = {**party.row, "table_ids": sorted(party.table_ids)}
    wanted = _checked(work, fields)
    if "quoted_minutes" in wanted:
        minutes = wanted.pop("quoted_minutes")
        wanted["quoted_for"] = None if minutes is None else instant_text(work.now + timedelta(minutes=minutes))
    after = {name: value for name, value in wanted.items() if current[name] != value}
    if after:
        _check_tables(work, manner, party_id, {**current, **after}, only_if=after)
        stored = {**after, "table_ids": set_text(after["table_ids"])} if "table_ids" in after else after
        work.edit(Party, party_id, **stored)
        work.journal(PartyChanged(party_id, tuple(sorted(after))))
    return party_view(work, party_id, now=work.now)


def step_party(work: Work, party_id: str, *, step: str) -> dict[str, Any]:
    """Moves a party on: arrived, told (its table is ready), cancelled or no_show; answers the party. Refused PARTY_STEP."""
    work.require(SEAT)
    party = load_party(work, load_manner(work, work.now), party_id)
    rules.check_step(step, party.state)
    _step(work, party_id, step)
    return party_view(work, party_id, now=work.now)


def seat_party(work: Work, party_id: str, *, table_ids: Sequence[str], covers: int | None = None) -> dict[str, Any]:
    """Seats a party at a table, or at several that are put together for it; answers the party.

    table_ids: the one that the others are put to first; those that are kept for it when none are named. Refused
    PARTY_NOT_WAITING, PARTY_WITHOUT_TABLE, and what seating and joining refuse.
    """
    work.require(SEAT)
    party = load_party(work, load_manner(work, work.now), party_id)
    rules.check_seatable(party.state)
    ids = list(dict.fromkeys(table_ids)) or _largest_first(work, party)
    if not ids:
        raise Refused("PARTY_WITHOUT_TABLE", "No table is kept for this party. Choose one.")
    if party.state != "waiting":
        _step(work, party_id, "arrived")
    if len(ids) > 1:
        join_tables(work, ids[0], joined_ids=ids[1:])
    guests = party.row["covers"] if covers is None else covers
    seat_guests(work, ids[0], covers=guests, party_id=party_id)
    work.journal(PartySeated(party_id, guests, tuple(ids)))
    return party_view(work, party_id, now=work.now)


def edit_host_rules(work: Work, fields: Mapping[str, int]) -> dict[str, int]:
    """Sets the fields given, each by itself; needs `tables.manage`. The rules as they are then."""
    work.require(MANAGE)
    current = load_host_rules(work)
    rules.check_host_rules(**{**current, **fields})
    after = {name: value for name, value in fields.items() if current[name] != value}
    if not after:
        return current
    id = host_rules_id(work)
    if work.one("SELECT id FROM host_rules WHERE org_id = :org_id AND id = :id", id=id) is None:
        work.add(HostRules, {"id": id, **UNSAID, **after})
    else:
        work.edit(HostRules, id, **after)
    work.journal(HostRulesChanged({name: current[name] for name in after}, after))
    return {**current, **after}


def _step(work: Work, party_id: str, step: str) -> None:
    work.add(
        PartyStep,
        {
            "party_id": party_id,
            "step": step,
            "person_id": work.caller.person_id,
            "terminal_id": work.caller.terminal_id,
            "at": work.now_text,
            "business_date": business_day(work).isoformat(),
        },
    )
    work.journal(PartyMovedOn(party_id, step))


def _largest_first(work: Work, party: LoadedParty) -> list[str]:
    tables = [table_view(work, id) for id in party.table_ids]
    return [table["id"] for table in sorted(tables, key=lambda table: (-table["seats"], table["label"]))]


def _checked(work: Work, fields: Mapping[str, Any]) -> dict[str, Any]:
    checked = dict(fields)
    if "name" in checked:
        checked["name"] = kept_name(checked["name"], what="party")
    if "phone" in checked:
        checked["phone"] = kept_text(checked["phone"], what="telephone number", length_max=rules.PHONE_LENGTH_MAX)
    if "pager" in checked:
        checked["pager"] = rules.kept_pager(checked["pager"])
    if "note" in checked:
        checked["note"] = kept_text(checked["note"], what="note", length_max=rules.NOTE_LENGTH_MAX)
    if "covers" in checked:
        rules.check_covers(checked["covers"])
    for name in ("stay_minutes", "quoted_minutes"):
        if name in checked:
            rules.check_minutes(checked[name])
    if checked.get("reserved_for") is not None:
        checked["reserved_for"] = rules.reserved(checked["reserved_for"], now=work.now)
    if checked.get("area_id") is not None and not area_row(work, checked["area_id"])["active"]:
        raise NotFound.of("area", checked["area_id"])
    if "table_ids" in checked:
        ids = sorted(set(checked["table_ids"]))
        if len(ids) > rules.TABLES_MAX:
            raise Invalid("TOO_MANY_TABLES_KEPT", f"Keep at most {rules.TABLES_MAX} tables for one party.")
        known = {row["id"] for row in work.rows(_LABELS, ids=ids)} if ids else set()
        missing = next((id for id in ids if id not in known), None)
        if missing is not None:
            raise NotFound.of("table", missing)
        checked["table_ids"] = ids
    return checked


def _check_tables(
    work: Work, manner: Manner, party_id: str, wanted: Mapping[str, Any], *, only_if: Mapping[str, Any] | None = None
) -> None:
    """Raises Refused TABLE_RESERVED when a table would be kept for two at one time; what was so before is left alone."""
    moved = only_if is None or only_if.keys() & {"table_ids", "reserved_for", "stay_minutes"}
    if not wanted["table_ids"] or not moved:
        return
    begins = instant(wanted["reserved_for"]) if wanted.get("reserved_for") else work.now
    stay = manner.stay(wanted["covers"], wanted.get("stay_minutes"))
    mine = rules.Booking(party_id, frozenset(wanted["table_ids"]), begins, begins + stay)
    for other in bookings(near(work, manner, begins), work.now, but=party_id):
        if mine.overlaps(other):
            table_id = min(mine.table_ids & other.table_ids)
            label = work.rows(_LABELS, ids=[table_id])[0]["label"]
            raise Refused(
                "TABLE_RESERVED",
                f"Table {label} is kept for another party at that time. Choose another table or hour.",
                table_id=table_id,
                party_id=other.party_id,
                begins=instant_text(other.begins),
                ends=instant_text(other.ends),
            )
