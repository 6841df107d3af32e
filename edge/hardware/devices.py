"""Which devices the node has: what each is, where it is plugged in, and at which terminal what it says arrives."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from devices.line import SETTINGS, Reach, SerialSettings, read_reach
from edge.device_settings import check_settings
from edge.hardware.kinds import KINDS, Kind, usual_driver
from hospitality.equipment.facts import DeviceAdded, DeviceChanged, DrawerAsked
from hospitality.equipment.models import Device
from hospitality.equipment.reading import DEVICES_MAX
from hospitality.ground.errors import Invalid, NotFound, Refused
from hospitality.ground.ids import new_id
from hospitality.ground.statements import Reading
from hospitality.ground.texts import kept_name, kept_text
from hospitality.ground.work import Work

MANAGE = "terminals.manage"
DRAWER = "cash.drawer"
REASON_LENGTH_MAX = 200
NAME_LENGTH_MAX = 40


@dataclass(frozen=True, slots=True)
class Setup:
    """One device as it is set up."""

    id: str
    name: str
    kind: str
    driver: str
    address: str
    terminal_id: str | None
    station_id: str | None
    settings: Mapping[str, Any]

    @property
    def way(self) -> Kind:
        """How it is spoken to; LookupError when this release knows no such device."""
        return KINDS[self.kind][self.driver]

    @property
    def reach(self) -> Reach:
        """Where it is; LookupError when this release can't read that."""
        reach = read_reach(self.address)
        if reach is None:
            raise LookupError(self.address)
        return reach

    @property
    def own_settings(self) -> dict[str, Any]:
        """What is said of the device itself, and not of its line."""
        return {name: value for name, value in self.settings.items() if name not in SETTINGS}

    @property
    def serial(self) -> SerialSettings:
        """How its line is set."""
        said = {name: value for name, value in self.settings.items() if name in SETTINGS}
        return replace(self.way.serial, **said)


def devices_of(reading: Reading, node_code: str) -> list[Setup]:
    """The node's devices by name, DEVICES_MAX at most."""
    rows = reading.rows(
        "SELECT id, name, kind, driver, address, terminal_id, station_id, settings FROM devices"
        " WHERE org_id = :org_id AND property_id = :property_id AND active AND node_code = :node_code"
        " ORDER BY name, id LIMIT :limit",
        node_code=node_code,
        limit=DEVICES_MAX,
    )
    return [Setup(**{**row, "settings": msgspec.json.decode(row["settings"])}) for row in rows]


def addresses_of(reading: Reading, node_code: str) -> dict[str, str]:
    """Where there is a device or a printer already, and its name."""
    rows = reading.rows(
        "SELECT address, name FROM printers WHERE org_id = :org_id AND property_id = :property_id"
        " UNION ALL SELECT address, name FROM devices"
        " WHERE org_id = :org_id AND property_id = :property_id AND active AND node_code = :node_code",
        node_code=node_code,
    )
    return {row["address"]: row["name"] for row in rows}


def add_device(
    work: Work,
    *,
    name: str,
    kind: str,
    address: str,
    driver: str | None = None,
    terminal_id: str | None = None,
    station_id: str | None = None,
    settings: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Sets up a device: the device as `shown` has it.

    Refused with DEVICE_NAME_TAKEN, DEVICE_ADDRESS_TAKEN or TOO_MANY_DEVICES.
    """
    work.require(MANAGE)
    others = devices_of(work, work.place.code)
    if len(others) >= DEVICES_MAX:
        raise Refused("TOO_MANY_DEVICES", f"A node drives at most {DEVICES_MAX} devices. Take one away first.")
    given = driver or usual_driver(kind, address.partition(":")[0].strip())
    setup = _checked(work, Setup(new_id(), name, kind, given, address, terminal_id, station_id, settings or {}), others)
    work.add(Device, {"id": setup.id, "node_code": work.place.code, **_stored(setup), "active": True})
    work.journal(DeviceAdded(setup.id, setup.kind, setup.address))
    return shown(setup)


def edit_device(work: Work, device_id: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Sets the fields given (those of `add_device`): names it, binds it elsewhere, or puts another in its place."""
    work.require(MANAGE)
    current, others = _one(work, device_id)
    setup = _checked(work, Setup(**{**shown(current), **fields}), others)
    before, after = shown(current), shown(setup)
    other = [name for name in after if before[name] != after[name]]
    if other:
        work.edit(Device, device_id, **_stored(setup))
        work.journal(DeviceChanged(device_id, {n: before[n] for n in other}, {n: after[n] for n in other}))
    return after


def ask_to_open(work: Work, device_id: str, reason: str) -> dict[str, Any]:
    """Somebody wants a drawer opened for no sale, for a reason that the journal keeps: {}."""
    work.require(DRAWER)
    _one(work, device_id)
    why = kept_text(reason, what="reason", length_max=REASON_LENGTH_MAX)
    if why is None:
        raise Invalid("REASON_MISSING", "Say why the drawer is opened.")
    work.journal(DrawerAsked(device_id), reason=why)
    return {}


def take_away(work: Work, device_id: str) -> dict[str, Any]:
    """The device is there no more: {}."""
    work.require(MANAGE)
    _one(work, device_id)
    work.edit(Device, device_id, active=False)
    work.journal(DeviceChanged(device_id, {"active": True}, {"active": False}))
    return {}


def shown(setup: Setup) -> dict[str, Any]:
    """The device as the API shows it."""
    return {
        "id": setup.id,
        "name": setup.name,
        "kind": setup.kind,
        "driver": setup.driver,
        "address": setup.address,
        "terminal_id": setup.terminal_id,
        "station_id": setup.station_id,
        "settings": dict(setup.settings),
    }


def _one(work: Work, device_id: str) -> tuple[Setup, list[Setup]]:
    """The device, and all others."""
    all_of = {setup.id: setup for setup in devices_of(work, work.place.code)}
    current = all_of.pop(device_id, None)
    if current is None:
        raise NotFound.of("device", device_id)
    return current, list(all_of.values())


def _checked(work: Work, setup: Setup, others: Sequence[Setup]) -> Setup:
    name = kept_name(setup.name, what="device", length_max=NAME_LENGTH_MAX)
    if setup.driver not in KINDS.get(setup.kind, {}):
        known = ", ".join(f"{kind} ({' or '.join(drivers)})" for kind, drivers in KINDS.items())
        raise Invalid("DEVICE_KIND_INVALID", f"Choose one of {known}.", kind=setup.kind, driver=setup.driver)
    reach = read_reach(_by_id(work, setup.address))
    if reach is None or reach.way not in setup.way.ways:
        message = (
            "Give the device's address, such as serial:/dev/ttyUSB0, input:/dev/input/event3, tcp:192.168.1.60:4001,"
            " stripe:tmr_ with the reader's id, or printer: with the printer's name."
        )
        raise Invalid("DEVICE_ADDRESS_INVALID", message, address=setup.address, ways=sorted(setup.way.ways))
    check_settings(setup.settings, {**SETTINGS, **setup.way.settings})
    if any(other.name.casefold() == name.casefold() for other in others):
        raise Refused("DEVICE_NAME_TAKEN", f"There is a device {name} already. Choose another name.", name=name)
    if taken := next((other for other in others if other.address == str(reach)), None):
        message = f"{taken.name} is at that address. Replace it, or take it away first."
        raise Refused("DEVICE_ADDRESS_TAKEN", message, device_id=taken.id)
    if setup.way.needs_terminal and setup.terminal_id is None:
        raise Invalid("DEVICE_TERMINAL_NEEDED", "Say at which terminal what it says shall arrive.", kind=setup.kind)
    _check_there(work, "terminal", setup.terminal_id)
    _check_there(work, "station", setup.station_id)
    return replace(setup, name=name, address=str(reach))


def _by_id(work: Work, address: str) -> str:
    """Where it hangs on a printer, the address with that one's id, which stays when its name doesn't."""
    way, _, name = address.strip().partition(":")
    if way != "printer":
        return address
    rows = work.rows("SELECT id, name FROM printers WHERE org_id = :org_id AND property_id = :property_id")
    said = name.strip().casefold()
    id = next((row["id"] for row in rows if said in (row["id"], row["name"].casefold())), None)
    if id is None:
        raise NotFound.of("printer", name)
    return f"printer:{id}"


def _check_there(work: Work, what: str, id: str | None) -> None:
    if id is None:
        return
    sql = f"SELECT id FROM {what}s WHERE org_id = :org_id AND property_id = :property_id AND id = :id"
    if what == "terminal":
        sql += " AND revoked_at IS NULL"
    if work.one(sql, id=id) is None:
        raise NotFound.of(what, id)


def _stored(setup: Setup) -> dict[str, Any]:
    """The record's fields but for those that say whose it is."""
    fields = {name: value for name, value in shown(setup).items() if name not in ("id", "settings")}
    return {**fields, "settings": msgspec.json.encode(dict(setup.settings)).decode()}
