"""Parties with what happened to them, what their tables are kept for, and how long guests stay; a few SELECTs for any number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from hospitality.ground.clock import instant, instant_text
from hospitality.ground.errors import NotFound
from hospitality.ground.ids import derived_id
from hospitality.ground.statements import Found, Reading
from hospitality.ground.texts import words_of
from hospitality.parties.rules import Booking, State, party_state
from hospitality.parties.rules.waits import band, turns

PARTIES_MAX = 1_000
MEASURED_DAYS = 28
MEASURED_MAX = 2_000
UNSAID = {"grace_minutes": 15, "turn_minutes": 90, "deposit_covers_min": 0, "deposit_minor": 0}
_FIELDS = """
    p.id, p.name, p.phone, p.note, p.covers, p.area_id, p.reserved_for, p.stay_minutes, p.table_ids, p.quoted_for,
    p.pager, p.made_at, p.made_by
"""
_RESERVED = f"""
    SELECT {_FIELDS} FROM parties p WHERE p.org_id = :org_id AND p.property_id = :property_id
      AND p.reserved_for >= :since AND p.reserved_for < :until ORDER BY p.reserved_for, p.id LIMIT :limit
"""
_WALKED_IN = f"""
    SELECT {_FIELDS} FROM parties p WHERE p.org_id = :org_id AND p.property_id = :property_id
      AND p.reserved_for IS NULL AND p.made_at >= :since AND p.made_at < :until ORDER BY p.made_at, p.id LIMIT :limit
"""
_ONE = f"SELECT {_FIELDS} FROM parties p WHERE p.org_id = :org_id AND p.property_id = :property_id AND p.id = :id"
_STEPS = """
    SELECT party_id, step, at FROM party_steps WHERE org_id = :org_id AND party_id IN (:ids) ORDER BY at, id
"""
_SEATINGS = """
    SELECT s.party_id, s.table_id, (SELECT MIN(e.at) FROM seating_steps e
        WHERE e.org_id = s.org_id AND e.seating_id = s.id AND e.step = 'ended') AS ended_at
    FROM table_seatings s WHERE s.org_id = :org_id AND s.party_id IN (:ids) ORDER BY s.at, s.id
"""
# The casts keep PostgreSQL from answering a sum of bigint as a decimal.
_DEPOSITS = """
    SELECT d.id, d.party_id, d.tender, d.amount_minor, d.currency, d.reference, d.at,
           d.amount_minor - (
             SELECT CAST(COALESCE(SUM(e.amount_minor), 0) AS BIGINT) FROM deposit_ends e
             WHERE e.org_id = d.org_id AND e.deposit_id = d.id) + (
             SELECT CAST(COALESCE(SUM(f.amount_minor + f.tip_minor), 0) AS BIGINT) FROM deposit_ends a
             JOIN refunds f ON f.org_id = a.org_id AND f.payment_id = a.payment_id AND f.tender = 'deposit'
             WHERE a.org_id = d.org_id AND a.deposit_id = d.id) AS held_minor
    FROM deposits d WHERE d.org_id = :org_id AND {which} ORDER BY d.at, d.id
"""
_STAYS = """
    SELECT s.covers, s.at, (SELECT MIN(e.at) FROM seating_steps e
        WHERE e.org_id = s.org_id AND e.seating_id = s.id AND e.step = 'ended') AS ended_at
    FROM table_seatings s
    WHERE s.org_id = :org_id AND s.property_id = :property_id AND s.business_date >= :since
    ORDER BY s.business_date DESC, s.id DESC LIMIT :limit
"""
_RULES = f"SELECT {', '.join(UNSAID)} FROM host_rules WHERE org_id = :org_id AND id = :id"


@dataclass(frozen=True)
class Manner:
    """What a property's parties are judged by at a moment: its rules, and how long who stays, looked up once it is asked."""

    reading: Reading
    now: datetime
    rules: Mapping[str, int]

    @cached_property
    def turns(self) -> dict[int, int]:
        """Band of party size → minutes of a turn."""
        return load_turns(self.reading, self.now, usual=self.rules["turn_minutes"])

    def stay(self, covers: int, minutes: int | None = None) -> timedelta:
        """How long a party of so many stays, unless it says."""
        return timedelta(minutes=minutes or self.turns[band(covers)])


@dataclass(frozen=True, slots=True)
class LoadedParty:
    """A party as it stands at a moment. seated_at: the tables where it sits, more than one where nodes that were apart
    each seated it."""

    row: Mapping[str, Any]
    table_ids: tuple[str, ...]
    state: State
    arrived_at: str | None
    told_at: str | None
    seated_at: tuple[str, ...]
    deposits: tuple[Mapping[str, Any], ...]
    manner: Manner

    @property
    def id(self) -> str:
        """The party's id."""
        return str(self.row["id"])

    @property
    def stay(self) -> timedelta:
        """How long it is expected to sit."""
        return self.manner.stay(self.row["covers"], self.row["stay_minutes"])

    @property
    def waits_since(self) -> str:
        """Since when those who wait do."""
        return str(self.arrived_at or self.row["made_at"])

    def booking(self, now: datetime) -> Booking | None:
        """What its tables are kept for; None while it has none, and once it needs none."""
        if not self.table_ids or self.state not in ("reserved", "late", "waiting"):
            return None
        hour = self.row["reserved_for"]
        begins = now if self.state == "waiting" or hour is None else instant(hour)
        return Booking(self.id, frozenset(self.table_ids), begins, begins + self.stay, self.row["made_at"])


def host_rules_id(reading: Reading) -> str:
    """The id of the property's host rules."""
    return derived_id(reading.property_id, "host_rules")


def load_host_rules(reading: Reading) -> dict[str, int]:
    """How the property handles its door; unsaid, as it ships."""
    row = reading.one(_RULES, id=host_rules_id(reading))
    return dict(UNSAID) if row is None else {name: row[name] for name in UNSAID}


def load_turns(reading: Reading, now: datetime, *, usual: int) -> dict[int, int]:
    """Band of party size → minutes of a turn, from the seatings of the last MEASURED_DAYS days."""
    since = (now - timedelta(days=MEASURED_DAYS)).date().isoformat()
    rows = reading.rows(_STAYS, since=since, limit=MEASURED_MAX)
    gone = [row for row in rows if row["ended_at"] is not None]
    stays = [(row["covers"], (instant(row["ended_at"]) - instant(row["at"])).total_seconds() / 60) for row in gone]
    return turns(stays, usual=usual)


def load_manner(reading: Reading, now: datetime) -> Manner:
    """The property's at this moment."""
    return Manner(reading, now, load_host_rules(reading))


def load_parties(reading: Reading, manner: Manner, since: datetime, until: datetime) -> list[LoadedParty]:
    """Those who reserved for, or walked in at, a moment from `since` until before `until`."""
    span = {"since": instant_text(since), "until": instant_text(until), "limit": PARTIES_MAX}
    return _loaded(reading, manner, [*reading.rows(_WALKED_IN, **span), *reading.rows(_RESERVED, **span)])


def load_party(reading: Reading, manner: Manner, party_id: str) -> LoadedParty:
    """One party; NotFound PARTY_NOT_FOUND when the property has none of that id."""
    row = reading.one(_ONE, id=party_id)
    if row is None:
        raise NotFound.of("party", party_id)
    return _loaded(reading, manner, [row])[0]


def load_deposit(reading: Reading, deposit_id: str) -> Found:
    """One deposit with what is held of it; NotFound DEPOSIT_NOT_FOUND when the property has none of that id."""
    row = reading.one(_DEPOSITS.format(which="d.property_id = :property_id AND d.id = :id"), id=deposit_id)
    if row is None:
        raise NotFound.of("deposit", deposit_id)
    return row


def _loaded(reading: Reading, manner: Manner, rows: Sequence[Found]) -> list[LoadedParty]:
    ids = [row["id"] for row in rows]
    if not ids:
        return []
    steps = _by_party(reading.rows(_STEPS, ids=ids))
    seatings = _by_party(reading.rows(_SEATINGS, ids=ids))
    deposits = _by_party(reading.rows(_DEPOSITS.format(which="d.party_id IN (:ids)"), ids=ids))
    grace = timedelta(minutes=manner.rules["grace_minutes"])

    def one(row: Found) -> LoadedParty:
        taken, sat = steps.get(row["id"], []), seatings.get(row["id"], [])
        sits = [seating["table_id"] for seating in sat if seating["ended_at"] is None]
        state = party_state(
            reserved_for=instant(row["reserved_for"]) if row["reserved_for"] else None,
            steps=[step["step"] for step in taken if step["step"] != "told"],
            seated=bool(sits),
            left=bool(sat),
            now=manner.now,
            grace=grace,
        )
        at = {step["step"]: step["at"] for step in taken}
        tables = tuple(words_of(row["table_ids"]))
        held = tuple(deposits.get(row["id"], ()))
        return LoadedParty(row, tables, state, at.get("arrived"), at.get("told"), tuple(sits), held, manner)

    return [one(row) for row in rows]


def _by_party(rows: Sequence[Found]) -> dict[str, list[Found]]:
    found: dict[str, list[Found]] = {}
    for row in rows:
        found.setdefault(row["party_id"], []).append(row)
    return found
