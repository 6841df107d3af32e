"""The print queue: what waits for which printer and why, and what staff decide about a slip."""

from collections.abc import Iterable

from textual.binding import Binding
from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import Static

from edge.terminal import slips
from edge.terminal.news import Topic
from edge.terminal.screens.ask import Pick
from edge.terminal.screens.asking import Answered, Failed, ask
from edge.terminal.screens.place import Place
from edge.terminal.slips import Queue, Slip
from edge.terminal.widgets.rows import Cell, Column, Row, Rows
from edge.terminal.words import _, later


class SlipsPlace(Place):
    """A digit or Enter decides about a slip; F6 shows those that are through as well."""

    BINDINGS = [
        Binding("enter", "confirm", later("Decide")),
        Binding("f6", "other_list", later("Waiting/all")),
        Binding("escape", "back", later("Back")),
    ]
    AUTO_FOCUS = "#slips"

    def __init__(self) -> None:
        super().__init__()
        self._found: Queue | None = None
        self._problem = ""
        self._live = True

    def body(self) -> Iterable[Widget]:
        yield Vertical(
            Static(_("Slips"), classes="title", id="slips-title"),
            Rows(Column(), Column(18), Column(26), Column(8), numbered=True, wraps=True, id="slips"),
            classes="place-body",
        )

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        self._fetch()

    def show(self, topics: frozenset[Topic]) -> None:
        if Topic.STATUS in topics:
            self._fetch()  # a printer's state, or how many wait for it, is another
        self._draw()

    def _fetch(self) -> None:
        ask(self, "queue", slips.queue_of(self.desk, live=self._live))

    def _draw(self) -> None:
        none = _("Nothing waits to be printed.") if self._live else _("No slip yet.")
        empty = self._problem or (_("Fetching …") if self._found is None else none)
        rows = [self._row(slip) for slip in self._found.slips] if self._found else []
        self.query_one("#slips-title", Static).update(_("Slips that wait") if self._live else _("All slips"))
        self.query_one("#slips", Rows).show_rows(rows, empty=empty, tone="bad" if self._problem else "quiet")

    def _row(self, slip: Slip) -> Row:
        minutes = int((self.desk.node_now() - slip.created_at).total_seconds() // 60)
        age = _("{n} min").format(n=minutes) if minutes < 120 else _("{n} h").format(n=minutes // 60)
        tone = "warn" if slip.waits and slip.state != "queued" else "quiet"
        cells = (
            Cell(slip.title, "strong"),
            Cell(slips.state_words(slip), tone),
            Cell(slips.where_words(slip)),
            Cell(age, "quiet"),
        )
        return Row(slip.id, cells, ((Cell(slip.detail, "quiet", across=4),),) if slip.detail else ())

    def check_action(self, action: str, _parameters: tuple[object, ...]) -> bool | None:
        if action == "confirm":
            return bool(self._found and self._found.slips and self.desk.session) or None
        return True

    def action_confirm(self) -> None:
        self._decide()

    def on_rows_picked(self) -> None:
        self._decide()

    def on_rows_chosen(self) -> None:
        self._decide()

    def _decide(self) -> None:
        current = self.query_one("#slips", Rows).current
        found = self._found
        slip = next((one for one in found.slips if current and one.id == current.key), None) if found else None
        if found is None or slip is None or self.desk.session is None:
            return
        choices = slips.choices(slip, found.printers)
        if not choices:
            self.say(_("It is being printed. Wait until it is through."))
            return

        def take(choice: str | None) -> None:
            if choice is not None:
                ask(self, "decided", slips.decide(self.desk, slip, choice))

        words = "  ".join(filter(None, (slips.state_words(slip), slips.where_words(slip), slip.detail)))
        self.app.push_screen(Pick(slip.title, choices, words=words), take)

    def action_other_list(self) -> None:
        self._live = not self._live
        self._found = None
        self._draw()
        self._fetch()

    def on_answered(self, event: Answered) -> None:
        if event.about == "queue":
            self._found, self._problem = event.value, ""
            self._draw()
            self.refresh_bindings()
            return
        self.say(_("Done."), "good")
        self._fetch()

    def on_failed(self, event: Failed) -> None:
        if event.about == "queue":
            self._problem, self._found = event.error.message, None
            self._draw()
            return
        self.say(event.error.message, "bad")
        self._fetch()

    def action_back(self) -> None:
        self.host.go("status")
