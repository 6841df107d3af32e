"""The print queue: what waits for which printer and why, and what staff decide about a slip."""

from collections.abc import Awaitable, Iterable, Sequence

from textual.binding import Binding
from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import Static

from edge.terminal import slips
from edge.terminal.news import Topic
from edge.terminal.screens.ask import Pick
from edge.terminal.screens.asking import ask
from edge.terminal.screens.deciding import DecidingPlace
from edge.terminal.slips import Queue, Slip
from edge.terminal.widgets.rows import Cell, Column, Row, Rows
from edge.terminal.words import _, later


class SlipsPlace(DecidingPlace[Queue]):
    """A digit or Enter decides about a slip; F6 shows those that are through as well."""

    BINDINGS = [Binding("f6", "other_list", later("Waiting/all"))]
    LIST = AUTO_FOCUS = "#slips"

    def __init__(self) -> None:
        super().__init__()
        self._live = True

    def body(self) -> Iterable[Widget]:
        yield Vertical(
            Static(_("Slips"), classes="title", id="slips-title"),
            Rows(Column(), Column(18), Column(26), Column(8), numbered=True, wraps=True, id="slips"),
            classes="place-body",
        )

    def show(self, topics: frozenset[Topic]) -> None:
        if Topic.STATUS in topics:
            self.fetch()  # a printer's state, or how many wait for it, is another
        self.draw_list()

    def asked(self) -> Awaitable[Queue]:
        return slips.queue_of(self.desk, live=self._live)

    def draw_list(self) -> None:
        super().draw_list()
        self.query_one("#slips-title", Static).update(_("Slips that wait") if self._live else _("All slips"))

    def none_words(self) -> str:
        return _("Nothing waits to be printed.") if self._live else _("No slip yet.")

    def rows_of(self, found: Queue) -> Sequence[Row]:
        return [self._row(slip) for slip in found.slips]

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

    def may_decide(self, found: Queue) -> bool:
        return bool(found.slips) and self.desk.session is not None

    def decide(self, found: Queue, key: str) -> None:
        slip = next((one for one in found.slips if one.id == key), None)
        if slip is None or self.desk.session is None:
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
        self.found = None
        self.draw_list()
        self.fetch()
