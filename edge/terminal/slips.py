"""Slips as the node's print queue has them, and what staff can do about one."""

from datetime import datetime

import msgspec

from edge.terminal.desk import Desk
from edge.terminal.words import _

WAITS = frozenset({"queued", "unknown", "failed", "held"})
SLIPS_MAX = "100"


class Slip(msgspec.Struct, frozen=True, kw_only=True):
    """One slip for one printer; `home_name` is the printer that it was meant for."""

    id: str
    printer_id: str
    printer_name: str | None = None
    title: str
    state: str
    copies: int = 0
    detail: str = ""
    home_name: str | None = None
    created_at: datetime

    @property
    def waits(self) -> bool:
        """Whether it is not through, and not with the printer this moment."""
        return self.state in WAITS


class SlipPage(msgspec.Struct, frozen=True, kw_only=True):
    """The last queued first."""

    items: tuple[Slip, ...]


class KnownPrinter(msgspec.Struct, frozen=True, kw_only=True):
    """Where a slip could go."""

    id: str
    name: str


class KnownPrinters(msgspec.Struct, frozen=True, kw_only=True):
    items: tuple[KnownPrinter, ...]


class Queue(msgspec.Struct, frozen=True, kw_only=True):
    """The slips asked for, and the printers that there are."""

    slips: tuple[Slip, ...] = ()
    printers: tuple[KnownPrinter, ...] = ()


async def queue_of(desk: Desk, *, live: bool) -> Queue:
    """The slips that wait, or the last of all. Raises NodeError."""
    query = {"limit": SLIPS_MAX, **({"state": "live"} if live else {})}
    token = desk.acting_token
    slips = await desk.client.read(f"{desk.place}/print-jobs", SlipPage, token=token, query=query)
    printers = await desk.client.read(f"{desk.place}/printers", KnownPrinters, token=token)
    return Queue(slips=slips.items, printers=printers.items)


def choices(slip: Slip, printers: tuple[KnownPrinter, ...]) -> list[tuple[str, str]]:
    """What can be done about a slip: keys (`release`, `cancel`, `print-again`, `move:<printer>`) with their words."""
    if slip.waits:
        others = [one for one in printers if one.id != slip.printer_id]
        moves = [(f"move:{one.id}", _("Print it at {printer}").format(printer=one.name)) for one in others]
        return [("release", _("Print it now")), *moves, ("cancel", _("Don't print it"))]
    return [] if slip.state == "sending" else [("print-again", _("Print it again, marked REPRINT"))]


async def decide(desk: Desk, slip: Slip, choice: str) -> None:
    """Do what was chosen. Raises NodeError."""
    verb, _sep, printer_id = choice.partition(":")
    body = {"printer_id": printer_id} if printer_id else {}
    await desk.act_once((choice, slip.id), f"{desk.place}/print-jobs/{slip.id}/{verb}", body, token=desk.acting_token)


def state_words(slip: Slip) -> str:
    """A slip's state in words."""
    known = {
        "queued": _("waits"),
        "sending": _("is being printed"),
        "unknown": _("may be printed"),
        "failed": _("not printed"),
        "held": _("asks: print it?"),
        "confirmed": _("printed"),
        "cancelled": _("cancelled"),
        "expired": _("expired"),
    }
    return known.get(slip.state, slip.state)


def where_words(slip: Slip) -> str:
    """At which printer, and for which where that is another."""
    printer = slip.printer_name or ""
    return _("{printer}, for {home}").format(printer=printer, home=slip.home_name) if slip.home_name else printer
