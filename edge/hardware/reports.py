"""What head office is told of devices: a row each, written only where it says something else than before."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from hospitality.equipment.models import DeviceState
from hospitality.ground.work import Work


@dataclass(frozen=True, slots=True)
class Report:
    """How a device or a printer is, since when."""

    id: str
    name: str
    kind: str
    state: str
    detail: str
    since: str


def report(work: Work, reports: Sequence[Report], known: Sequence[str]) -> int:
    """Writes the reports that are news, and closes those of devices that are there no more; answers how many.

    known: the devices that there are, reported or not yet.
    """
    rows = work.rows(
        "SELECT id, name, kind, state, detail, since, active FROM device_states"
        " WHERE org_id = :org_id AND property_id = :property_id AND node_code = :node_code",
        node_code=work.place.code,
    )
    there, written = {row["id"]: row for row in rows}, 0
    for one in reports:
        fields = asdict(one) | {"active": True}
        row = there.get(one.id)
        if row is None:
            work.add(DeviceState, {**fields, "node_code": work.place.code})
        elif any(row[name] != fields[name] for name in ("name", "kind", "state", "detail", "active")):
            other = {name: value for name, value in fields.items() if row[name] != value}
            work.edit(DeviceState, one.id, **other)
        else:
            continue
        written += 1
    told = {*known, *(one.id for one in reports)}
    for id, row in there.items():
        if id not in told and row["active"] and row["kind"] != "printer":
            work.edit(DeviceState, id, active=False)
            written += 1
    return written
