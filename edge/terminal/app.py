"""`buffr terminal URL`: puts the desk and its screens together, and carries news from the one to the others."""

import contextlib
import os
import sys
import traceback
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from random import Random

from textual.app import App
from textual.binding import Binding
from textual.events import Key
from textual.message import Message
from textual.worker import Worker, WorkerError

from edge.terminal import acts, enrolment, listening, reports, training, words
from edge.terminal.action import Action
from edge.terminal.actions import action_named, count_words
from edge.terminal.client import NodeError, node_address, read_as
from edge.terminal.desk import Desk
from edge.terminal.kept import KeptAction
from edge.terminal.locations import Locations, locations_of, state_folder_of
from edge.terminal.news import (
    ALL_TOPICS,
    Accepted,
    Changed,
    News,
    Refused,
    SessionEnded,
    Spoken,
    Topic,
    TrainingOver,
    Trouble,
    Unenrolled,
)
from edge.terminal.screens import refusals
from edge.terminal.screens.ask import Pick
from edge.terminal.screens.conflicts import ConflictsPlace
from edge.terminal.screens.enrol import EnrolPlace
from edge.terminal.screens.kitchen import KitchenPlace
from edge.terminal.screens.open_orders import OpenOrdersPlace
from edge.terminal.screens.order import OrderPlace
from edge.terminal.screens.place import Place
from edge.terminal.screens.receipt import ReceiptPlace
from edge.terminal.screens.report import ReportPlace
from edge.terminal.screens.settle import SettlePlace
from edge.terminal.screens.sign_in import SignInPlace
from edge.terminal.screens.slips import SlipsPlace
from edge.terminal.screens.status import StatusPlace
from edge.terminal.shapes.money import CountedSession
from edge.terminal.themes import THEMES
from edge.terminal.widgets.head import WIDE
from edge.terminal.words import _, about, later, n_

EXIT_FAILED = 1
EXIT_MISUSED = 2
# Soon enough to be felt as at once, and a burst of events is drawn in one go.
DRAW_SECONDS = 0.03


def local_now() -> datetime:
    """The present in this machine's zone."""
    return datetime.now().astimezone()


class TerminalApp(App[int]):
    """The app. `clock` gives the present in the zone that staff read."""

    CSS_PATH = "terminal.tcss"
    TITLE = "Buffr"
    ENABLE_COMMAND_PALETTE = False
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]
    BINDINGS = [
        Binding("f2", "go('order')", later("Order")),
        Binding("f3", "go('open_orders')", later(about("places", "Open"))),
        Binding("f4", "go('kitchen')", later("Kitchen")),
        Binding("f5", "go('status')", later("Status")),
        Binding("f9", "colours", later("Colours")),
        Binding("f10", "sign_out", later("Sign out")),
        Binding("ctrl+t", "training", later("Training"), show=False),
        Binding("ctrl+q", "quit", later("Quit"), priority=True),
    ]

    class Told(Message):
        """News of the desk."""

        def __init__(self, news: News) -> None:
            super().__init__()
            self.news = news

    def __init__(
        self,
        address: str,
        locations: Locations,
        *,
        clock: Callable[[], datetime] = local_now,
        chance: Random | None = None,
        practises: bool = False,
    ) -> None:
        """`practises`: training begins as soon as somebody has signed in."""
        super().__init__()
        self._practises = practises
        self._practice: Desk | None = None
        self._running_practice: Worker[None] | None = None
        self._locations = locations
        self._place = ""
        self._undrawn: set[Topic] = set()
        self._running_desk: Worker[None] | None = None
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = THEMES[0].name
        self._real = Desk(address, locations, clock=clock, chance=chance or Random(), tell=self._tell)
        self._real.shows = self._station_shown

    @property
    def desk(self) -> Desk:
        """What stands on the screens: the desk in training while there is one, else the real one."""
        return self._practice or self._real

    def on_mount(self) -> None:
        for name, screen in _PLACES.items():
            self.install_screen(screen(), name)
        if self.desk.enrolled is None:
            self.go("enrol")
        else:
            self.go("kitchen" if self.desk.is_kitchen else "sign_in")

    async def on_unmount(self) -> None:
        if self._practice:
            await training.leave(self._real)
        for running in (self._running_practice, self._running_desk):
            await _ended(running)
        for desk in (self._practice, self._real):
            if desk:
                await desk.close()

    def _station_shown(self) -> str | None:
        """Whose tickets stand on the screen, also below a dialog; nobody's in training."""
        place = next((screen for screen in reversed(self.screen_stack) if isinstance(screen, Place)), None)
        return place.station_shown if self._practice is None and isinstance(place, KitchenPlace) else None

    # From place to place

    def go(self, place: str) -> None:
        """Show a place; what was stacked above the one before is closed."""
        if place != "enrol" and not self._listening:
            self._running_desk = self.run_worker(listening.run(self._real), group="desk")
        while len(self.screen_stack) > 2:
            self.pop_screen()
        if len(self.screen_stack) < 2:
            self.push_screen(place)
        elif place != self._place:
            self.switch_screen(place)
        self._place = place
        if self._practises and self._real.session is not None:
            self._practises = False
            self.run_worker(self._begin_training(), group="training", exclusive=True)

    @property
    def _listening(self) -> bool:
        return self._running_desk is not None and not self._running_desk.is_finished

    def pay(self, order_id: str) -> None:
        """Show the settling of an order."""
        self.push_screen(SettlePlace(order_id))

    def show_receipt(self, order_id: str, change_minor: int | None = None) -> None:
        """Show a settled order's receipt, in place of the settling when it was paid just now."""
        if self.desk.draft.shown_order_id == order_id and self.desk.draft.empty:
            self.desk.draft = self.desk.draft.next()
        if isinstance(self.screen, SettlePlace):
            self.switch_screen(ReceiptPlace(order_id, change_minor))
        else:
            self.push_screen(ReceiptPlace(order_id, change_minor))

    def show_report(self, action: Action, words: str, day: str = "") -> None:
        """Show the report of an action."""
        text = reports.text_of(self.desk, action.shows, day)
        if text is not None:
            self.push_screen(ReportPlace(text, words))

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        signed_in = self.desk.session is not None
        if action == "sign_out":
            return signed_in
        if action == "training":
            return isinstance(self.screen, Place) and (signed_in or self._practice is not None)
        if action == "go":
            place = parameters[0]
            if place == "order":
                return signed_in and (self.desk.may("orders.place") or None)
            if place == "open_orders":
                return signed_in
            return self.desk.enrolled is not None and (signed_in or self.desk.is_kitchen)
        return True

    def action_go(self, place: str) -> None:
        if isinstance(self.screen, OrderPlace) and place == "order":
            self.screen.start_anew()
            return
        draft = self.desk.draft
        if place == "order" and (draft.empty or draft.sending):
            self.desk.draft = draft.next()
        self.go(place)

    def action_colours(self) -> None:
        """The next set of colours."""
        names = [theme.name for theme in THEMES]
        self.theme = names[(names.index(self.theme) + 1) % len(names)]

    def action_simulate(self, key: str) -> None:
        """A click on a key in the foot."""
        self.post_message(Key(key, None))

    def action_sign_out(self) -> None:
        draft = self.desk.draft
        if draft.empty or draft.sending:
            self._sign_out()
            return

        def take(answer: str | None) -> None:
            if answer == "out":
                self._sign_out()

        title = n_("{n} line is not sent", "{n} lines are not sent", len(draft.lines))
        choices = [("stay", _("Go on with this order")), ("out", _("Sign out; it waits here for you"))]
        self.push_screen(Pick(title, choices), take)

    def _sign_out(self) -> None:
        acts.sign_out(self.desk)
        self.go("kitchen" if self.desk.is_kitchen else "sign_in")

    # Training

    def action_training(self) -> None:
        """Into training, or out of it."""
        if self._practice is not None:
            self.run_worker(self._leave_training(_("Training is over. Orders are real again.")), group="training")
            return
        if self._real.outbox.shown():
            self.say_there(_("First what was keyed in here must be accepted: F3 lists it."), "warn")
            return

        def take(answer: str | None) -> None:
            if answer == "begin":
                self.run_worker(self._begin_training(), group="training", exclusive=True)

        words = _("You order from the real menu, at the real tables. Nothing of it is cooked, printed or booked.")
        choices = [("stay", _("Go on with real orders")), ("begin", _("Begin training"))]
        self.push_screen(Pick(_("Practise?"), choices, words=words), take)

    async def _begin_training(self) -> None:
        try:
            practice = await training.join(self._real, self._locations, self._tell_practice)
        except NodeError as error:
            self.say_there(error.message, "bad")
            return
        self._practice = practice
        self._running_practice = self.run_worker(listening.run(practice), group="practice")
        self._show_desk(_("Training has begun."))

    async def _leave_training(self, words: str) -> None:
        practice, self._practice = self._practice, None
        if practice is None:
            return
        who = practice.session.person.id if practice.session else ""
        if self._real.session and self._real.session.person.id != who:
            acts.sign_out(self._real)  # somebody else went on here: nobody is left in another's name
        self._show_desk(words)
        await _ended(self._running_practice)
        await practice.close()
        training.forget(self._locations)
        await training.leave(self._real)

    def _show_desk(self, words: str) -> None:
        """The screens are of another desk from now on."""
        place = "sign_in" if self.desk.session is None else "order" if self.desk.may("orders.place") else "kitchen"
        self.go(place)
        for screen in self.screen_stack:
            if isinstance(screen, Place):
                screen.draw(ALL_TOPICS)
        self.call_after_refresh(self.say_there, words, "warn")

    # News

    def _tell(self, news: News) -> None:
        """The desk tells: first its own books are brought in line, then the screens hear it as a message."""
        if not isinstance(news, Trouble):  # which may be told before there is a desk
            listening.take_outbox(self._real, news)
        if self._practice is None or isinstance(news, Unenrolled):
            self.post_message(self.Told(news))
        elif isinstance(news, SessionEnded):
            acts.end_session(self._real, news.person_id)

    def _tell_practice(self, news: News) -> None:
        """The same of the desk in training, until it is left."""
        if self._practice is not None:
            listening.take_outbox(self._practice, news)
            self.post_message(self.Told(news))

    def on_terminal_app_told(self, message: Told) -> None:
        news = message.news
        screens = [screen for screen in self.screen_stack if isinstance(screen, Place)]
        match news:
            case Changed(topics):
                if not self._undrawn:
                    self.set_timer(DRAW_SECONDS, self._draw)
                self._undrawn |= topics
            case SessionEnded(person_id):
                if acts.end_session(self.desk, person_id):
                    self.go("sign_in")
                    self.say_there(_("Your sign-in has ended. Sign in again; what you keyed in is kept."), "warn")
            case Unenrolled(reason):
                self.run_worker(_ended(self._running_practice), group="training")
                self._practice = None
                self._enrol_again(reason)
            case TrainingOver(reason):
                self.run_worker(self._leave_training(reason), group="training")
            case Spoken():
                self._say_anew()
            case Trouble(text):
                self.say_there(text, "bad")
            case Refused(action, error) if refusals.asks_here(action, error):
                refusals.ask_here(self, action, error)
            case _:
                if isinstance(news, Accepted) and news.action.kind == "act":
                    self._done(news.action, news.answer)
                for screen in screens:
                    screen.hear(news)

    def _done(self, action: KeptAction, answer: bytes) -> None:
        """A verb of the table was done: say so, and open the report that belongs to it."""
        row = action_named(action.name)
        words = _(row.done) if row else _("Done.")
        if action.name == "count":
            words = f"{words} {_counted(answer)}"
        if row and row.shows:
            # "…/business-days/2026-11-22/close": when it is closed, the day at hand is another one already
            self.show_report(row, words, action.path.split("/")[-2])
        else:
            self.say_there(words, "good")

    def ask_approval(self, key: str) -> None:
        """Open the dialog for a manager's PIN, and ask the node again when it was given."""
        refusals.ask_approval(self, key)

    def _draw(self) -> None:
        """Draw what has changed since the last time, once, however many events that were."""
        topics, self._undrawn = frozenset(self._undrawn), set()
        for screen in self.screen_stack:
            if isinstance(screen, Place):
                screen.draw(topics)

    def say_there(self, words: str, tone: str) -> None:
        """Say a sentence on the screen that is shown now."""
        if isinstance(self.screen, Place):
            self.screen.say(words, tone)

    def _say_anew(self) -> None:
        """The screens are made anew in another language; what was keyed in lies at the desk."""
        while len(self.screen_stack) > 1:
            self.pop_screen()
        for name, screen in _PLACES.items():
            self.uninstall_screen(name)
            self.install_screen(screen(), name)
        self.go(self._place)

    def _enrol_again(self, reason: str) -> None:
        if self._running_desk:
            self._running_desk.cancel()
        self.desk.forget_enrolment()
        self.uninstall_screen("enrol")
        self.install_screen(EnrolPlace(reason), "enrol")
        self.go("enrol")

    # Never a traceback

    def _fatal_error(self) -> None:
        """A bug: the details go to a file for support, and staff read one sentence instead of a traceback."""
        details = traceback.format_exc()
        words = _("The app had to close. What was not accepted is kept: start it again. Details: {path}")
        try:
            self._locations.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._locations.failures.open("a", encoding="utf-8") as file:
                file.write(f"{datetime.now().astimezone().isoformat()}\n{details}\n")
        except OSError:
            words = _("The app had to close. What was not accepted is kept: start it again.")
        self._exit_renderables.append(words.format(path=self._locations.failures))
        self._close_messages_no_wait()


async def _ended(running: Worker[None] | None) -> None:
    """Ends a desk's loops."""
    if running:
        running.cancel()
        with contextlib.suppress(WorkerError):
            await running.wait()


def _counted(answer: bytes) -> str:
    """What a count of the drawer found."""
    try:
        counted = read_as(answer, CountedSession).count.counted
    except NodeError:
        return ""
    return count_words((one.currency, one.over_short_minor) for one in counted)


_PLACES: dict[str, Callable[[], Place]] = {
    "enrol": EnrolPlace,
    "sign_in": SignInPlace,
    "order": OrderPlace,
    "open_orders": OpenOrdersPlace,
    "kitchen": KitchenPlace,
    "status": StatusPlace,
    "conflicts": ConflictsPlace,
    "slips": SlipsPlace,
}


def run(url: str, *, state_folder: Path | None = None, known_as: str = "", practises: bool = False) -> int:
    """Run the staff's app against the node at `url` until staff quit; what `buffr terminal` calls.

    `practises`: training begins with the first sign-in. `state_folder` keeps the enrolment and what is not accepted yet;
    by default the user's own ($XDG_STATE_HOME/buffr); `known_as` names the node there whatever its address is this time
    (`buffr://…`). Answers the exit code: 0, 1 after a failure, 2 when it can't start.
    """
    words.speak(words.machine_locale())
    try:
        address = node_address(url)
    except ValueError as error:
        print(error, file=sys.stderr)
        return EXIT_MISUSED
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        print(_("The app needs a terminal to run in."), file=sys.stderr)
        return EXIT_MISUSED
    locations = locations_of(state_folder or state_folder_of(os.environ), known_as or address)
    before = enrolment.kept(locations.enrolment)
    if before and before.locale:
        words.speak(before.locale)
    app = TerminalApp(address, locations, practises=practises)
    app.run()
    return app.return_code or 0
