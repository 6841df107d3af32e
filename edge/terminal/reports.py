"""The reports that staff read on screen, in 42 columns."""

from collections.abc import Awaitable
from itertools import groupby

from edge.terminal.amounts import written
from edge.terminal.desk import Desk
from edge.terminal.shapes.money import Figure, ServerDay
from edge.terminal.widgets.painted import fitted
from edge.terminal.words import _

COLUMNS = 42
TEXT = {"format": "text"}


def text_of(desk: Desk, report: str | None, day: str = "") -> Awaitable[str] | None:
    """What brings a report: "x", "day" (that day with its Z), "server" (what the person signed in took)."""
    if report == "x":
        return desk.client.read_text(f"{desk.place}/x-report", token=desk.acting_token, query=TEXT)
    if report == "day":
        return desk.client.read_text(f"{desk.place}/business-days/{day}", token=desk.acting_token, query=TEXT)
    return _server(desk) if report == "server" and desk.session else None


async def _server(desk: Desk) -> str:
    assert desk.session is not None, "asked for by whoever is signed in"
    person = desk.session.person
    found = await desk.client.read(f"{desk.place}/servers/{person.id}", ServerDay, token=desk.acting_token)
    return "\n".join(server_lines(person.display_name, found))


def server_lines(name: str, day: ServerDay) -> list[str]:
    """What somebody sold and took, as the reports lay figures out."""
    lines = [_sides(name, day.date), "─" * COLUMNS]
    titles = {"sales": _("Sold"), "payments": _("Taken"), "tips": _("Tips"), "refunds": _("Given back")}
    for section, figures in groupby(day.figures, key=lambda one: one.section):
        lines += ["", titles.get(section, section.replace("_", " ").capitalize())]
        lines += [_sides(f"  {one.name.replace('_', ' ')}", _value(one)) for one in figures]
    return lines


def _value(one: Figure) -> str:
    amount = written(one.amount_minor, one.currency)
    return f"{one.count} × {amount}" if one.count else amount


def _sides(left: str, right: str) -> str:
    return f"{fitted(left, COLUMNS - len(right) - 1)} {right}".rstrip()
