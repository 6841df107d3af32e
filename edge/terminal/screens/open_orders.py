"""All orders that are not paid, what is kept here and not accepted, and, on F6, the paid ones; then those for which too
much was taken, where there are any."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Literal

from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from edge.terminal import acts, fetching
from edge.terminal.actions import action_named
from edge.terminal.draft import Draft
from edge.terminal.kept import KeptAction
from edge.terminal.news import Topic
from edge.terminal.screens.acting import ActingPlace
from edge.terminal.screens.ask import Pick
from edge.terminal.screens.asking import Failed, ask
from edge.terminal.search import plain
from edge.terminal.shapes.orders import Order, OrderLine
from edge.terminal.widgets.check import Check, CheckView
from edge.terminal.widgets.head import ROOMY, WIDE
from edge.terminal.widgets.order_rows import COLUMNS, COLUMNS_WIDE, KEPT, kept_row, order_row
from edge.terminal.widgets.rows import Rows
from edge.terminal.widgets.search_box import SearchBox
from edge.terminal.words import _, later

Shown = Literal["open", "paid", "overpaid"]
AGES_SECONDS = 20.0


class OpenOrdersPlace(ActingPlace):
    """A digit or Enter opens an order, F7 settles it. Of a paid one Enter shows the receipt, of one for which too much was
    taken it asks how that is given back."""

    BINDINGS = [
        Binding("enter", "confirm", later("Open")),
        Binding("slash", "search", later("Search")),
        Binding("f6", "other_list", later("Open/paid")),
        Binding("f7", "pay", later("Pay")),
        Binding("escape", "back", later("Back")),
    ]
    AUTO_FOCUS = "#orders"

    def __init__(self) -> None:
        super().__init__()
        self._shown: Shown = "open"

    def about(self) -> tuple[Order | None, OrderLine | None]:
        return self._current(), None

    def body(self) -> Iterable[Widget]:
        yield Horizontal(
            Vertical(
                SearchBox(placeholder=_("Order number, table, tab or server"), never="/.", id="search"),
                Rows(numbered=True, click_chooses=False, id="orders"),
                id="orders-side",
            ),
            Check(reads=True, id="check"),
            classes="place-body",
        )

    def on_mount(self) -> None:
        self.set_interval(AGES_SECONDS, self._tick)

    def _tick(self) -> None:
        if self.is_current:
            self._draw_list()

    def show(self, topics: frozenset[Topic]) -> None:
        if topics & {Topic.ORDERS, Topic.KEPT, Topic.SESSION}:
            self._draw_list()

    def _draw_list(self) -> None:
        wide = self.app.size.width >= ROOMY
        rows = self.query_one("#orders", Rows)
        rows.columns = COLUMNS_WIDE if wide else COLUMNS
        empty, tone = self._why_empty()
        kept = [kept_row(action, wide=wide) for action in self._kept()] if self._shown == "open" else []
        now = self.desk.node_now()
        orders = [
            order_row(order, wide=wide, now=now, amount_minor=self._amount_minor(order)) for order in self._orders()
        ]
        rows.show_rows([*kept, *orders], empty=empty, tone=tone)
        self._draw_check()

    def _kept(self) -> list[KeptAction]:
        wanted = plain(self.query_one(SearchBox).value)
        return [action for action in self.desk.outbox.shown() if wanted in plain(action.title)]

    def _orders(self) -> list[Order]:
        board = self.desk.board
        wanted = plain(self.query_one(SearchBox).value)
        lists = {"open": board.open_orders, "paid": board.settled_orders, "overpaid": board.overpaid_orders}
        orders = lists[self._shown]()
        return [order for order in orders if wanted in plain(" ".join(filter(None, _looked_by(order))))]

    def _amount_minor(self, order: Order) -> int:
        return {"open": order.due_minor, "paid": order.total_minor, "overpaid": order.surplus_minor}[self._shown]

    def _why_empty(self) -> tuple[str, str]:
        board = self.desk.board
        if self.query_one(SearchBox).value:
            return _("No order fits. Esc clears the search."), "quiet"
        if Topic.ORDERS in board.problems:
            return _("{reason} It is tried again by itself.").format(reason=board.problems[Topic.ORDERS]), "bad"
        if Topic.ORDERS not in board.loaded:
            return _("Fetching orders …"), "quiet"
        words = {
            "open": _("No open order. F2 takes one."),
            "paid": _("No paid order yet."),
            "overpaid": _("Nothing is to be given back."),
        }
        return words[self._shown], "quiet"

    def _current(self) -> Order | None:
        current = self.query_one("#orders", Rows).current
        return self.desk.board.orders.get(current.key) if current else None

    def _draw_check(self) -> None:
        order = self._current()
        check = self.query_one(Check)
        check.display = self.app.size.width >= WIDE
        if check.display:
            check.draw(CheckView(order, Draft(), order.currency if order else self.desk.board.currency))

    def on_rows_moved(self, event: Rows.Moved) -> None:
        if event.rows.id == "orders":
            self._draw_check()
            self.refresh_bindings()

    def on_rows_picked(self) -> None:
        self._open()

    def on_rows_chosen(self, event: Rows.Chosen) -> None:
        if event.rows.id == "orders":
            self._open()

    def on_input_changed(self) -> None:
        self._draw_list()

    def on_search_box_driven(self, event: SearchBox.Driven) -> None:
        self.query_one("#orders", Rows).action_move(event.step)

    def check_action(self, action: str, _parameters: tuple[object, ...]) -> bool | None:
        if action == "pay" and self.is_mounted:
            return (self.desk.may("payments.take") and self._current() is not None and self._shown == "open") or None
        return True

    def action_confirm(self) -> None:
        self._open()

    def _open(self) -> None:
        current = self.query_one("#orders", Rows).current
        order = self._current()
        if current and current.key.startswith(KEPT):
            self._decide(current.key.removeprefix(KEPT))
        elif order is not None and self._shown == "paid":
            self.host.show_receipt(order.id)
        elif order is not None and self._shown == "overpaid":
            self._give_back()
        elif order is not None:
            self._open_order(order)

    def _give_back(self) -> None:
        refund = action_named("refund")
        assert refund is not None, "giving money back is one of the actions"
        self.begin(refund, self.subject())

    def _open_order(self, order: Order) -> None:
        draft = self.desk.draft
        if draft.lines and not draft.sending and draft.order_id != order.id:
            self.say(_("Unsent lines stand in your check. Send them or throw them away first: F2."), "warn")
            return
        if draft.order_id != order.id:
            self.desk.draft = replace(draft.next(), order_id=order.id)
        self.host.go("order")

    def _decide(self, key: str) -> None:
        """What is to become of an action that the node has not accepted."""
        action = next((one for one in self.desk.outbox.shown() if one.key == key), None)
        if action is None:
            return
        choices = [("retry", _("Ask the node again"))]
        if action.refusal and action.kind in {"order", "lines"} and self.desk.draft.empty:
            choices.append(("edit", _("Change it and send it anew")))
        if action.needs:
            choices.insert(0, ("approve", _("Have a manager approve it")))
        if action.refusal:
            choices.append(("drop", _("Throw it away")))

        def take(answer: str | None) -> None:
            self._decided(action, answer)

        words = action.refusal or _("The node may have it already: it can only be asked again, never doubled.")
        self.app.push_screen(Pick(_("Not accepted"), choices, words=words), take)

    def _decided(self, action: KeptAction, answer: str | None) -> None:
        session = self.desk.session
        if answer == "retry" and session:
            if action.person_id in self.desk.outbox.tokens:
                self.desk.outbox.retry(action.key)
            else:
                self.desk.outbox.hand_over(action.key, session.person.id, session.person.display_name)
        elif answer == "approve":
            self.host.ask_approval(action.key)
        elif answer == "edit":
            acts.edit_again(self.desk, action)
            self.host.go("order")
        elif answer == "drop":
            self.desk.outbox.drop(action.key)

    def action_search(self) -> None:
        self.query_one(SearchBox).focus()

    def action_other_list(self) -> None:
        too_much = bool(self.desk.board.overpaid_orders())
        following: dict[Shown, Shown] = {"open": "paid", "paid": "overpaid" if too_much else "open", "overpaid": "open"}
        self._shown = following[self._shown]
        if self._shown == "paid":
            ask(self, "settled", fetching.settled_orders(self.desk))
        words = {
            "open": _("Open orders, oldest first."),
            "paid": _("Paid orders, latest first."),
            "overpaid": _("Too much was taken for these: Enter gives it back."),
        }
        self.say(words[self._shown], "warn" if self._shown == "overpaid" else "info")
        self._draw_list()
        self.refresh_bindings()

    def on_answered(self) -> None:
        self._draw_list()

    def on_failed(self, event: Failed) -> None:
        self.say(event.error.message, "bad")

    def action_pay(self) -> None:
        order = self._current()
        if order is not None:
            self.host.pay(order.id)

    def action_back(self) -> None:
        box = self.query_one(SearchBox)
        if box.value:
            box.clear()
        elif self.focused is not box:
            self.host.go("order")
        self.query_one("#orders", Rows).focus()


def _looked_by(order: Order) -> tuple[str | None, ...]:
    """What an order is searched by."""
    return order.number, order.table, order.tab, order.server_name, order.opened_by_name
