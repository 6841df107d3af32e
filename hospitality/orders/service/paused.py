"""What is ordered of a station that takes no orders: nobody's by accident, a manager's by intention."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from hospitality.approvals.service import permit
from hospitality.ground.clock import instant
from hospitality.ground.errors import Refused
from hospitality.ground.work import Work
from hospitality.menu.reading import pauses_at
from hospitality.orders.rules import NewLine

DESPITE_PAUSE = "orders.despite_pause"


def permit_paused(work: Work, lines: Sequence[tuple[NewLine, Collection[str]]]) -> str | None:
    """Who approved what is ordered of paused stations, if somebody had to. lines: each with the stations that it reaches
    at once; what is held does not reach them yet.

    Refused STATION_PAUSED, also to those who may, until they say that they mean it; then as `approvals.permit`.
    """
    pauses = pauses_at(work, work.now)
    approver_id = None
    for station_id, pause in pauses.items():
        of_it = [line for line, reached in lines if station_id in reached]
        if not of_it:
            continue
        approval_id = next((line.pause_approval_id for line in of_it if line.pause_approval_id), None)
        if approval_id is None and not all(line.despite_pause for line in of_it):
            raise _refusal(work, pause)
        by = permit(work, DESPITE_PAUSE, pause["id"], approval_id=approval_id)
        approver_id = by or approver_id
    return approver_id


def _refusal(work: Work, pause: Mapping[str, Any]) -> Refused:
    until = instant(pause["until"]).astimezone(ZoneInfo(work.place.zone)).strftime("%H:%M")
    return Refused(
        "STATION_PAUSED",
        f"{pause['station_name']} takes no orders until {until}: {pause['reason']}. "
        "Offer something else, or have a manager let it through.",
        station_id=pause["station_id"],
        until=pause["until"],
        action=DESPITE_PAUSE,
        record_id=pause["id"],
        value=None,
    )
