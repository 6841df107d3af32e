"""What a refusal asks of whoever stands here: a manager's PIN, or whether it is meant all the same."""

from msgspec import structs
from textual.app import App

from edge.terminal import acts
from edge.terminal.client import NodeError
from edge.terminal.desk import Desk
from edge.terminal.kept import APPROVABLE, APPROVAL_NEEDED, OFFLINE_OVER_LIMIT, KeptAction
from edge.terminal.screens.approve import Approve
from edge.terminal.screens.ask import Pick
from edge.terminal.screens.host import host_of
from edge.terminal.shapes.node import Person
from edge.terminal.words import _

STATION_PAUSED = "STATION_PAUSED"


def asks_here(action: KeptAction, error: NodeError) -> bool:
    """Whether it is settled here; any other refusal is told to the screens."""
    return bool(action.needs) or action.kind == "act" or error.code in {*APPROVABLE, STATION_PAUSED}


def ask_here(app: App[int], action: KeptAction, error: NodeError) -> None:
    """Say why, and ask what can be asked."""
    if action.needs or action.kind == "act" or error.code == OFFLINE_OVER_LIMIT:
        _act_refused(app, action, error)
        return
    host_of(app).say_there(error.message, "bad")
    if not host_of(app).desk.draft.refusal:
        return  # whoever keyed it in has gone on
    if error.code == APPROVAL_NEEDED:
        _ask_for_price(app, action, error)
    else:
        _ask_despite_pause(app, action, error)


def ask_approval(app: App[int], key: str) -> None:
    """Open the dialog for a manager's PIN, and ask the node again when it was given."""
    host = host_of(app)
    outbox = host.desk.outbox
    action = next((one for one in outbox.actions if one.key == key and one.needs), None)
    if action is None:
        return

    def take(approval_id: str | None) -> None:
        if approval_id:
            acts.send_approved(host.desk, action, approval_id)
            host.say_there(_("Approved …"), "info")
        elif action.key not in outbox.waited:
            outbox.drop(action.key)
            host.say_there(_("Not done."), "warn")

    app.push_screen(Approve(action, _approvers(host.desk)), take)


def _act_refused(app: App[int], action: KeptAction, error: NodeError) -> None:
    """A verb was refused. What needs a manager asks for their PIN; else the person stands here and decides anew."""
    host = host_of(app)
    outbox, session = host.desk.outbox, host.desk.session
    # What was kept for a while may come back to somebody who has gone on: it waits under F3.
    mine = session is not None and session.person.id == action.person_id
    fresh = mine and action.key not in outbox.waited
    if fresh and error.code in APPROVABLE:
        ask_approval(app, action.key)
        return
    if fresh:
        outbox.drop(action.key)
    host.say_there(error.message, "bad")


def _ask_for_price(app: App[int], action: KeptAction, error: NodeError) -> None:
    """What was keyed in for an open item needs a manager."""
    desk = host_of(app).desk

    def approved(approval_id: str | None) -> None:
        if approval_id:
            item_id, price = str(error.details.get("record_id", "")), int(error.details.get("value") or 0)
            acts.send_at_price(desk, item_id, price, approval_id)

    app.push_screen(Approve(structs.replace(action, needs=dict(error.details)), _approvers(desk)), approved)


def _ask_despite_pause(app: App[int], action: KeptAction, error: NodeError) -> None:
    """The station takes no orders: whoever may, says that it is meant; others have a manager let it through."""
    desk = host_of(app).desk
    station_id, may = str(error.details.get("station_id", "")), desk.may("orders.despite_pause")

    def approved(approval_id: str | None) -> None:
        if approval_id:
            acts.send_despite_pause(desk, station_id, approval_id)

    def take(answer: str | None) -> None:
        if answer == "despite" and may:
            acts.send_despite_pause(desk, station_id)
        elif answer == "despite":
            needed = structs.replace(action, needs=dict(error.details))
            app.push_screen(Approve(needed, _approvers(desk)), approved)

    despite = _("Order it all the same") if may else _("Have a manager let it through")
    choices = [("change", _("Change the order")), ("despite", despite)]
    app.push_screen(Pick(_("Its station is paused"), choices, words=error.message), take)


def _approvers(desk: Desk) -> tuple[Person, ...]:
    return tuple(one for one in desk.board.people if one.role != "staff" and one.has_pin is not False)
