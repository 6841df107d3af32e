"""The pass: an order's tickets of all stations as one, for the expeditor. Pure."""

from collections.abc import Iterable

from msgspec import structs

from edge.terminal.shapes.kitchen import Ticket

PASS = "pass"
ALL_STATIONS = "all"  # as a screen names what it shows to the node
AT_PASS = frozenset({"placed", "in_preparation", "ready"})


def at_pass(tickets: Iterable[Ticket]) -> list[Ticket]:
    """Tickets put together by order and course: rushed ones first, then the oldest. Each names those that it stands for."""
    groups: dict[tuple[str, int | None], list[Ticket]] = {}
    for ticket in tickets:
        groups.setdefault((ticket.order_id, ticket.course), []).append(ticket)
    orders = [_together(sorted(group, key=lambda one: (one.station_name or "", one.id))) for group in groups.values()]
    return sorted(orders, key=lambda one: (not one.rush, one.placed_at, one.order_number, one.id))


def _together(group: list[Ticket]) -> Ticket:
    first = group[0]
    lines = (structs.replace(line, station=one.station_name or "") for one in group for line in one.lines)
    return structs.replace(
        first,
        id=f"{first.order_id}/{first.course or ''}",
        station_id=PASS,
        parts=tuple(one.id for one in group),
        lines=tuple(lines),
        placed_at=min(one.placed_at for one in group),
        prep_seconds=max(one.prep_seconds for one in group),
        rush=any(one.rush for one in group),
        state="ready" if all(one.state == "ready" for one in group) else "in_preparation",
    )
