"""The reports that staff read on screen, as the node lays them out in the property's language."""

from collections.abc import Awaitable

from edge.terminal.desk import Desk


def text_of(desk: Desk, report: str | None, day: str = "") -> Awaitable[str] | None:
    """What brings a report: "x", "day" (that day with its Z), "server" (what the person signed in took)."""
    paths = {"x": "x-report", "day": f"business-days/{day}"}
    if desk.session:
        paths["server"] = f"servers/{desk.session.person.id}"
    path = paths.get(report or "")
    return desk.client.read_text(f"{desk.place}/{path}/text", token=desk.acting_token) if path else None
