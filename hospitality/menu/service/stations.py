"""What of a station is edited: its name, its place, its printer, and who stands in when none of its screens is heard."""

from collections.abc import Mapping
from typing import Any

from hospitality.ground.errors import Invalid
from hospitality.ground.statements import Reading
from hospitality.ground.texts import kept_name, kept_text
from hospitality.ground.work import Work
from hospitality.menu import rules
from hospitality.menu.facts import StationChanged
from hospitality.menu.models import Station
from hospitality.menu.reading import stations_now
from hospitality.menu.service import MANAGE, PRINTER_LENGTH_MAX, check_known


def edit_station(work: Work, station_id: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Sets the fields given (name, sort, printer, backup_station_id, backup_printer), each by itself: the station as it is
    listed."""
    work.require(MANAGE)
    check_known(work, {"station_id": station_id})
    before = next(one for one in stations_now(work, work.now) if one["id"] == station_id)
    checked = _checked(work, station_id, fields)
    after = {name: value for name, value in checked.items() if before[name] != value}
    if after:
        work.edit(Station, station_id, **after)
        work.journal(StationChanged(station_id, {name: before[name] for name in after}, after))
    return {**before, **after}


def _checked(reading: Reading, station_id: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    checked = dict(fields)
    if "name" in checked:
        checked["name"] = kept_name(checked["name"], what="station")
    if "sort" in checked:
        rules.check_sort(checked["sort"])
    for name in ("printer", "backup_printer"):
        if name in checked:
            checked[name] = kept_text(checked[name], what="printer's name", length_max=PRINTER_LENGTH_MAX)
    backup = checked.get("backup_station_id")
    if backup is not None:
        check_known(reading, {"station_id": backup})
        if backup == station_id:
            raise Invalid("BACKUP_STATION_INVALID", "A station can't stand in for itself. Choose another, or none.")
    return checked
