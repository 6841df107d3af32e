"""How the property stands: the node, the cloud, each printer and device, and what waits on this terminal."""

from collections.abc import Iterable
from datetime import datetime

from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Static

from edge.terminal import sign
from edge.terminal.days import business_day_words, moment_words
from edge.terminal.news import Topic
from edge.terminal.screens.acting import ActingPlace
from edge.terminal.screens.conflicts import waiting_words
from edge.terminal.shapes.node import Sync, UnheardStation
from edge.terminal.widgets.rows import Cell, Column, Row, Rows
from edge.terminal.words import _, about, later, n_

RESOLVE = "sync.resolve"


def clock_words(offset_ms: int) -> str:
    """How wrong a machine's clock is, by how far it is behind the one that it follows, and what to do."""
    seconds = abs(offset_ms) // 1000
    hours, minutes = divmod(seconds // 60, 60)
    span = _("{n} s").format(n=seconds) if seconds < 60 else _("{h} h {m} min").format(h=hours, m=minutes)
    if offset_ms > 0:
        return _("{span} slow: set the machine's clock").format(span=span)
    return _("{span} fast: set the machine's clock").format(span=span)


class StatusPlace(ActingPlace):
    """How things stand, and behind the key of actions the drawer and the day; F8 asks the node at once."""

    SCOPES = ("till",)

    BINDINGS = [
        Binding("f6", "decide", later("Decide")),
        Binding("f7", "slips", later("Slips")),
        Binding("f8", "try_now", later("Try now")),
        Binding("ctrl+t", "app.training", later("Training"), key_display=about("key", "Ctrl+T")),
        Binding("escape", "back", later("Back")),
    ]
    AUTO_FOCUS = ""

    def body(self) -> Iterable[Widget]:
        yield Horizontal(
            Vertical(
                Static(_("Property"), classes="title"),
                Rows(Column(18), Column(), wraps=True, reads=True, id="facts"),
                id="facts-side",
            ),
            Vertical(
                Static(_("Printers"), classes="title"),
                Rows(Column(), Column(13), Column(7), wraps=True, reads=True, id="printers"),
                id="printers-side",
            ),
            classes="place-body",
        )

    def show(self, topics: frozenset[Topic]) -> None:
        if topics & {Topic.STATUS, Topic.LINK, Topic.KEPT}:
            self.query_one("#facts", Rows).show_rows(self._facts())
            self._draw_printers()

    def _facts(self) -> list[Row]:
        desk, status = self.desk, self.desk.board.status
        link = sign.connection(desk.link, status)
        facts = [(_("Connection"), link.words), (_("Node"), desk.address)]
        if status:
            sync = status.sync
            cloud = _("online") if sync.state == "online" else _("away; nothing for you to do")
            cloud = _("hears nothing of training") if self.desk.training else cloud
            facts += [
                (_("Node code"), f"{status.node_code}  {status.version}"),
                (_("Business date"), business_day_words(status.business_date or "", long=True)),
                (_("Head office"), cloud),
                (_("Changes waiting"), str(sync.waiting)),
                (_("Last sent"), self._moment(sync.last_success_at)),
            ]
            facts += [(_("Last trouble"), sync.last_error)] if sync.last_error else []
            facts += [(_("Its clock"), clock_words(sync.clock_offset_ms))] if sync.clock_offset_ms else []
            facts += self._undecided(sync)
        if desk.enrolled:
            facts.append((_("This terminal"), desk.enrolled.name))
        if desk.board.wrong_by_ms:
            facts.append((_("This clock"), clock_words(desk.board.wrong_by_ms)))
        kept = len(desk.outbox.shown())
        facts.append((_("Not accepted here"), n_("{n}, see F3", "{n}, see F3", kept) if kept else _("none")))
        return [Row(words, (Cell(words, "quiet"), Cell(value))) for words, value in facts]

    def _undecided(self, sync: Sync) -> list[tuple[str, str]]:
        """What waits for a manager, told to who may decide."""
        if not self.desk.may(RESOLVE):
            return []
        told = []
        if sync.conflicts:
            told.append((_("Conflicts"), waiting_words(sync.conflicts)))
        if sync.set_aside:
            told.append((_("Set aside"), n_("{n} at head office, F6", "{n} at head office, F6", sync.set_aside)))
        if sync.kept:
            told.append((_("Not applied here"), n_("{n}, F6", "{n}, F6", sync.kept)))
        return told

    def check_action(self, action: str, _parameters: tuple[object, ...]) -> bool | None:
        if action == "actions":
            return self.desk.session is not None
        return self.desk.session is not None and self.desk.may(RESOLVE) if action == "decide" else True

    def action_slips(self) -> None:
        self.host.go("slips")

    def action_decide(self) -> None:
        self.host.go("conflicts")

    def _moment(self, moment: datetime | None) -> str:
        if moment is None:
            return _("never")
        return moment_words(moment, self.desk.clock().tzinfo)

    def _unheard(self, station: UnheardStation) -> Row:
        cells = (Cell(station.name, "strong"), Cell(f"▲ {_('not receiving')}", "bad", across=2))
        since = _("since {time}").format(time=self._moment(station.since))
        words = f"{since}: {sign.stand_in(station)}" if station.elsewhere else since
        return Row(f"station {station.name}", cells, ((Cell(words, "quiet", across=3),),))

    def _draw_printers(self) -> None:
        status = self.desk.board.status
        rows = []
        for station in status.unheard_stations if status else ():
            rows.append(self._unheard(station))
        for printer in status.printers if status else ():
            well = sign.well(printer)
            state = f"{'▣' if well else '▲'} {sign.printer_state(printer)}"
            waiting = n_("{n} waits", "{n} wait", printer.jobs_waiting) if printer.jobs_waiting else ""
            detail = ((Cell(printer.detail, "quiet", across=3),),) if printer.detail else ()
            cells = (Cell(printer.name, "strong"), Cell(state, "good" if well else "warn"), Cell(waiting))
            rows.append(Row(printer.name, cells, detail))
        for device in status.devices if status else ():
            well = sign.device_well(device)
            state = f"{'▣' if well else '▲'} {sign.device_state(device)}"
            detail = ((Cell(device.detail, "quiet", across=3),),) if device.detail else ()
            cells = (Cell(device.name, "strong"), Cell(state, "good" if well else "warn"), Cell(""))
            rows.append(Row(f"device {device.name}", cells, detail))
        empty = _("No printer is set up.") if status else _("Fetching …")
        self.query_one("#printers", Rows).show_rows(rows, empty=empty)

    def action_try_now(self) -> None:
        self.desk.knock()
        self.say(_("Asking the node …"))

    def action_back(self) -> None:
        self.host.go("order" if self.desk.session else "sign_in")
