"""Which printers the property has: where each is and what it prints."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from devices.line import SETTINGS, Reach, SerialSettings, read_reach
from devices.profiles import Profile, profile_named, profile_names, thermal
from devices.receipt_printer import PORT
from devices.recognising import Identity
from edge.device_settings import check_settings
from edge.printing.facts import PrinterAdded, PrinterChanged, PrinterFound
from edge.tables import Printer
from hospitality.ground.errors import Invalid, NotFound, Refused
from hospitality.ground.ids import new_id
from hospitality.ground.statements import Reading
from hospitality.ground.texts import kept_name
from hospitality.ground.work import Work

MANAGE = "terminals.manage"
PRINTERS_MAX = 16
STATIONS_MAX = 50
COLUMNS = (42, 32)
NAME_LENGTH_MAX = 40
BACKUP_SECONDS_LEAST, BACKUP_SECONDS_MOST = 5, 3_600
WIRED = ("serial", "usb", "file")  # ways that stand before an address; without one it is on the network


@dataclass(frozen=True, slots=True)
class Setup:
    """One printer as it is set up. It prints a station's tickets when it lists the station, or the station names it."""

    id: str
    name: str
    address: str
    station_ids: tuple[str, ...]
    receipts: bool
    columns: int
    profile: str | None = None
    backup_id: str | None = None
    backup_after_seconds: int = 60
    settings: Mapping[str, Any] = field(default_factory=dict)
    known_by: Identity = field(default_factory=Identity)

    @property
    def abilities(self) -> Profile:
        """What it can do; a name that this release no longer knows is a thermal printer of so many columns."""
        try:
            return thermal(self.columns) if self.profile is None else profile_named(self.profile)
        except LookupError:
            return thermal(self.columns)

    @property
    def reach(self) -> Reach:
        """Where it is."""
        return read_address(self.address)

    @property
    def serial(self) -> SerialSettings:
        """How its line is set, where it is a serial one."""
        return SerialSettings(**self.settings)


def printers_of(reading: Reading) -> list[Setup]:
    """The property's printers by name, PRINTERS_MAX at most."""
    rows = reading.rows(
        "SELECT id, name, address, station_ids, receipts, columns, profile, backup_id,"
        " backup_after_seconds, settings, hardware, told_name FROM printers"
        " WHERE org_id = :org_id AND property_id = :property_id ORDER BY name, id LIMIT :limit",
        limit=PRINTERS_MAX,
    )
    return [_setup(row) for row in rows]


def add_printer(
    work: Work,
    *,
    name: str,
    address: str,
    station_ids: Sequence[str] = (),
    receipts: bool = False,
    columns: int = 42,
    profile: str | None = None,
    backup_id: str | None = None,
    backup_after_seconds: int = 60,
    settings: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Sets up a printer, which prints what happens from now on: the printer as `shown` has it.

    Refused with PRINTER_NAME_TAKEN, PRINTER_ADDRESS_TAKEN or TOO_MANY_PRINTERS.
    """
    work.require(MANAGE)
    others = printers_of(work)
    if len(others) >= PRINTERS_MAX:
        raise Refused(
            "TOO_MANY_PRINTERS",
            f"A node drives at most {PRINTERS_MAX} printers. Give another no station, and let it print this.",
        )
    stations = tuple(station_ids)
    backup = (backup_id, backup_after_seconds)
    new = Setup(new_id(), name, address, stations, receipts, columns, profile, *backup, settings or {})
    setup = _checked(work, new, others)
    work.add(Printer, {"id": setup.id, **_stored(setup)})
    work.journal(PrinterAdded(setup.id, setup.address))
    return shown(setup)


def edit_printer(work: Work, printer_id: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Sets the fields given (those of `add_printer`); what waits goes to the new address."""
    work.require(MANAGE)
    others = {setup.id: setup for setup in printers_of(work)}
    current = others.pop(printer_id, None)
    if current is None:
        raise NotFound.of("printer", printer_id)
    given = {**shown(current), **fields}
    given["station_ids"] = tuple(given["station_ids"])
    known_by = Identity() if "address" in fields else current.known_by  # a person says which one it is
    setup = _checked(work, Setup(**given, known_by=known_by), list(others.values()))
    if setup != current:
        work.edit(Printer, printer_id, **_stored(setup))
        was, now = shown(current), shown(setup)
        other = [name for name in now if now[name] != was[name]]
        work.journal(
            PrinterChanged(printer_id, {name: was[name] for name in other}, {name: now[name] for name in other})
        )
    return shown(setup)


def keep_identity(work: Work, printer_id: str, identity: Identity, *, address: str) -> None:
    """Keeps what the printer at an address is known by, unless it was given another meanwhile."""
    setup = next((one for one in printers_of(work) if one.id == printer_id), None)
    if setup is not None and setup.address == address:
        work.edit(Printer, printer_id, hardware=identity.hardware, told_name=identity.name)


def relocate(work: Work, places: Mapping[str, tuple[str, str]]) -> list[str]:
    """Printers were found elsewhere: by id the address that each had and the one that it has. Those that are moved.

    One that a person gave another address meanwhile stays, and so does one whose place another printer is set up at that
    does not move itself.
    """
    setups = {setup.id: setup for setup in printers_of(work)}
    moves = {id: to for id, (was, to) in places.items() if id in setups and setups[id].address == was}
    while True:
        stay = {setup.address for id, setup in setups.items() if id not in moves}
        blocked = [id for id, to in moves.items() if to in stay]
        if not blocked:
            break
        for id in blocked:
            del moves[id]
    for id, to in moves.items():
        work.edit(Printer, id, address=to)
        work.journal(PrinterFound(id, setups[id].address, to))
    return list(moves)


def shown(setup: Setup) -> dict[str, Any]:
    """The printer as the API shows it."""
    return {
        "id": setup.id,
        "name": setup.name,
        "address": setup.address,
        "station_ids": list(setup.station_ids),
        "receipts": setup.receipts,
        "columns": setup.columns,
        "profile": setup.profile,
        "backup_id": setup.backup_id,
        "backup_after_seconds": setup.backup_after_seconds,
        "settings": dict(setup.settings),
    }


def read_address(text: str) -> Reach:
    """`192.168.1.50:9100`, `192.168.1.50`, `printer.lan:9100`, `[fd00::50]:9100`, `serial:/dev/…`, `usb:04b8:0e15:SERIAL` or
    `file:/dev/…`; else Invalid ADDRESS_INVALID."""
    said = text.strip()
    is_wired = said.partition(":")[0] in WIRED
    reach = read_reach(said) if is_wired else read_reach(f"tcp:{said}") or read_reach(f"tcp:{said}:{PORT}")
    if reach is None:
        message = "Give the printer's address, such as 192.168.1.50:9100, usb:04b8:0e15:SERIAL or serial:/dev/ttyUSB0."
        raise Invalid("ADDRESS_INVALID", message, address=text)
    return reach


def _checked(work: Work, setup: Setup, others: Sequence[Setup]) -> Setup:
    name = kept_name(setup.name, what="printer", length_max=NAME_LENGTH_MAX)
    address = read_address(setup.address).at
    columns = setup.columns
    if setup.profile is not None:
        if setup.profile not in profile_names():
            raise Invalid(
                "PROFILE_INVALID", "There is no such kind of printer. Choose one of the list.", profile=setup.profile
            )
        columns = profile_named(setup.profile).columns
    elif columns not in COLUMNS:
        raise Invalid("COLUMNS_INVALID", "Paper of 80 mm has 42 columns, of 58 mm 32.", columns=setup.columns)
    if any(other.name.casefold() == name.casefold() for other in others):
        raise Refused("PRINTER_NAME_TAKEN", f"There is a printer {name} already. Choose another name.", name=name)
    if taken := next((other for other in others if other.address == address), None):
        message = f"{taken.name} is at that address. Let it print this too instead."
        raise Refused("PRINTER_ADDRESS_TAKEN", message, printer_id=taken.id)
    if setup.backup_id is not None and setup.backup_id not in {other.id for other in others}:
        raise NotFound.of("printer", setup.backup_id)
    if setup.backup_after_seconds not in range(BACKUP_SECONDS_LEAST, BACKUP_SECONDS_MOST + 1):
        message = f"A backup takes over after {BACKUP_SECONDS_LEAST} to {BACKUP_SECONDS_MOST} seconds."
        raise Invalid("BACKUP_SECONDS_INVALID", message, seconds=setup.backup_after_seconds)
    check_settings(setup.settings, SETTINGS)
    stations = _stations(work, setup.station_ids)
    return replace(setup, name=name, address=address, station_ids=stations, columns=columns)


def _stations(work: Work, ids: Sequence[str]) -> tuple[str, ...]:
    wanted = tuple(dict.fromkeys(ids))
    if len(wanted) > STATIONS_MAX:
        raise Invalid("STATIONS_INVALID", f"A printer serves at most {STATIONS_MAX} stations.")
    rows = work.rows(
        "SELECT id FROM stations WHERE org_id = :org_id AND property_id = :property_id AND id IN (:ids)", ids=wanted
    )
    known = {row["id"] for row in rows}
    for id in wanted:
        if id not in known:
            raise NotFound.of("station", id)
    return wanted


def _stored(setup: Setup) -> dict[str, Any]:
    return {
        "name": setup.name,
        "address": setup.address,
        "station_ids": msgspec.json.encode(setup.station_ids).decode(),
        "receipts": setup.receipts,
        "columns": setup.columns,
        "profile": setup.profile,
        "backup_id": setup.backup_id,
        "backup_after_seconds": setup.backup_after_seconds,
        "settings": msgspec.json.encode(dict(setup.settings)).decode(),
        "hardware": setup.known_by.hardware,
        "told_name": setup.known_by.name,
    }


def _setup(row: Mapping[str, Any]) -> Setup:
    stations = msgspec.json.decode(row["station_ids"], type=tuple[str, ...])
    receipts = bool(row["receipts"])
    kept = (row["id"], row["name"], row["address"], stations, receipts, row["columns"], row["profile"])
    settings = msgspec.json.decode(row["settings"])
    return Setup(
        *kept, row["backup_id"], row["backup_after_seconds"], settings, Identity(row["hardware"], row["told_name"])
    )
