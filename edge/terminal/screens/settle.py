"""Settling: what is due, a way to pay picked by digit, and the change to give, large."""

from collections.abc import Iterable
from typing import Any

from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Digits, Input, Label, Static

from edge.terminal import acts, ways
from edge.terminal.actions import action_named
from edge.terminal.amounts import NotAnAmount, read_amount, written, written_with_currency
from edge.terminal.client import NodeError, read_as
from edge.terminal.draft import Draft
from edge.terminal.forms import Field
from edge.terminal.news import Accepted, CardTold, News, Refused, Topic, Waiting
from edge.terminal.screens.acting import ActingPlace
from edge.terminal.screens.asking import Answered, Failed, ask
from edge.terminal.screens.form import Form
from edge.terminal.shapes.hardware import CardSaid
from edge.terminal.shapes.money import PaymentTaken
from edge.terminal.shapes.orders import Order, OrderLine
from edge.terminal.ways import CashTaken, Way, change_of, ways_offline, ways_to_pay
from edge.terminal.widgets.check import Check, CheckView
from edge.terminal.widgets.line import Line
from edge.terminal.widgets.rows import Cell, Column, Row, Rows
from edge.terminal.widgets.words_line import Words
from edge.terminal.words import _, about, later, n_
from hospitality.ground.money import to_step

REFERENCE_MAX = 40
EXAMPLE_MINOR = 1250


class SettlePlace(ActingPlace):
    """A digit picks, Enter takes the payment; nothing counts before the node has said so."""

    BINDINGS = [
        Binding("enter", "confirm", later("Take the payment")),
        Binding("t", "tip", later("Tip")),
        Binding("e", "parts", later("Parts")),
        Binding("c", "charge", later("Charge")),
        Binding("o", "offline", later("Offline")),
        Binding("escape", "back", later("Back")),
    ]
    AUTO_FOCUS = "#ways"

    def __init__(self, order_id: str) -> None:
        super().__init__()
        self._order_id = order_id
        self._ways: list[Way] = []
        self._offline = 0
        """How a card is taken, a place in `ways_offline`."""
        self._charging = False
        """Whether the card terminal was asked, and nobody has told of an end."""
        self._unknown = False
        """Whether a card payment waited for an end when it was last drawn."""
        self._parts: tuple[int, ...] = ()
        """What is left to pay of equal parts, the next one first."""

        self._taken_in = CashTaken()
        """How the house takes cash, as far as it was read."""

    def on_mount(self) -> None:
        ask(self, "cash", acts.cash_taken(self.desk))

    def about(self) -> tuple[Order | None, OrderLine | None]:
        return self.order, None

    def body(self) -> Iterable[Widget]:
        yield Horizontal(
            Vertical(
                Static(_("How is it paid?"), classes="title"),
                Rows(Column(), Column(12, right=True), numbered=True, click_chooses=False, id="ways"),
                Horizontal(Label("", id="amount-label"), Line(id="amount"), classes="field", id="amount-field"),
                Horizontal(
                    Label(_("Reference")),
                    Line(placeholder=_("on the card slip"), max_length=REFERENCE_MAX, id="reference"),
                    classes="field",
                    id="reference-field",
                ),
                Horizontal(Label(_("Tip")), Line(id="tip"), classes="field", id="tip-field"),
                Horizontal(
                    Vertical(Label(_("To pay"), id="due-label"), Digits(id="due")),
                    Vertical(Label(_(about("money", "Change"))), Digits(id="change")),
                    id="sums",
                ),
                Words(id="settle-state"),
                id="settle-side",
            ),
            Check(reads=True, id="check"),
            classes="place-body",
        )

    @property
    def order(self) -> Order | None:
        """The order, as the node has it."""
        return self.desk.board.orders.get(self._order_id)

    @property
    def way(self) -> Way:
        """The way under the cursor."""
        return self._ways[self.query_one("#ways", Rows).cursor]

    def _due(self, order: Order) -> int:
        """What is to be paid now: all that is due, or the next of its parts."""
        due = max(0, order.due_minor)
        return min(self._parts[0], due) if self._parts else due

    def _tip(self, order: Order) -> int:
        """The tip on top; none while what is typed is no amount."""
        return self._typed("#tip", order.currency, 0) or 0

    def _typed(self, field: str, currency: str, usual: int) -> int | None:
        """The amount in a field, `usual` where nothing was typed; None while what is typed is no amount."""
        typed = self.query_one(field, Line).value
        try:
            return read_amount(typed, currency) if typed else usual
        except NotAnAmount:
            return None

    # Drawing

    def show(self, topics: frozenset[Topic]) -> None:
        if topics & {Topic.ORDERS, Topic.KEPT, Topic.SESSION} and self.order is not None:
            self._draw(self.order)

    def _draw(self, order: Order) -> None:
        self._ways = list(ways_to_pay(self._due(order) + self._tip(order), order.currency, self._taken_in))
        rows = [Row(way.key, (Cell(way.words), Cell(_tendered(way, order)))) for way in self._ways]
        shown = self.query_one("#ways", Rows)
        shown.styles.height = len(rows)
        shown.show_rows(rows)
        self.query_one(Check).draw(CheckView(order, Draft(), order.currency))
        self.query_one("#due", Digits).update(written(self._due(order) + self._tip(order), order.currency))
        left = n_("To pay, {n} part left", "To pay, {n} parts left", len(self._parts))
        self.query_one("#due-label", Label).update(left if self._parts else _("To pay"))
        self._draw_way()
        if (self._charging or self._unknown) and order.payment_state == "settled" and self.is_current:
            self.host.show_receipt(order.id)
            return
        if acts.payment_under_way(self.desk, order.id):
            self._say_under_way()
        elif order.payment_state == "unknown" and not self._unknown:
            self._state(_unknown_words(), "alarm")
            self.say(_what_to_do(), "warn")
        elif order.payment_state == "open" and order.due_minor <= 0:
            self._state(_("It comes to nothing: Enter settles it"), "info")
        elif order.payment_state != "unknown":
            self._state("", "none")
        if self._unknown and order.payment_state == "open":
            self._charging = False
        self._unknown = order.payment_state == "unknown"

    def _draw_way(self) -> None:
        """The fields that this way needs, and the change that it gives."""
        order, way = self.order, self.way
        if order is None:
            return
        self.query_one("#amount-field").display = way.tendered_minor is None
        self.query_one("#reference-field").display = not way.cash
        handed = _("In {currency}").format(currency=way.rate.currency) if way.rate else _("Handed over")
        self.query_one("#amount-label", Label).update(handed if way.cash else _("Amount"))
        tip = self._tip(order)
        tipping = self.query_one("#tip-field")
        tipping.display = bool(tip) or self.focused is self.query_one("#tip")
        self.query_one("#amount", Line).placeholder = written(self._asked(order), self._handed(order))
        given, change = self._given(order), 0
        if given is not None and way.cash:
            change = max(0, change_of(way, given, self._due(order), tip, order.currency, self._taken_in))
        self.query_one("#change", Digits).update(written(change, order.currency))
        self.query_one("#change").set_class(change > 0, "-some")

    def _given(self, order: Order) -> int | None:
        """The amount handed over; None while what is typed is no amount."""
        if self.way.tendered_minor is not None:
            return self.way.tendered_minor
        return self._typed("#amount", self._handed(order), self._asked(order))

    def _handed(self, order: Order) -> str:
        """The currency in which it is paid."""
        return self.way.rate.currency if self.way.rate else order.currency

    def _asked(self, order: Order) -> int:
        """What the guest is asked for, in the currency in which it is paid."""
        if not self.way.cash:
            return self._due(order)
        wanted = to_step(self._due(order) + self._tip(order), self._taken_in.step_minor)
        return self.way.least(wanted, order.currency)

    def _say_under_way(self) -> None:
        words = _("… Asking the node")
        if not self.desk.heard:
            words = _("▲ NOT ACCEPTED. Kept here, sent when the node is back")
        self._state(words, "info" if self.desk.heard else "alarm")

    def _state(self, words: str, tone: str) -> None:
        state = self.query_one("#settle-state", Words)
        state.set_classes(f"-{tone}")
        state.put(words)

    # Keys

    def on_rows_moved(self, event: Rows.Moved) -> None:
        if event.rows.id == "ways":
            self._draw_way()

    def on_rows_picked(self) -> None:
        self._to_fields()

    def on_rows_chosen(self, event: Rows.Chosen) -> None:
        if event.rows.id == "ways":
            self._to_fields()

    def _to_fields(self) -> None:
        """Where the picked way needs something typed, go there."""
        self._draw_way()
        if not self.way.cash:
            self.query_one("#reference", Line).focus()
        elif self.way.tendered_minor is None:
            self.query_one("#amount", Line).focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        if self._ways and self.order is not None:
            if event.input.id == "tip":
                self._draw(self.order)
            else:
                self._draw_way()

    def action_tip(self) -> None:
        """A tip on top, of cash or of a card."""
        self.query_one("#tip-field").display = True
        self.query_one("#tip", Line).focus()

    def action_charge(self) -> None:
        """Have this till's card terminal charge a card."""
        action, order = action_named("charge_card"), self.order
        if order is not None and order.payment_state == "unknown":
            self.say(_what_to_do(), "warn")
        elif action is not None and order is not None and order.due_minor > 0:
            self.begin(action, self.subject())

    def action_offline(self) -> None:
        """The acquirer can't be reached: how the card is taken all the same."""
        every = ways_offline()
        self._offline = (self._offline + 1) % len(every)
        self.query_one("#ways", Rows).move_to(len(self._ways) - 1)
        self._draw_way()
        self.say(every[self._offline][1], "warn" if self._offline else "info")

    def action_parts(self) -> None:
        """Divide what is due: each part is paid by itself."""
        if self._parts:
            self._parts = ()
            self._redraw(_("One bill again."))
            return

        def take(answers: dict[str, Any] | None) -> None:
            if answers is not None:
                ask(self, "parts", acts.parts(self.desk, self._order_id, answers["count"]))

        field = Field("count", _("How many"), "number", _("Type how many pay."))
        self.app.push_screen(Form(_("Equal parts"), [field]), take)

    def on_answered(self, event: Answered) -> None:
        if event.about == "cash":
            self._taken_in = event.value
            if self.order is not None:
                self._draw(self.order)
            return
        self._parts = event.value
        self._redraw(_("Each part is paid by itself; E makes it one bill again."))

    def on_failed(self, event: Failed) -> None:
        if event.about != "cash":  # cash is taken without it, and the node rounds as the house does
            self.say(event.error.message, "bad")

    def _redraw(self, words: str) -> None:
        if self.order is not None:
            self._draw(self.order)
        self.say(words)

    def action_back(self) -> None:
        shown = self.query_one("#ways", Rows)
        if self.focused is self.query_one("#tip", Line):
            self.query_one("#tip", Line).clear()
            shown.focus()
            self._draw_way()
        elif self.focused is shown:
            self.dismiss()
        else:
            shown.focus()

    def action_confirm(self) -> None:
        order = self.order
        if order is not None and self._typed("#tip", order.currency, 0) is None:
            self._say_no_amount(order.currency)
            self.query_one("#tip", Line).focus()
            return
        if self.focused is self.query_one("#tip", Line):
            self.query_one("#ways", Rows).focus()
            self.say("")
            return
        if order is None or order.payment_state == "settled":
            self.say(_("Nothing is due on this order any more. Esc goes back."), "warn")
            return
        if acts.payment_under_way(self.desk, order.id):
            self._say_under_way()
            return
        body = self._body(order)
        if body is not None:
            acts.send_payment(self.desk, order, body)
            self._say_under_way()

    def _body(self, order: Order) -> dict[str, Any] | None:
        """The payment as the node takes it; None when something is missing, which is said."""
        given, due = self._given(order), self._due(order)
        if given is None or (given == 0 and self._asked(order)):
            self._say_no_amount(self._handed(order))
            return None
        if self.way.cash:
            paid = ways.cash(self.way, given, due, self._tip(order), order.currency, self._taken_in)
            if due and paid["amount_minor"] <= 0:
                self.say(_("That is not more than the tip. Type what was handed over."), "bad")
                return None
            return paid
        reference = self.query_one("#reference", Line).value.strip()
        if not reference:
            self.say(_("Type the reference that the card terminal printed."), "bad")
            self.query_one("#reference", Line).focus()
            return None
        if given > order.due_minor:
            most = written_with_currency(order.due_minor, order.currency)
            self.say(_("A card pays what is due at most: {amount}.").format(amount=most), "bad")
            return None
        return ways.card(given, reference, self._tip(order), ways_offline()[self._offline][0])

    def _say_no_amount(self, currency: str) -> None:
        words = _("That is no amount of {currency}. Type it like {example}.")
        self.say(words.format(currency=currency, example=written(EXAMPLE_MINOR, currency)), "bad")

    # What came of it

    def hear(self, news: News) -> None:
        super().hear(news)
        match news:
            case Waiting(action) if action.order_id == self._order_id:
                self._state(_("▲ NOT ACCEPTED. Kept here, sent when the node is back"), "alarm")
            case Refused(action, error) if action.kind == "payment" and action.order_id == self._order_id:
                # Nothing was taken; the person stands here and decides anew.
                self.desk.outbox.drop(action.key)
                self._state("", "none")
                self.say(error.message, "bad")
            case CardTold(said) if said.attempt_id:
                self._card_told(said)
            case Accepted(action, _) if action.name == "charge_card" and action.order_id == self._order_id:
                self._charging = True
                if self.order is not None:
                    self._draw(self.order)
            case Accepted(action, answer) if action.kind == "payment" and action.order_id == self._order_id:
                self._taken(answer)

    def _card_told(self, said: CardSaid) -> None:
        """What the card terminal says this moment; that the order is paid, or open again, the node tells by itself."""
        if self.order is None or said.state == "approved":
            return
        if said.state == "declined":
            self.say(
                _("Card payment {number} was not taken: {words}").format(number=said.number, words=said.words), "bad"
            )
        elif not (self._charging or self._unknown):
            return  # somebody has decided meanwhile
        elif said.state == "waiting":
            self._state(_("Card {number}: the guest is asked").format(number=said.number), "info")
            self.say(_("Behind .: J has the card terminal give up."))
        else:
            self._state(_unknown_words(), "alarm")
            self.say(said.words or _what_to_do(), "warn")

    def _taken(self, answer: bytes) -> None:
        self._state("", "none")
        try:
            taken = read_as(answer, PaymentTaken)
        except NodeError as error:
            self.say(error.message, "bad")
            return
        change = taken.payment.change_minor or 0
        if taken.order.payment_state == "settled":
            self.host.show_receipt(taken.order.id, change)
            return
        if self._parts and taken.payment.amount_minor >= self._parts[0]:
            self._parts = self._parts[1:]
        self._offline = 0
        for name in ("#amount", "#reference", "#tip"):
            self.query_one(name, Line).clear()
        self._draw(taken.order)
        self.query_one("#ways", Rows).focus()
        amount = written_with_currency(taken.payment.amount_minor, taken.payment.currency)
        self.say(_("{amount} taken. The rest is still to pay.").format(amount=amount), "good")


def _unknown_words() -> str:
    return _("▲ UNKNOWN whether the card was charged")


def _what_to_do() -> str:
    return _("It is looked up by itself. Behind .: J gives up, Y: its slip, Z: a manager.")


def _tendered(way: Way, order: Order) -> str:
    return "" if way.tendered_minor is None else written(way.tendered_minor, order.currency)
