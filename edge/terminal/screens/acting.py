"""What every place with something to act on has: the menu of actions behind one key, and the form behind each.

What some actions ask must be fetched first (an order's payments and slips, the drawers): that is done in a worker, which
posts what it found.
"""

from collections.abc import Awaitable
from dataclasses import replace
from typing import Any

from textual.binding import Binding
from textual.message import Message

from edge.terminal import acts, looking
from edge.terminal.action import Action, Scope
from edge.terminal.actions import action_named, offered
from edge.terminal.client import NodeError
from edge.terminal.news import CardTold, News
from edge.terminal.screens.action_menu import ActionMenu
from edge.terminal.screens.form import Form
from edge.terminal.screens.place import Place
from edge.terminal.shapes.hardware import CardSaid
from edge.terminal.shapes.orders import Order, OrderLine
from edge.terminal.subject import Subject
from edge.terminal.widgets.check_lines import title
from edge.terminal.words import _, later


class Looked(Message):
    """What an action is about is known now; without an action, the menu is opened."""

    def __init__(self, subject: Subject, action: Action | None) -> None:
        super().__init__()
        self.subject = subject
        self.action = action


class NotLooked(Message):
    """It could not be read."""

    def __init__(self, error: NodeError) -> None:
        super().__init__()
        self.error = error


class ActingPlace(Place):
    """A place with a menu of actions. A subclass says what they are about."""

    BINDINGS = [Binding("full_stop", "actions", later("More"), key_display=".")]
    SCOPES: tuple[Scope, ...] = ("line", "order")

    def about(self) -> tuple[Order | None, OrderLine | None]:
        """The order, and the line under the cursor."""
        return None, None

    def subject(self) -> Subject:
        """What is acted on here, as far as it is known without asking."""
        desk = self.desk
        order, line = self.about()
        status, session = desk.board.status, desk.session
        return Subject(
            currency=order.currency if order else desk.board.currency,
            order=order,
            line=line,
            people=tuple(person for person in desk.board.people if person.has_pin is not False),
            person_id=session.person.id if session else "",
            terminal_id=desk.enrolled.terminal_id if desk.enrolled else "",
            business_date=(status.business_date or "") if status else "",
            others=tuple(one for one in desk.board.open_orders() if order is None or one.id != order.id),
            now=desk.node_now(),
        )

    def hear(self, news: News) -> None:
        if isinstance(news, CardTold) and news.said.card_refund_id:
            self._refund_told(news.said)

    def _refund_told(self, said: CardSaid) -> None:
        """What became of what was to go back to a card; that it waits is told by nothing happening."""
        if said.state == "approved":
            self.say(_("Card refund {number}: given back.").format(number=said.number), "good")
        elif said.state == "declined":
            words = _("Card refund {number} was not given back: {words}")
            self.say(words.format(number=said.number, words=said.words), "bad")
        elif said.state == "unknown":
            self.say(said.words, "warn")

    def action_actions(self) -> None:
        subject = self.subject()
        if "till" in self.SCOPES:
            self._look(looking.at_till(self.desk, subject), None)
        elif subject.order is None:
            self.say(_("Open an order that the node has first: F3 lists them."), "warn")
        else:
            self.open_menu(subject)

    def open_menu(self, subject: Subject) -> None:
        """The actions that fit; the form of the one that is picked follows."""
        may = self.desk.may
        actions = offered(subject, self.SCOPES, may)
        allowed = frozenset(
            action.name for action in actions if may(action.right) or _kitchen_knows_not(subject, action)
        )

        def take(name: str | None) -> None:
            action = action_named(name or "")
            if action:
                self.begin(action, subject)

        self.app.push_screen(ActionMenu(self._title(subject), actions, allowed), take)

    def _title(self, subject: Subject) -> str:
        if subject.order is None:
            return subject.drawer.name if subject.drawer else _("Drawer and day")
        words = title(subject.order, self.desk.draft).plain
        return f"{words} · {subject.line.name}" if subject.line else words

    def begin(self, action: Action, subject: Subject) -> None:
        """Look up what the action needs, then ask what it asks."""
        wanted = looking.FOR.get(action.name)
        if wanted:
            self._look(wanted(self.desk, subject), action)
        else:
            self._ask(action, subject)

    def _ask(self, action: Action, subject: Subject) -> None:
        fields = action.asks(subject)
        if not action.path or not fields:
            self.do(action, subject, {})
            return

        def take(answers: dict[str, Any] | None) -> None:
            if answers is not None:
                self.do(action, subject, answers)

        about = subject.line.name if action.scope == "line" and subject.line else ""
        self.app.push_screen(Form(f"{_(action.label)}: {about}" if about else _(action.label), fields), take)

    def do(self, action: Action, subject: Subject, answers: dict[str, Any]) -> None:
        """Hand it to the outbox; what only shows something is opened at once."""
        if not action.path:
            self.host.show_report(action, _(action.done))
        elif self.desk.outbox.full:
            self.say(_("No more can be kept here until the node is back."), "bad")
        else:
            acts.send_act(self.desk, action, subject, answers)
            away = _("Kept here. It is sent as soon as the node is back.")
            self.say(_("…") if self.desk.heard else away, "info" if self.desk.heard else "warn")

    def _look(self, call: Awaitable[Subject], action: Action | None) -> None:
        self.run_worker(self._looked(call, action), group="look")

    async def _looked(self, call: Awaitable[Subject], action: Action | None) -> None:
        try:
            self.post_message(Looked(await call, action))
        except NodeError as error:
            self.post_message(NotLooked(error))

    def on_looked(self, event: Looked) -> None:
        if not self.is_current:
            return  # whoever pressed the key has gone elsewhere
        if event.action:
            self._ask(event.action, event.subject)
        else:
            self.open_menu(event.subject)

    def on_not_looked(self, event: NotLooked) -> None:
        self.say(event.error.message, "bad")


def _kitchen_knows_not(subject: Subject, action: Action) -> bool:
    """What is held is taken off by whoever places orders."""
    return action.name == "void" and subject.line is not None and subject.line.kitchen_state == "held"


def without_line(subject: Subject) -> Subject:
    """The same of the order alone."""
    return replace(subject, line=None)
