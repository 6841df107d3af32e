"""Setting up drawers, opening them with a float, and moving cash that is of no sale. `days` counts them."""

from typing import Any

from hospitality.approvals.service import permit
from hospitality.cash import rules
from hospitality.cash.facts import CashMoved, DrawerAdded, DrawerOpened, HouseRateSet
from hospitality.cash.models import CashMove, Drawer, DrawerSession, HouseRate
from hospitality.cash.reading import drawer_view, house_rate, rate_id, session_row
from hospitality.ground.errors import NotFound
from hospitality.ground.ids import new_id
from hospitality.ground.texts import kept_name, kept_text
from hospitality.ground.work import Work
from hospitality.properties.service import MANAGE as MANAGE_PROPERTY
from hospitality.properties.service import business_day

MANAGE = "cash.manage"
DRAWER = "cash.drawer"
PAY_OUT = "cash.pay_out"
_PAID_OUT = ("paid_out", "tip_out")


def add_drawer(work: Work, *, name: str, terminal_id: str | None = None) -> dict[str, Any]:
    """Sets up a drawer, of one terminal or shared: {id, name, terminal_id, session: None}."""
    work.require(MANAGE)
    row = work.add(Drawer, {"id": new_id(), "name": kept_name(name, what="drawer"), "terminal_id": terminal_id})
    work.journal(DrawerAdded(row["id"]))
    return drawer_view(work, row["id"])


def open_drawer(work: Work, drawer_id: str, *, float_minor: int) -> dict[str, Any]:
    """Begins a session with the float that was counted in; Refused DRAWER_OPEN while there is one."""
    work.require(DRAWER)
    drawer = drawer_view(work, drawer_id)
    rules.check_closed(is_open=drawer["session"] is not None, name=drawer["name"])
    row: dict[str, Any] = {
        "id": new_id(),
        "drawer_id": drawer_id,
        "float_minor": rules.check_float(float_minor),
        "currency": work.place.currency,
        "opened_by": work.caller.person_id,
        "terminal_id": work.caller.terminal_id,
        "opened_at": work.now_text,
        "business_date": business_day(work).isoformat(),
    }
    work.add(DrawerSession, row)
    work.journal(DrawerOpened(row["id"], drawer_id, float_minor, row["currency"]))
    return drawer_view(work, drawer_id)


def move_cash(
    work: Work,
    session_id: str,
    *,
    kind: str,
    amount_minor: int,
    reason: str,
    reference: str | None = None,
    to_person_id: str | None = None,
    approval_id: str | None = None,
) -> dict[str, Any]:
    """Puts cash in or takes it out, not for a sale: {id, session_id, kind, amount_minor, currency, reason, at}.

    What leaves the house (paid_out, tip_out) needs its own right or an approval of the session with the amount; a drop only
    moves to the safe.
    """
    work.require(DRAWER)
    approver_id = None
    if kind in _PAID_OUT:
        approver_id = permit(work, PAY_OUT, session_id, approval_id=approval_id, value=amount_minor)
    rules.check_move(kind, amount_minor)
    session = session_row(work, session_id)
    rules.check_open(counted=session["count_id"] is not None, name=session["name"] or "The drawer")
    if to_person_id is not None:
        _check_person(work, to_person_id)
    row = {
        "id": new_id(),
        "session_id": session_id,
        "kind": kind,
        "amount_minor": amount_minor,
        "currency": session["currency"],
        "reason": rules.kept_reason(reason),
        "reference": kept_text(reference, what="reference", length_max=rules.REFERENCE_LENGTH_MAX),
        "to_person_id": to_person_id,
        "person_id": work.caller.person_id,
        "approver_id": approver_id,
        "terminal_id": work.caller.terminal_id,
        "at": work.now_text,
        "business_date": business_day(work).isoformat(),
    }
    work.add(CashMove, row)
    fact = CashMoved(row["id"], session_id, kind, amount_minor, row["currency"])
    work.journal(fact, reason=row["reason"], approver_id=approver_id)
    shown = ("id", "session_id", "kind", "amount_minor", "currency", "reason", "reference", "to_person_id", "at")
    return {name: row[name] for name in shown}


def set_house_rate(work: Work, currency: str, *, rate_micro: int) -> dict[str, Any]:
    """Takes another currency at this rate from now on, at zero no more: {currency, rate_micro}."""
    work.require(MANAGE_PROPERTY)
    rules.check_rate(currency, rate_micro, house=work.place.currency)
    before = house_rate(work, currency)
    if before is None:
        work.add(HouseRate, {"id": rate_id(work, currency), "currency": currency, "rate_micro": rate_micro})
    elif before != rate_micro:
        work.edit(HouseRate, rate_id(work, currency), rate_micro=rate_micro)
    if before != rate_micro:
        work.journal(HouseRateSet(currency, before, rate_micro))
    return {"currency": currency, "rate_micro": rate_micro}


def _check_person(work: Work, person_id: str) -> None:
    if work.one("SELECT id FROM people WHERE org_id = :org_id AND id = :id", id=person_id) is None:
        raise NotFound.of("person", person_id)
