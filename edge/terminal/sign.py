"""The one connection sign, the same on every screen: a shape, a word and a tone for the state of things."""

from dataclasses import dataclass
from datetime import datetime

from edge.terminal.news import Link
from edge.terminal.shapes.node import Device, Printer, Status, UnheardStation
from edge.terminal.words import _, n_

# "checking" is a printer that was not asked yet: nothing for staff to do.
_WELL = {"ok", "ready", "found", "printing", "checking"}


@dataclass(frozen=True)
class Sign:
    """What to show, and in which tone ("good", "info", "warn", "alarm")."""

    words: str
    tone: str
    cut_off: bool = False


def connection(link: Link | None, status: Status | None, *, decides: bool = False) -> Sign:
    """Cut off is loud; property only is calm, for then there is nothing for staff to do.

    decides: whether the person may decide about conflicts, and so is told how many are open.
    """
    if link is None or not link.tried:
        return Sign(_("○ Connecting"), "info")
    if not link.heard:
        return Sign(_("✖ Cut off since {time}").format(time=clock_time(link.since)), "alarm", cut_off=True)
    if status is not None and status.sync.state == "training":
        return Sign(_("● Training"), "warn")
    if status is not None and status.sync.state != "online":
        waiting = status.sync.waiting
        return Sign(n_("◐ Property only, {n} waits", "◐ Property only, {n} wait", waiting), "info")
    if decides and status is not None and status.sync.conflicts:
        return Sign(n_("● Online, {n} to decide", "● Online, {n} to decide", status.sync.conflicts), "good")
    return Sign(_("● Online"), "good")


def printers(status: Status | None) -> Sign:
    """What the kitchen hears by, in one sign: a station that receives nothing, a ticket that is on no paper, else the first
    printer or device that needs somebody, by name, else one that was found again."""
    if status is None:
        return Sign("", "muted")
    if status.unheard_stations:
        station, *others = status.unheard_stations
        more = _(" and {n} more").format(n=len(others)) if others else ""
        return Sign(_("▲ {station} is not receiving{more}").format(station=station.name, more=more), "alarm")
    if status.paper_alarms:
        first, left = status.paper_alarms[0], len(status.paper_alarms) - 1
        more = _(" and {n} more").format(n=left) if left else ""
        return Sign(_("▲ Not on paper: {title}{more}").format(title=first.title, more=more), "alarm")
    ailing = [(printer.name, printer_state(printer)) for printer in status.printers if not well(printer)]
    ailing += [(device.name, device_state(device)) for device in status.devices if not device_well(device)]
    if ailing:
        (name, state), left = ailing[0], len(ailing) - 1
        more = _(" and {n} more").format(n=left) if left else ""
        return Sign(f"▲ {name}: {state}{more}", "warn")
    moved = next((printer for printer in status.printers if printer.found_at), None)
    if moved is not None:
        return Sign(_("▣ {printer} found at {address}").format(printer=moved.name, address=moved.found_at), "info")
    return Sign(_("▣ Printers ok"), "good") if status.printers else Sign(_("No printer"), "muted")


def device_well(device: Device) -> bool:
    """Whether a device is there and makes sense, or was not asked yet."""
    return device.state in ("live", "checking")


def device_state(device: Device) -> str:
    """A device's state in words."""
    known = {
        "live": _("ok"),
        "checking": _("checking"),
        "garbled": _("sends nonsense"),
        "lost": _("not there"),
        "unsteady": _("comes and goes"),
        "left_open": _("left open"),
    }
    return known.get(device.state, device.state.replace("_", " "))


def well(printer: Printer) -> bool:
    """Whether a printer prints."""
    return printer.state in _WELL


def printer_state(printer: Printer) -> str:
    """A printer's state in words."""
    known = {
        "paper_out": _("paper out"),
        "paper_low": _("paper low"),
        "cover_open": _("cover open"),
        "jobs_held": _("slips held"),
        "node_disk": _("waits for the node's disk"),
        "offline": _("offline"),
        "unreachable": _("not reachable"),
        "silent": _("does not answer"),
        "garbled": _("answers nonsense"),
        "cutter": _("cutter jams"),
        "overheated": _("too hot"),
        "broken": _("broken"),
        "interrupted": _("interrupted"),
        "slow": _("slow"),
        "checking": _("checking"),
        "found": _("found again"),
        "printing": _("printing"),
    }
    return known.get(printer.state, _("ok") if well(printer) else printer.state.replace("_", " "))


def clock_time(moment: datetime) -> str:
    """Hours and minutes."""
    return f"{moment:%H:%M}"


def stand_in(station: UnheardStation) -> str:
    """Where a station's tickets go while none of its screens is heard."""
    if station.to_station:
        return _("its tickets are shown at {station}").format(station=station.to_station)
    if station.to_printer:
        return _("its tickets are printed: {printer}").format(printer=station.to_printer)
    return _("nobody sees its tickets: tell them what is ordered")
