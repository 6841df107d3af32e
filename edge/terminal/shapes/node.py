"""The node itself: who it knows, how it stands, what it prints, why it refuses."""

from typing import Any

import msgspec

from edge.terminal.shapes import Instant


class Node(msgspec.Struct, frozen=True, kw_only=True):
    property_id: str
    property_name: str
    node_code: str = ""
    version: str = ""
    locale: str = ""


class Training(msgspec.Struct, frozen=True, kw_only=True):
    """Where training is served, below the node's address, and everybody's PIN there."""

    address: str
    pin: str


class Enrolled(msgspec.Struct, frozen=True, kw_only=True):
    terminal_id: str
    name: str
    kind: str
    token: str
    property_id: str
    property_name: str
    station_id: str | None = None
    locale: str = ""
    """The language of the property, as it was heard last."""


class Person(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    display_name: str
    role: str = ""
    has_pin: bool | None = None
    """None where nobody can say: a PIN never leaves its node."""


class People(msgspec.Struct, frozen=True, kw_only=True):
    items: tuple[Person, ...]


class SignedIn(msgspec.Struct, frozen=True, kw_only=True):
    token: str
    person: Person
    permissions: tuple[str, ...] = ()
    expires_at: str = ""


class Approval(msgspec.Struct, frozen=True, kw_only=True):
    id: str


class Sync(msgspec.Struct, frozen=True, kw_only=True):
    state: str = "online"
    waiting: int = 0
    last_success_at: Instant | None = None
    last_error: str | None = None
    conflicts: int = 0
    set_aside: int = 0
    kept: int = 0
    clock_offset_ms: int = 0


class Printer(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    state: str
    jobs_waiting: int = 0
    detail: str | None = None
    found_at: str = ""


class Device(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    state: str
    detail: str = ""


class PaperAlarm(msgspec.Struct, frozen=True, kw_only=True):
    """A ticket that should be on paper for long, and is not."""

    title: str
    printer: str = ""


class PrintJob(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    kind: str
    title: str
    state: str
    printer_name: str | None = None


class PrintJobs(msgspec.Struct, frozen=True, kw_only=True):
    items: tuple[PrintJob, ...]


class UnheardStation(msgspec.Struct, frozen=True, kw_only=True):
    """A station of which no screen is heard, and who stands in for it."""

    name: str
    since: Instant
    elsewhere: bool = False
    to_station: str | None = None
    to_printer: str | None = None


class Status(msgspec.Struct, frozen=True, kw_only=True):
    property_name: str
    locale: str = ""
    node_code: str = ""
    business_date: str | None = None
    version: str = ""
    sync: Sync = Sync()
    printers: tuple[Printer, ...] = ()
    paper_alarms: tuple[PaperAlarm, ...] = ()
    unheard_stations: tuple[UnheardStation, ...] = ()
    devices: tuple[Device, ...] = ()
    server_time: str = ""


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    code: str
    message: str
    details: dict[str, Any] = {}


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    error: Problem
