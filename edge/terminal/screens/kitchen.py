"""The kitchen's queue: tickets of a station, oldest first; bump with Enter, take back with R, line by line with I."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from edge.terminal import acts, fetching
from edge.terminal.changes import Marks
from edge.terminal.forms import Field
from edge.terminal.news import Topic
from edge.terminal.passes import ALL_STATIONS, AT_PASS, PASS, at_pass
from edge.terminal.screens.asking import Answered, Failed, ask
from edge.terminal.screens.form import Form
from edge.terminal.screens.place import Place
from edge.terminal.shapes.kitchen import Ticket
from edge.terminal.widgets.rows import Cell, Column, Row, Rows
from edge.terminal.widgets.ticket_card import age_words
from edge.terminal.widgets.ticket_wall import TicketWall
from edge.terminal.widgets.words_line import Words
from edge.terminal.words import _, later, n_

AGE_SECONDS = 1.0
PAUSED, RESUMED = "paused", "resumed"


class KitchenPlace(Place):
    """Digits choose a ticket, Enter bumps it."""

    BINDINGS = [
        Binding("enter", "take", later("Bump")),
        Binding("enter", "serve_it", later("Serve")),
        Binding("space", "step('start')", later("Begin")),
        Binding("r", "recall", later("Recall")),
        Binding("i", "lines", later("Lines")),
        Binding("s", "next_station", later("Station")),
        Binding("p", "pause", later("Pause")),
        Binding("tab", "other_list", later("To do/ready")),
        Binding("escape", "back", later("Back")),
    ]
    AUTO_FOCUS = "TicketWall"

    def __init__(self) -> None:
        super().__init__()
        self._station_id: str | None = None
        self._station_chosen = False
        self._ready = False
        self._pending: dict[str, str] = {}

    def body(self) -> Iterable[Widget]:
        yield Vertical(
            Words(id="kitchen-head"),
            Horizontal(
                TicketWall(id="wall"),
                Vertical(
                    Static(_("All day"), classes="title"),
                    Rows(Column(3, right=True), Column(), wraps=True, reads=True, id="all-day"),
                    id="rail",
                ),
            ),
            classes="place-body",
        )

    def on_mount(self) -> None:
        self.set_interval(AGE_SECONDS, self._tick)

    def on_screen_resume(self) -> None:
        if not self._station_chosen and self.desk.enrolled and self.desk.enrolled.station_id:
            self._station_id = self.desk.enrolled.station_id
        super().on_screen_resume()

    def _tick(self) -> None:
        if self.is_current:
            self._draw()

    @property
    def wall(self) -> TicketWall:
        """The tickets."""
        return self.query_one(TicketWall)

    def show(self, topics: frozenset[Topic]) -> None:
        if topics & {Topic.TICKETS, Topic.LINK, Topic.SESSION}:
            self._draw()

    @property
    def station_shown(self) -> str | None:
        """The station whose work this screen shows, the pass, or all; None while it shows what is ready, or can't know."""
        board = self.desk.board
        known = Topic.TICKETS in board.loaded and Topic.TICKETS not in board.problems
        return (self._station_id or ALL_STATIONS) if known and not self._ready else None

    @property
    def _at_pass(self) -> bool:
        """Whether an expeditor looks at all stations' lines of each order."""
        return self._station_id == PASS

    def _tickets(self) -> list[Ticket]:
        board = self.desk.board
        if self._at_pass:
            return at_pass(board.queue(None, AT_PASS))
        return board.queue(self._station_id, {"ready"}) if self._ready else board.queue(self._station_id)

    def _draw(self) -> None:
        board = self.desk.board
        tickets = self._tickets()
        empty, tone = (
            (_("Nothing is ready."), "quiet")
            if self._ready
            else (_("Nothing to do. New orders come here by themselves."), "quiet")
        )
        if Topic.TICKETS in board.problems:
            empty, tone = (
                _("{reason} It is tried again by itself.").format(reason=board.problems[Topic.TICKETS]),
                "bad",
            )
        elif Topic.TICKETS not in board.loaded:
            empty = _("Fetching tickets …")
        now = self.desk.node_now()
        marks = {ticket.id: found for ticket in tickets if (found := self._marks_of(ticket))}
        self.wall.draw(tickets, now=now, pending=self._pending, marks=marks, empty=empty, tone=tone)
        self.query_one("#kitchen-head", Words).put(self._head(tickets))
        counts: Counter[str] = Counter()
        for ticket in tickets:
            for line in ticket.lines:
                counts[line.name] += line.quantity if line.to_make or (self._ready and line.made) else 0
        rows = [Row(name, (Cell(str(count), "strong"), Cell(name))) for name, count in counts.most_common() if count]
        self.query_one("#all-day", Rows).show_rows(rows, empty=_("nothing"))

    def _head(self, tickets: list[Ticket]) -> Content:
        """Which station, how much there is, how old the oldest is."""
        stations = {station.id: station.name for station in self.desk.board.stations} | {PASS: _("The pass")}
        name = stations.get(self._station_id or "", _("All stations"))
        view = _("Ready") if self._ready else _("To do")
        parts = [n_("{n} ticket", "{n} tickets", len(tickets))]
        if tickets and not self._ready:
            parts.append(self._load(tickets))
        if tickets:
            age = (self.desk.node_now() - tickets[0].placed_at).total_seconds()
            parts.append(_("oldest {age}").format(age=age_words(age)))
        changed = sum(bool(self._marks_of(ticket)) for ticket in tickets)
        if changed:
            parts.append(n_("{n} changed", "{n} changed", changed))
        if self.wall.unseen:
            parts.append(_("{n} more on other pages").format(n=self.wall.unseen))
        paused = self._paused_words()
        return Content.assemble(
            (f"{view}: {name}", "bold $accent"),
            "  ",
            (f" {paused} " if paused else "", "bold reverse"),
            " · ".join(parts),
        )

    def _load(self, tickets: list[Ticket]) -> str:
        """How many items wait. Prep times are not added up: nobody knows how many a station makes at once."""
        items = sum(line.quantity for ticket in tickets for line in ticket.lines if line.to_make)
        return _("{items} to make").format(items=items)

    def _paused_words(self) -> str:
        """The stations shown that take no orders, until when and why."""
        now, zone = self.desk.node_now(), self.desk.clock().tzinfo
        words = []
        for station in self.desk.board.stations:
            pause = station.paused(now)
            if pause and self._station_id in (None, PASS, station.id):
                until = pause.until.astimezone(zone).strftime("%H:%M")
                said = _("{station} PAUSED until {until}: {reason}")
                words.append(said.format(station=station.name, until=until, reason=pause.reason))
        return " · ".join(words)

    # Keys

    def check_action(self, action: str, _parameters: tuple[object, ...]) -> bool | None:
        if self.is_mounted and action == "pause":
            return self._station_id not in (None, PASS) and self.desk.may("kitchen.pause")
        if not self.is_mounted or action not in {"take", "serve_it", "step", "recall", "lines"}:
            return action != "serve_it"
        if action == ("take" if self._ready or self._at_pass else "serve_it"):
            return False
        if not self.desk.may("kitchen.bump"):
            return None
        if action == "recall":
            return True
        if (self._ready and action in {"step", "lines"}) or (self._at_pass and action == "step"):
            return False
        return self.wall.current is not None or None

    def action_serve_it(self) -> None:
        """Enter where what is ready is served."""
        self.action_take()

    def action_take(self) -> None:
        """Enter: a ticket to do is bumped, a ready one is served; a picked line is bumped, or comes back.

        What changed since it was fired is acknowledged first.
        """
        ticket = self.wall.current
        if ticket is not None and self._marks_of(ticket):
            self.desk.board.acknowledge(ticket.parts or (ticket.id,))
            self.say(_("Seen."), "good")
            self._draw()
        elif self.wall.picking:
            self._step_line()
        else:
            self.action_step("serve" if self._ready or self._at_pass else "bump")

    def _marks_of(self, ticket: Ticket) -> Marks:
        """What changed on a ticket, or on those of an order at the pass, and nobody has acknowledged."""
        marks = self.desk.board.marks
        return {line: mark for one in ticket.parts or (ticket.id,) for line, mark in marks.get(one, {}).items()}

    def action_lines(self) -> None:
        """Pick lines one by one, or whole tickets again."""
        self.wall.pick_lines(on=not self.wall.picking)
        if self.wall.picking:
            self.say(_("Digits bump a line, or bring it back. Esc ends."))

    def on_ticket_wall_line_taken(self) -> None:
        if self.desk.may("kitchen.bump"):
            self._step_line()

    def _step_line(self) -> None:
        ticket, line = self.wall.current, self.wall.line
        if ticket is not None and line is not None:
            if self._at_pass:
                self._step(ticket, "return" if line.state == "served" else "serve", line.id)
            else:
                self._step(ticket, "recall" if line.made else "bump", line.id)

    def on_ticket_wall_taken(self) -> None:
        if self.desk.may("kitchen.bump"):
            self.action_take()

    def action_step(self, verb: str) -> None:
        ticket = self.wall.current
        if ticket is not None:
            self._step(ticket, verb)

    def _step(self, ticket: Ticket, verb: str, line_id: str = "") -> None:
        if ticket.id in self._pending:
            return
        words = {"bump": _("bumping …"), "serve": _("serving …"), "recall": _("recalling …")}
        self._pending[ticket.id] = words.get(verb, _("…"))
        self._draw()
        about = f"{verb} {ticket.id} {line_id}".rstrip()
        if ticket.parts:
            ask(self, about, acts.at_pass(self.desk, ticket.parts, verb, line_id))
        else:
            ask(self, about, acts.step(self.desk, ticket.id, verb, line_id))

    def action_recall(self) -> None:
        """Take back: the chosen ready ticket, or in the queue the one bumped last; at the pass the order served last."""
        if self._at_pass:
            if self.desk.last_served:
                ask(self, "return", acts.at_pass(self.desk, self.desk.last_served, "return"))
            else:
                self.say(_("Nothing was served that could come back."), "warn")
            return
        if self._ready and self.wall.current:
            self._step(self.wall.current, "recall")
            return
        ask(self, "last", self._last_bumped())

    async def _last_bumped(self) -> Ticket | None:
        if self.desk.last_bumped is None:
            await fetching.done_tickets(self.desk)
        ready = self.desk.board.queue(self._station_id, {"ready"})
        return next((ticket for ticket in ready if ticket.id == self.desk.last_bumped), ready[-1] if ready else None)

    def on_answered(self, event: Answered) -> None:
        if event.about == "last":
            if event.value is None:
                self.say(_("Nothing was bumped that could come back."), "warn")
            else:
                self._step(event.value, "recall")
            return
        if event.about in {"ready", PASS}:
            self._draw()
            return
        if event.about in {PAUSED, RESUMED}:
            paused = event.about == PAUSED
            self.say(_("Paused: terminals take no orders for it.") if paused else _("It takes orders again."), "good")
            return
        if event.about == "return":
            self.say(_("It is back at the pass."), "good")
            return
        verb, ticket_id, *line_ids = event.about.split(" ")
        self._pending.pop(ticket_id, None)
        order_id = ticket_id.partition("/")[0]
        known = self.desk.board.tickets.values()
        ticket = next((one for one in known if ticket_id == one.id or order_id == one.order_id), None)
        number = ticket.order_number if ticket else ""
        line = next((one for one in ticket.lines if one.id in line_ids), None) if ticket else None
        self.say(_done(verb).format(number=line.name if line else number), "good")
        self._draw()

    def on_failed(self, event: Failed) -> None:
        self._pending.pop(event.about.partition(" ")[2].partition(" ")[0], None)
        words = event.error.message
        if event.error.unanswered:
            words = _("Not done: the node does not answer. Press the key again when it is back.")
        self.say(words, "bad")
        self._draw()

    def action_pause(self) -> None:
        """Take no more orders for the station, or take them again."""
        station = next((one for one in self.desk.board.stations if one.id == self._station_id), None)
        if station is None:
            return
        if station.paused(self.desk.node_now()):
            ask(self, RESUMED, acts.resume_station(self.desk, station.id))
            return
        reasons = (_("Too many tickets"), _("Short of staff"), _("Something is broken"))
        why = Field("reason", _("Why"), needed=_("Say why, so that staff can tell guests."), hints=reasons)
        minutes = Field("minutes", _("For how many minutes (empty: until lifted)"), "number")

        def take(answers: dict[str, Any] | None) -> None:
            if answers is not None:
                ask(self, PAUSED, acts.pause_station(self.desk, station.id, answers))

        self.app.push_screen(Form(_("Pause {station}").format(station=station.name), (why, minutes)), take)

    def action_next_station(self) -> None:
        """On to the next station, after the last one the pass, then all of them."""
        stations: list[str | None] = [None, *(station.id for station in self.desk.board.stations), PASS]
        here = stations.index(self._station_id) if self._station_id in stations else 0
        self._station_id = stations[(here + 1) % len(stations)]
        self._station_chosen = True
        self.wall.pick_lines(on=False)
        if self._at_pass:
            self._ready = False
            ask(self, PASS, fetching.tickets_at_pass(self.desk))
        self._draw()
        self.refresh_bindings()

    def action_other_list(self) -> None:
        self._ready = not self._ready and not self._at_pass
        if self._ready:
            ask(self, "ready", fetching.done_tickets(self.desk))
        self._draw()
        self.refresh_bindings()

    def action_back(self) -> None:
        if self.wall.picking:
            self.wall.pick_lines(on=False)
        elif self._ready:
            self.action_other_list()
        else:
            self.host.go("order" if self.desk.session else "kitchen")


def _done(verb: str) -> str:
    return {
        "bump": _("{number} is bumped. R takes it back."),
        "recall": _("{number} is back in the queue."),
        "serve": _("{number} is served."),
        "start": _("{number} is begun."),
        "return": _("{number} is back at the pass."),
    }[verb]
