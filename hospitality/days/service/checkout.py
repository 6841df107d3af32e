"""Server checkout: somebody hands in what they took, and says which tips they keep."""

from typing import Any

import msgspec

from hospitality.days import rules
from hospitality.days.facts import ServerCheckedOut
from hospitality.days.loading import orders_open
from hospitality.days.models import ServerCheckout
from hospitality.days.reading import REPORTS, server_view
from hospitality.ground.errors import Invalid
from hospitality.ground.ids import new_id
from hospitality.ground.work import Work
from hospitality.properties.service import business_day

TAKE = "payments.take"


def check_out(work: Work, person_id: str, *, declared_tip_minor: int = 0) -> dict[str, Any]:
    """Keeps what a person took today and the cash tips that they declare: {id, date, person_id, figures …}.

    One's own needs payments.take, somebody else's reports.read. Refused with ORDERS_OPEN while orders that they
    serve stand open, also those that they took over.
    """
    work.require(TAKE if person_id == work.caller.person_id else REPORTS)
    if not 0 <= declared_tip_minor <= rules.COUNTED_MINOR_MAX:
        raise Invalid("TIP_INVALID", "A tip is zero or more. Key it in again.", tip_minor=declared_tip_minor)
    today = business_day(work).isoformat()
    found = server_view(work, person_id, date=today)
    mine = orders_open(work, today, served_by=person_id)
    rules.check_nothing_open(mine, (), carries_over=False, whose="of your ")
    row: dict[str, Any] = {
        "id": new_id(),
        "date": today,
        "person_id": person_id,
        "currency": work.place.currency,
        "declared_tip_minor": declared_tip_minor,
        "figures": msgspec.json.encode(found["figures"]).decode(),
        "made_by": work.caller.person_id,
        "terminal_id": work.caller.terminal_id,
        "made_at": work.now_text,
    }
    work.add(ServerCheckout, row)
    work.journal(ServerCheckedOut(row["id"], today, declared_tip_minor, work.place.currency))
    return server_view(work, person_id, date=today)
