"""The door as its host sees it: who waits and who has reserved, how long a wait would be, which tables would do."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from hospitality.ground.clock import instant, instant_text, trading_date, trading_span
from hospitality.ground.statements import Reading
from hospitality.parties.loading import (
    LoadedParty,
    Manner,
    load_host_rules,
    load_manner,
    load_parties,
    load_party,
)
from hospitality.parties.rules import Booking, check_covers, clashes, deposit_asked
from hospitality.parties.rules.fitting import Fit, Spot, fits, suggestions
from hospitality.parties.rules.waits import Waiting, after_the_queue, free_at, placed, quoted_minutes
from hospitality.properties.service import property_view
from hospitality.tables.reading import floor_view

NEAR = timedelta(hours=12)  # reservations so far away have no say in tonight's tables
_SHOWN = (
    *("id", "name", "phone", "note", "covers", "area_id", "reserved_for", "stay_minutes", "quoted_for"),
    *("pager", "made_at", "made_by"),
)
_ORDER = ("waiting", "late", "reserved", "no_show", "seated", "left", "cancelled")
_OF_DEPOSIT = ("id", "tender", "amount_minor", "currency", "reference", "at", "held_minor")


def host_rules(reading: Reading) -> dict[str, int]:
    """{grace_minutes, turn_minutes, deposit_covers_min, deposit_minor}; unsaid, as it ships."""
    return load_host_rules(reading)


def parties_view(reading: Reading, *, now: datetime, day: date | None = None) -> dict[str, Any]:
    """{date, items, rules}: the parties of a business date (the one at hand), those who wait first, longest first."""
    place = property_view(reading)
    day = day or trading_date(now, place["zone"], place["cut_off_hour"])
    manner = load_manner(reading, now)
    loaded = load_parties(reading, manner, *trading_span(day, place["zone"], place["cut_off_hour"]))
    shared = clashes([booking for one in loaded if (booking := one.booking(now)) is not None])
    ordered = sorted(
        loaded,
        key=lambda one: (
            _ORDER.index(one.state),
            one.waits_since if one.state == "waiting" else one.row["reserved_for"] or one.row["made_at"],
            one.id,
        ),
    )
    items = [_shown(one, shared.get(one.id, {}), manner.rules) for one in ordered]
    return {"date": day.isoformat(), "items": items, "rules": dict(manner.rules)}


def party_view(reading: Reading, party_id: str, *, now: datetime) -> dict[str, Any]:
    """One party with the parties of its time that have one of its tables; NotFound PARTY_NOT_FOUND."""
    manner = load_manner(reading, now)
    party = load_party(reading, manner, party_id)
    mine = party.booking(now)
    others = bookings(near(reading, manner, mine.begins), now, but=party_id) if mine else []
    found = clashes([mine, *others]).get(party_id, {}) if mine else {}
    return _shown(party, found, manner.rules)


def near(reading: Reading, manner: Manner, moment: datetime) -> list[LoadedParty]:
    """The parties whose hour lies near a moment."""
    return load_parties(reading, manner, moment - NEAR, moment + NEAR)


def bookings(parties: Iterable[LoadedParty], now: datetime, *, but: str | None = None) -> list[Booking]:
    """What tables are kept for, for all parties but one."""
    return [found for one in parties if one.id != but and (found := one.booking(now)) is not None]


def quote_view(reading: Reading, *, covers: int, area_id: str | None, now: datetime) -> dict[str, Any]:
    """{covers, ahead, minutes, at}: how long a party that comes now would wait; None where no table ever fits it."""
    fit, ahead = _soonest(reading, covers=covers, area_id=area_id, now=now)
    minutes = quoted_minutes(fit, now=now)
    at = None if minutes is None else instant_text(now + timedelta(minutes=minutes))
    return {"covers": covers, "ahead": ahead, "minutes": minutes, "at": at}


def _soonest(reading: Reading, *, covers: int, area_id: str | None, now: datetime) -> tuple[Fit | None, int]:
    check_covers(covers)
    manner = load_manner(reading, now)
    parties = near(reading, manner, now)
    spots = spots_of(floor_view(reading), manner)
    kept = bookings(parties, now)
    for one in sorted(parties, key=lambda one: one.row["reserved_for"] or ""):
        if one.state in ("reserved", "late") and not one.table_ids:
            hour = max(instant(one.row["reserved_for"]), now)
            found = placed(spots, hour, _waiting(one), kept)
            if found is not None:
                kept.append(found)
    ahead = sorted((one for one in parties if one.state == "waiting"), key=lambda one: one.waits_since)
    then = after_the_queue(spots, [_waiting(one) for one in ahead], kept)
    found_fits = fits(then, covers, stay=manner.stay(covers), kept=kept, area_id=area_id)
    return (found_fits[0] if found_fits else None), len(ahead)


def suggestions_view(
    reading: Reading,
    *,
    covers: int,
    area_id: str | None,
    now: datetime,
    at: datetime | None = None,
    party_id: str | None = None,
    stay_minutes: int | None = None,
) -> dict[str, Any]:
    """{items}: tables, or tables put together, that a party can have at a moment (now): {table_ids, labels, area_id, seats,
    until}, the best first. party_id: whose own reservation doesn't count against it."""
    check_covers(covers)
    manner = load_manner(reading, now)
    moment = max(at or now, now)
    kept = bookings(near(reading, manner, moment), now, but=party_id)
    spots = [replace(spot, free_at=max(spot.free_at, moment)) for spot in spots_of(floor_view(reading), manner)]
    found = fits(spots, covers, stay=manner.stay(covers, stay_minutes), kept=kept, area_id=area_id)
    return {"items": [_suggested(fit) for fit in suggestions(found, covers, at=moment, area_id=area_id)]}


def spots_of(floor: Mapping[str, Any], manner: Manner) -> list[Spot]:
    """The floor's tables, each with what is put to it, and when they can be had."""
    by_id = {table["id"]: table for table in floor["tables"]}

    def spot(table: Mapping[str, Any]) -> Spot:
        with_it: Sequence[Mapping[str, Any]] = [by_id[id] for id in table["joined_ids"]]
        since = instant(table["since"]) if table["since"] else None
        stay = manner.stay(table["covers"] or table["seats"])
        return Spot(
            table["id"],
            table["label"],
            table["area_id"],
            table["seats"] + sum(other["seats"] for other in with_it),
            table["x"],
            table["y"],
            table["w"],
            table["h"],
            free_at=free_at(table["state"], since, stay, now=manner.now),
            alone=not with_it,
        )

    return [spot(table) for table in floor["tables"] if table["joined_to"] is None]


def _waiting(one: LoadedParty) -> Waiting:
    return Waiting(one.id, one.row["covers"], one.stay, one.row["area_id"])


def _suggested(fit: Fit) -> dict[str, Any]:
    return {
        "table_ids": list(fit.table_ids),
        "labels": [spot.label for spot in fit.spots],
        "area_id": fit.spots[0].area_id,
        "seats": fit.seats,
        "until": instant_text(fit.until) if fit.until else None,
    }


def _shown(party: LoadedParty, shared: Mapping[str, bool], rules: Mapping[str, int]) -> dict[str, Any]:
    row = party.row
    asked = deposit_asked(row["covers"], covers_min=rules["deposit_covers_min"], minor=rules["deposit_minor"])
    return {
        **{name: row[name] for name in _SHOWN},
        "state": party.state,
        "table_ids": list(party.table_ids),
        "waits_since": party.waits_since if party.state == "waiting" else None,
        "told_at": party.told_at,
        "seated_at": list(party.seated_at),
        "clashes": [{"party_id": other, "was_first": first} for other, first in sorted(shared.items())],
        "deposit_asked_minor": asked if row["reserved_for"] else 0,
        "deposit_held_minor": sum(one["held_minor"] for one in party.deposits),
        "deposits": [{name: one[name] for name in _OF_DEPOSIT} for one in party.deposits],
    }
