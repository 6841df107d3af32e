"""Taking an order to another table or server, counting covers anew, naming its tab, promising it: the last word holds."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from hospitality.ground.errors import Forbidden, Invalid
from hospitality.ground.texts import kept_text
from hospitality.ground.work import Work
from hospitality.orders import rules
from hospitality.orders.facts import OrderChanged
from hospitality.orders.loading import LoadedOrder, changed
from hospitality.orders.models import OrderChange
from hospitality.people.service.accounts import person
from hospitality.properties.service import business_day

PLACE = "orders.place"


@dataclass(frozen=True, slots=True)
class NewHead:
    """What changes of an order; None leaves it, and an empty text takes it away."""

    table: str | None = None
    covers: int | None = None
    server_id: str | None = None
    tab: str | None = None
    promised_at: str | None = None


def change_order(work: Work, order: LoadedOrder, new: NewHead) -> LoadedOrder:
    """Writes what differs from what the order has; nothing where nothing does. Its open tickets follow to the table."""
    work.require(PLACE)
    wanted = _wanted(work, new)
    kept = [one for one in wanted if any(order.row[name] != value for name, value in changed(one).items())]
    if not kept:
        return order
    _add(work, order.id, kept)
    tickets = (line.row["ticket_id"] for line in order.left() if line.is_kitchens and line.state != "served")
    fields = tuple(one["field"] for one in kept)
    work.journal(OrderChanged(order.id, order.number, fields, tuple(dict.fromkeys(tickets))))
    row = dict(order.row)
    for one in kept:
        row |= changed(one)
    return replace(order, row=row)


def name_and_promise(work: Work, order_id: str, tab: str | None, promised_at: str | None) -> dict[str, Any]:
    """Names the tab of an order that is being placed, and promises it: what that makes of its head."""
    told = [one for one in _wanted(work, NewHead(tab=tab, promised_at=promised_at)) if one["value"]]
    _add(work, order_id, told)
    return {name: value for one in told for name, value in changed(one).items()}


def _wanted(work: Work, new: NewHead) -> list[dict[str, Any]]:
    wanted = []
    if new.table is not None:
        wanted.append(_change("table", _text(new.table, "table", rules.TABLE_LENGTH_MAX)))
    if new.covers is not None:
        if not 1 <= new.covers <= rules.COVERS_MAX:
            raise Invalid("COVERS_INVALID", f"Give 1 to {rules.COVERS_MAX} covers.", covers=new.covers)
        wanted.append(_change("covers", str(new.covers)))
    if new.server_id is not None:
        who = person(work, new.server_id)
        if not who["active"]:
            raise Forbidden("ACCOUNT_CLOSED", "This account is closed. Ask a manager.")
        wanted.append({**_change("server", ""), "server_id": who["id"], "server_name": who["display_name"]})
    if new.tab is not None:
        wanted.append(_change("tab", _text(new.tab, "tab", rules.NAME_LENGTH_MAX)))
    if new.promised_at is not None:
        wanted.append(_change("promised", rules.promise(new.promised_at, now=work.now) if new.promised_at else ""))
    return wanted


def _change(field: str, value: str) -> dict[str, Any]:
    return {"field": field, "value": value, "server_id": None, "server_name": None}


def _text(text: str, what: str, length_max: int) -> str:
    return kept_text(text, what=what, length_max=length_max) or ""


def _add(work: Work, order_id: str, changes: list[dict[str, Any]]) -> None:
    when: Mapping[str, Any] = {
        "order_id": order_id,
        "person_id": work.caller.person_id,
        "terminal_id": work.caller.terminal_id,
        "at": work.now_text,
        "business_date": business_day(work).isoformat(),
    }
    names = ("field", "value", "server_id")
    work.add_all(OrderChange, [{**when, **{name: one[name] for name in names}} for one in changes])
