"""Order entry: one search box, the menu that it finds, and the check at the right."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from textual import events
from textual.binding import Binding
from textual.containers import Horizontal
from textual.widget import Widget

from edge.terminal import acts
from edge.terminal.actions import action_named
from edge.terminal.choices import Choices, Chosen, leads_of
from edge.terminal.draft import HELD_FROM_COURSE, LINES_MAX, Draft, DraftLine
from edge.terminal.forms import Field
from edge.terminal.news import Accepted, News, Refused, Scanned, Topic
from edge.terminal.screens.acting import ActingPlace
from edge.terminal.screens.ask import AskText, Pick
from edge.terminal.screens.asking import Answered, Failed, ask
from edge.terminal.screens.details import Details
from edge.terminal.screens.form import Form
from edge.terminal.screens.modifiers import Modifiers
from edge.terminal.screens.weigh import Weigh
from edge.terminal.shapes.menu import MenuItem
from edge.terminal.shapes.orders import Order, OrderLine
from edge.terminal.sold_words import served_words
from edge.terminal.widgets.check import Check, CheckView
from edge.terminal.widgets.menu_finder import MenuFinder
from edge.terminal.words import _, later, n_

PORTIONS_DIGITS_MAX = 5
COURSES_SHOWN_MAX = 5


class OrderPlace(ActingPlace):
    """Take an order, or add to one."""

    BINDINGS = [
        Binding("enter", "add", later("Add")),
        Binding("enter", "options", later("Change")),
        Binding("slash", "search", later("Search"), id="spare-search"),
        Binding("plus", "more(1)", later("Qty"), key_display="+-"),
        Binding("minus", "more(-1)", show=False),
        Binding("delete", "remove", later("Drop")),
        Binding("n", "note", later("Note")),
        Binding("c", "course", later("Course"), id="spare-course"),
        Binding("h", "hold", later("Hold"), id="spare-hold"),
        Binding("ctrl+o", "count", later("86"), show=False),
        Binding("f6", "details", later("Table")),
        Binding("f7", "pay", later("Pay")),
        Binding("f8", "send", later("Send")),
        Binding("escape", "back", later("Back")),
    ]
    AUTO_FOCUS = "SearchBox"

    def __init__(self) -> None:
        super().__init__()
        self._paused: frozenset[str] = frozenset()
        self._pay_after: str | None = None

    def body(self) -> Iterable[Widget]:
        yield Horizontal(MenuFinder(id="finder"), Check(id="check"), classes="place-body")

    @property
    def finder(self) -> MenuFinder:
        """The menu's side."""
        return self.query_one(MenuFinder)

    @property
    def check(self) -> Check:
        """The check's side."""
        return self.query_one(Check)

    def about(self) -> tuple[Order | None, OrderLine | None]:
        order = self.desk.board.orders.get(self.desk.draft.shown_order_id or "")
        line_id = self.check.sent_line if self.focused is self.check.rows else None
        line = next((line for line in order.lines if line.id == line_id), None) if order and line_id else None
        return order, line

    # Drawing

    def show(self, topics: frozenset[Topic]) -> None:
        paused = frozenset(self.desk.board.paused(self.desk.node_now()))
        if topics & {Topic.MENU, Topic.SESSION} or paused != self._paused:
            why, tone = self._why_no_menu()
            self.finder.draw(self.desk.board.menu, self.desk.node_now(), why_empty=why, tone=tone, paused=paused)
            self._paused = paused
        if topics & {Topic.DRAFT, Topic.ORDERS, Topic.SESSION, Topic.KEPT, Topic.MENU}:
            self._draw_check()

    def hear(self, news: News) -> None:
        super().hear(news)
        match news:
            case Accepted(action) if action.kind in {"order", "lines"}:
                order_id = self.desk.draft.shown_order_id
                if self._pay_after == action.key and order_id:
                    self._pay_after = None
                    self.host.pay(order_id)
                self.say(_("Accepted. The next item begins another order."), "good")
            case Refused(action, error) if action.kind in {"order", "lines"}:
                self.say(error.message, "bad")
            case Scanned(code):
                self._scanned(code)

    def _why_no_menu(self) -> tuple[str, str]:
        board = self.desk.board
        if Topic.MENU in board.problems:
            return board.problems[Topic.MENU], "bad"
        if Topic.MENU in board.loaded:
            return _("The menu is empty. A manager adds items to it."), "quiet"
        return _("Fetching the menu …"), "quiet"

    def _draw_check(self, *, last: bool = False) -> None:
        draft, board = self.desk.draft, self.desk.board
        order = board.orders.get(draft.shown_order_id or "")
        currency = order.currency if order else board.currency
        self.check.draw(CheckView(order, draft, currency), last=last)
        self.refresh_bindings()

    # Adding

    def on_menu_finder_item_chosen(self, event: MenuFinder.ItemChosen) -> None:
        self._note_place()
        self._take(event.item, event.quantity)

    def _note_place(self) -> None:
        """What was typed of seat and course holds for the lines from here on."""
        seat, course = self.finder.place
        if (seat, course) != (None, None) and not self.desk.draft.sending:
            self.desk.draft = self.desk.draft.placed(seat, course)

    def _take(self, item: MenuItem, quantity: int) -> None:
        """Take an item, asking for its options where it has any."""
        if not self._open_for_lines():
            return
        if item.off:
            when = served_words(item.off, self.desk.node_now())
            self.say(_("{item} is not on now ({when}).").format(item=item.name, when=when), "bad")
            return
        if item.sold_out:
            self.say(_("{item} is sold out.").format(item=item.name), "bad")
            return
        if item.sold_as == "open":
            self._key_in(item, quantity)
        elif item.unit:
            self._weigh(item, quantity)
        else:
            self._choose(self._line(item, quantity))

    def _choose(self, line: DraftLine) -> None:
        """Ask for what is to be chosen of a line's item, where there is anything, and add it."""
        menu = self.desk.board.items
        started = Choices.of(line.item.asks, None, leads_of(line.item, menu))
        if started.decided:
            self._add(replace(line, options=started.chosen))
            return

        def take(options: tuple[Chosen, ...] | None) -> None:
            if options is not None:
                self._add(replace(line, options=options))

        self.app.push_screen(Modifiers(line.item, self.desk.board.currency, line.quantity, None, menu), take)

    def _weigh(self, item: MenuItem, quantity: int) -> None:
        """Ask how much of an item that is sold by weight or measure."""

        def take(found: tuple[int, str] | None) -> None:
            if found is not None:
                measured, by = found
                self._choose(replace(self._line(item, quantity), measured=measured, measured_by=by))

        self.app.push_screen(Weigh(item), take)

    def _key_in(self, item: MenuItem, quantity: int) -> None:
        """Ask for the name and price of an open item."""
        fields = [
            Field("name", _("Name"), value=item.name),
            Field("price_minor", _("Price"), "amount", _("Type what it costs."), currency=self.desk.board.currency),
        ]

        def take(answers: dict[str, Any] | None) -> None:
            if answers is not None:
                name = "" if answers.get("name") == item.name else answers.get("name") or ""
                line = self._line(item, quantity)
                self._choose(replace(line, name=name, price_minor=answers["price_minor"]))

        self.app.push_screen(Form(item.name, fields), take)

    def _scanned(self, code: str) -> None:
        """A scanner of this terminal read a code: its item is taken. Nobody sees what goes in under another screen."""
        if not self.is_current or self.desk.session is None:
            self.app.bell()
            return
        meant = [item for item in self.desk.board.menu if code in item.codes]
        if len(meant) == 1:
            self._take(meant[0], 1)
        else:
            words = _("Several items have the code {code}.") if meant else _("No item has the code {code}.")
            self.say(words.format(code=code), "bad")
            self.app.bell()

    def _line(self, item: MenuItem, quantity: int) -> DraftLine:
        draft = self.desk.draft
        hold = draft.course is not None and draft.course >= HELD_FROM_COURSE
        return DraftLine(item, quantity, seat=draft.seat, course=draft.course, hold=hold)

    def on_rows_chosen(self) -> None:
        """A second click on a line of the check."""
        self.action_options()

    def on_input_changed(self) -> None:
        self.refresh_bindings()

    def _add(self, line: DraftLine) -> None:
        if len(self.desk.draft.lines) >= LINES_MAX:
            self.say(_("An order takes {n} lines at most. Send these first.").format(n=LINES_MAX), "bad")
            return
        self.desk.draft = self.desk.draft.added(line)
        self._draw_check(last=True)
        self.finder.clear()
        self.say("")

    def _open_for_lines(self) -> bool:
        """Whether the check takes lines now; says why not."""
        if self.desk.draft.sending:
            self.say(_("These lines are on their way and stay as they are. F2 starts another order."), "warn")
            return False
        return True

    # Keys

    def check_action(self, action: str, _parameters: tuple[object, ...]) -> bool | None:
        if not self.is_mounted or not self.host.desk.session:
            return True
        draft, check = self.desk.draft, self.check
        in_check = self.focused is check.rows
        loose = check.new_line is not None and not draft.sending
        if action in {"course", "hold"}:
            return loose and in_check
        if action in {"more", "remove", "note"}:
            changeable = loose or (action == "remove" and in_check and check.sent_line is not None)
            return changeable and (in_check or not self.finder.box.value)
        if action in {"add", "options"}:
            return in_check is (action == "options")
        if action == "search":
            return self.focused is not self.finder.box
        if action == "count":
            return self.desk.may("menu.count") or None
        if action == "send":
            return (self.desk.may("orders.place") and not draft.empty and not draft.sending) or None
        if action == "pay":
            return (self.desk.may("payments.take") and bool(draft.lines or draft.shown_order_id)) or None
        return True

    def action_add(self) -> None:
        # Not by a message: the next key must meet the dialog that this may open, however fast it comes.
        if self.finder.only_place and self._open_for_lines():
            self._note_place()
            self.finder.clear()
            return
        choice = self.finder.choice()
        if choice:
            self._note_place()
            self._take(*choice)

    def on_key(self, event: events.Key) -> None:
        """A digit on an unsent line of the check is its seat, 0 none."""
        place = self.check.new_line
        if event.character and event.character.isdecimal() and self.focused is self.check.rows and place is not None:
            event.stop()
            if self._open_for_lines():
                self._set_line(place, replace(self.desk.draft.lines[place], seat=int(event.character) or None))

    def action_course(self) -> None:
        """The next course for a line, after the last none; what is not of the first is held."""
        place = self.check.new_line
        if place is not None and self._open_for_lines():
            line = self.desk.draft.lines[place]
            course = ((line.course or 0) + 1) % (COURSES_SHOWN_MAX + 1)
            self._set_line(place, replace(line, course=course or None, hold=course >= HELD_FROM_COURSE))

    def action_hold(self) -> None:
        """Hold a line back until it is fired, or not."""
        place = self.check.new_line
        if place is not None and self._open_for_lines():
            line = self.desk.draft.lines[place]
            self._set_line(place, replace(line, hold=not line.hold))

    def action_options(self) -> None:
        place = self.check.new_line
        if self.check.sent_line is not None:
            self.action_actions()
        elif place is not None and self._open_for_lines():
            self._change_options(place)

    def _change_options(self, place: int) -> None:
        line = self.desk.draft.lines[place]
        if not line.item.asks:
            return

        def take(options: tuple[Chosen, ...] | None) -> None:
            if options is not None:
                self._set_line(place, replace(line, options=options))

        board = self.desk.board
        self.app.push_screen(Modifiers(line.item, board.currency, line.quantity, line.options, board.items), take)

    def _set_line(self, place: int, line: DraftLine) -> None:
        self.desk.draft = self.desk.draft.with_line(place, line)
        self._draw_check()

    def action_search(self) -> None:
        self.finder.box.focus()

    def action_more(self, step: int) -> None:
        place = self.check.new_line
        if place is not None:
            self.desk.draft = self.desk.draft.with_quantity(place, self.desk.draft.lines[place].quantity + step)
            self._draw_check()

    def action_remove(self) -> None:
        check = self.check
        if check.new_line is not None:
            name = self.desk.draft.lines[check.new_line].words
            self.desk.draft = self.desk.draft.without(check.new_line)
            self._draw_check()
            self.say(_("{item} is taken off.").format(item=name))
        elif check.sent_line is not None:
            self._void()

    def _void(self) -> None:
        """Delete on a sent line: the table's void."""
        subject, void = self.subject(), action_named("void")
        if void and subject.line and void.offered(subject):
            self.begin(void, subject)

    def action_note(self) -> None:
        place = self.check.new_line
        if place is None:
            return
        line = self.desk.draft.lines[place]

        def take(note: str | None) -> None:
            if note is not None:
                self._set_line(place, replace(line, note=note))

        title = _("Note for the kitchen: {item}").format(item=line.words)
        self.app.push_screen(AskText(title, value=line.note), take)

    def action_count(self) -> None:
        """Count the portions of the item under the cursor: an 86, and back."""
        choice = self.finder.choice()
        if choice is None:
            return
        item = choice[0]

        def take(text: str | None) -> None:
            if text is None:
                return
            if text and not (text.isdecimal() and len(text) <= PORTIONS_DIGITS_MAX):
                self.say(_("Type how many are left, 0 when it is sold out, nothing when nobody counts."), "bad")
                return
            portions = int(text) if text else None
            ask(self, item.name, acts.count_portions(self.desk, item, portions))

        known = 0 if item.sold_out else item.portions_left
        title = _("{item}: how many are left? 0: sold out. Empty: no limit.").format(item=item.name)
        self.app.push_screen(AskText(title, value="" if known is None else str(known)), take)

    def on_answered(self, event: Answered) -> None:
        self.say(_("{item}: every terminal knows.").format(item=event.about), "good")

    def on_failed(self, event: Failed) -> None:
        self.say(event.error.message, "bad")

    def action_details(self) -> None:
        draft = self.desk.draft
        if draft.order_id or draft.sending:
            self.say(_("The node has this order already: table and guests stay as they are."), "warn")
            return

        def take(changed: Draft | None) -> None:
            if changed is not None:
                self.desk.draft = replace(changed, done_order_id=None)

        self.app.push_screen(Details(draft), take)

    def action_send(self) -> None:
        if self.desk.outbox.full:
            self.say(_("No more can be kept here until the node is back."), "bad")
            return
        acts.send_draft(self.desk)
        self._draw_check()
        self.say("" if self.desk.heard else _("Kept here. It is sent as soon as the node is back."), "warn")

    def action_pay(self) -> None:
        """Settle this order; unsent lines go first."""
        draft = self.desk.draft
        if draft.lines:
            self.action_send()
            self._pay_after = self.desk.draft.sending
        elif draft.shown_order_id:
            self.host.pay(draft.shown_order_id)

    def action_back(self) -> None:
        """Esc: clear the search, else leave the order that lines were being added to."""
        if self.finder.box.value or self.focused is not self.finder.box:
            self.finder.clear()
        else:
            self.start_anew()

    def start_anew(self) -> None:
        """An empty check for the next guest; unsent lines are thrown away only when that is said."""
        draft = self.desk.draft
        if draft.empty or draft.sending:
            self.desk.draft = draft.next()
            self.finder.box.focus()
            return

        def take(answer: str | None) -> None:
            if answer == "drop":
                self.desk.draft = draft.next()

        title = n_("{n} line is not sent", "{n} lines are not sent", len(draft.lines))
        choices = [("keep", _("Go on with this order")), ("drop", _("Throw the unsent lines away"))]
        self.app.push_screen(Pick(title, choices), take)
