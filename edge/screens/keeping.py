"""What is kept of screens in the database: which there should be, and who stands in for a station, told in the journal."""

from collections.abc import Mapping
from dataclasses import dataclass

from edge.screens.facts import StationHeard, StationUnheard
from edge.screens.watch import Backup, Screen
from edge.tables import KitchenScreen, StandIn
from hospitality.ground.ids import derived_id
from hospitality.ground.statements import Reading
from hospitality.ground.work import Work
from hospitality.menu.reading import stations_list

UNHEARD = "screens.station_unheard"


@dataclass(frozen=True, slots=True)
class Station:
    """A station as it is set up: its name, who stands in for it, and that printer's name."""

    name: str
    backup: Backup
    printer: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Since when a station is unheard, and who stands in."""

    since: str
    to: Backup


def stations_of(reading: Reading) -> dict[str, Station]:
    """The property's stations by id."""
    rows = reading.rows("SELECT name, id FROM printers WHERE org_id = :org_id AND property_id = :property_id")
    printers = {row["name"]: row["id"] for row in rows}
    return {
        row["id"]: Station(
            row["name"], Backup(row["backup_station_id"], printers.get(row["backup_printer"])), row["backup_printer"]
        )
        for row in stations_list(reading)
    }


def kept_screens(reading: Reading) -> frozenset[Screen]:
    """The screens that there should be, those of revoked terminals left out."""
    rows = reading.rows(
        "SELECT k.terminal_id, k.shows FROM kitchen_screens k"
        " JOIN terminals t ON t.org_id = k.org_id AND t.id = k.terminal_id AND t.revoked_at IS NULL"
        " WHERE k.org_id = :org_id"
    )
    return frozenset((row["terminal_id"], row["shows"]) for row in rows)


def standing(reading: Reading) -> dict[str, Standing]:
    """Who stands in for which station now."""
    rows = reading.rows("SELECT id, since, to_station_id, printer_id FROM stand_ins WHERE org_id = :org_id")
    return {row["id"]: Standing(row["since"], Backup(row["to_station_id"], row["printer_id"])) for row in rows}


def keep_screens(work: Work, screens: frozenset[Screen]) -> None:
    """Keeps which screens there should be, so that a node that starts again expects them."""
    rows = work.rows("SELECT id, terminal_id, shows FROM kitchen_screens WHERE org_id = :org_id")
    there = {(row["terminal_id"], row["shows"]): row["id"] for row in rows}
    gone = [id for screen, id in there.items() if screen not in screens]
    if gone:
        work.run("DELETE FROM kitchen_screens WHERE org_id = :org_id AND id IN (:ids)", ids=gone)
    new = sorted(screens - there.keys())
    work.add_all(
        KitchenScreen,
        [{"id": derived_id(terminal, shows), "terminal_id": terminal, "shows": shows} for terminal, shows in new],
    )


def keep_standing(work: Work, wanted: Mapping[str, Standing]) -> None:
    """Keeps who stands in for which station, and tells what became different."""
    there = standing(work)
    ended = [id for id in there if id not in wanted]
    changed = {id: one for id, one in wanted.items() if there.get(id) != one}
    if ended or changed:
        work.run("DELETE FROM stand_ins WHERE org_id = :org_id AND id IN (:ids)", ids=[*ended, *changed])
    for station_id in ended:
        work.journal(StationHeard(station_id))
    for station_id, one in changed.items():
        to = {"to_station_id": one.to.station_id, "printer_id": one.to.printer_id}
        work.add(StandIn, {"id": station_id, "since": one.since, **to})
        work.journal(StationUnheard(station_id, one.since, **to))
