"""Who is it? Pick a name, give the PIN."""

from collections.abc import Iterable

from textual import events
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static

from edge.terminal import acts
from edge.terminal.news import Topic
from edge.terminal.screens.asking import Failed, ask
from edge.terminal.screens.place import Place
from edge.terminal.screens.set_pin import SetPin
from edge.terminal.search import Named, find
from edge.terminal.shapes.node import Person
from edge.terminal.widgets.line import Line
from edge.terminal.widgets.rows import Cell, Column, Row, Rows
from edge.terminal.widgets.search_box import SearchBox
from edge.terminal.words import _, later

DIGITS = "123456789"


class SignInPlace(Place):
    """A digit or some letters pick a name, Enter goes to the PIN, Enter signs in."""

    BINDINGS = [
        Binding("enter", "confirm", later("Confirm")),
        Binding("slash", "search", later("Search")),
        Binding("f6", "set_pin", later("Set a PIN by code")),
        Binding("escape", "back", later("Back")),
    ]
    AUTO_FOCUS = "SearchBox"

    def __init__(self) -> None:
        super().__init__()
        self._person: Person | None = None
        self._busy = False

    def body(self) -> Iterable[Widget]:
        yield Horizontal(
            Vertical(
                Static(_("Who is it?"), classes="title"),
                SearchBox(placeholder=_("Name"), never="/0" + DIGITS, id="search"),
                Rows(Column(), Column(15), numbered=True, driven=True, id="people"),
                id="people-side",
            ),
            Vertical(
                Static(id="pin-name", classes="title"),
                Line(placeholder=_("PIN"), password=True, restrict=r"\d*", max_length=12, id="pin"),
                Static(id="pin-words"),
                id="pin-side",
            ),
            classes="place-body",
        )

    def show(self, topics: frozenset[Topic]) -> None:
        if topics & {Topic.PEOPLE, Topic.LINK, Topic.SESSION}:
            self._draw_people()
            self._draw_person()

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        self._forget()

    def _forget(self) -> None:
        """Nobody is picked; a PIN half typed is gone."""
        self._person = None
        self.query_one("#pin", Line).clear()
        self.query_one(SearchBox).clear()
        self.query_one(SearchBox).focus()
        self._draw_person()

    def _draw_people(self) -> None:
        board = self.desk.board
        found = find(self.query_one(SearchBox).value, [Named(person.display_name) for person in board.people])
        people = [board.people[place] for place in found.order]
        empty, tone = _("Nobody is called so. Esc clears the letters."), "quiet"
        if not board.people:
            empty, tone = _("Nobody can sign in yet. A manager adds people."), "quiet"
            if Topic.PEOPLE in board.problems or (self.desk.link and not self.desk.heard):
                empty, tone = _("The node does not answer, so names can't be read. It is tried again."), "bad"
            elif Topic.PEOPLE not in board.loaded:
                empty = _("Fetching names …")
        self.query_one("#people", Rows).show_rows([_person_row(person) for person in people], empty=empty, tone=tone)

    def _draw_person(self) -> None:
        person = self._person
        self.query_one("#pin-side").set_class(person is not None, "-picked")
        self.query_one("#pin-name", Static).update(Content(person.display_name if person else _("PIN")))
        words = _("Pick your name first.")
        if person and person.has_pin is False:
            words = _("No PIN yet. With a one-time code from a manager, set one: F6.")
        elif person:
            words = _("Type your PIN, then Enter.")
        if person and self.desk.training:
            words = _("In training everybody's PIN is {pin}.").format(pin=self.desk.training.pin)
        if self.desk.link and not self.desk.heard:
            words = _("Signing in needs the node, which does not answer now.")
        self.query_one("#pin-words", Static).update(Content(words))

    def on_input_changed(self, event: Input.Changed) -> None:
        if event.input.id == "search":
            self._draw_people()

    def on_search_box_driven(self, event: SearchBox.Driven) -> None:
        self.query_one("#people", Rows).action_move(event.step)

    def on_key(self, event: events.Key) -> None:
        if event.character and event.character in DIGITS and self.focused is self.query_one(SearchBox):
            self.query_one("#people", Rows).pick(int(event.character) - 1)

    def on_rows_picked(self, event: Rows.Picked) -> None:
        self._pick(event.key)

    def on_rows_chosen(self, event: Rows.Chosen) -> None:
        self._pick(event.key)

    def _pick(self, person_id: str) -> None:
        self._person = next((person for person in self.desk.board.people if person.id == person_id), None)
        self.query_one("#pin", Line).focus()
        self._draw_person()
        self.say("")

    def action_confirm(self) -> None:
        pin = self.query_one("#pin", Line)
        if self.focused is not pin or self._person is None:
            current = self.query_one("#people", Rows).current
            if current:
                self._pick(current.key)
        elif not pin.value:
            self.say(_("Type your PIN, then Enter."), "warn")
        elif not self._busy:
            self._busy = True
            self.say(_("Signing in …"))
            ask(self, "sign-in", acts.sign_in(self.desk, self._person, pin.value))

    def on_answered(self) -> None:
        self._busy = False
        self.say("")
        self._person = None
        self.query_one("#pin", Line).clear()
        self.host.go("order" if self.desk.may("orders.place") else "kitchen")

    def on_failed(self, event: Failed) -> None:
        self._busy = False
        words, seconds = event.error.message, event.error.retry_after_seconds
        if seconds:
            words = _("{words} Try again in {seconds} s.").format(words=words, seconds=seconds)
        self.say(words, "bad")
        pin = self.query_one("#pin", Line)
        pin.clear()
        pin.focus()

    def action_search(self) -> None:
        self.query_one(SearchBox).focus()

    def action_set_pin(self) -> None:
        def take(done: bool | None) -> None:
            if done:
                self.say(_("The PIN is set. Sign in with it."), "good")

        self.app.push_screen(SetPin(), take)

    def action_back(self) -> None:
        self.say("")
        self._forget()


def _person_row(person: Person) -> Row:
    if person.has_pin is False:
        return Row(person.id, (Cell(person.display_name), Cell(_("no PIN yet"), "warn")))
    return Row(person.id, (Cell(person.display_name), Cell(role_words(person.role), "quiet")))


def role_words(role: str) -> str:
    """A role in words."""
    words = {
        "owner": _("owner"),
        "hospitality_manager": _("manager"),
        "service_manager": _("service manager"),
        "staff": _("staff"),
    }
    return words.get(role, role.replace("_", " "))
