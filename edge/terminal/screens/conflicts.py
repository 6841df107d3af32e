"""What waits for a manager: edits made apart, what head office could not apply, and what this node could not."""

from collections.abc import Awaitable, Iterable, Sequence

from textual.binding import Binding
from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import Static

from edge.terminal import acts
from edge.terminal.client import NodeError
from edge.terminal.edits import holds_words, reason_words, value_words, what, writer_words
from edge.terminal.news import Topic
from edge.terminal.screens.ask import AskText, Pick
from edge.terminal.screens.asking import ask
from edge.terminal.screens.deciding import DecidingPlace
from edge.terminal.shapes.edits import Conflict, Undecided
from edge.terminal.widgets.rows import Cell, Column, Row, Rows
from edge.terminal.words import _, later, n_

KEPT = "kept"


class ConflictsPlace(DecidingPlace[Undecided]):
    """A digit or Enter decides about a conflict; F8 has the node try what it could not apply."""

    BINDINGS = [Binding("f8", "again", later("Try again"))]
    LIST = AUTO_FOCUS = "#conflicts"

    def body(self) -> Iterable[Widget]:
        yield Vertical(
            Static(_("Edited in two places at once"), classes="title"),
            Rows(Column(), numbered=True, wraps=True, id="conflicts"),
            Static(_("Could not be applied"), classes="title", id="aside-title"),
            Rows(Column(), wraps=True, reads=True, id="aside"),
            classes="place-body",
        )

    def show(self, topics: frozenset[Topic]) -> None:
        status = self.desk.board.status
        found = self.found
        known = found and not found.more and len(found.conflicts)
        if Topic.STATUS in topics and status and known is not None and status.sync.conflicts != known:
            self.fetch()  # somebody decided elsewhere, or another came
        self.draw_list()

    def asked(self) -> Awaitable[Undecided]:
        return acts.undecided(self.desk)

    def none_words(self) -> str:
        return _("Nothing waits for a decision.")

    def problem_words(self, error: NodeError) -> str:
        return _("{reason} Esc and F6 ask again.").format(reason=error.message)

    def done_words(self, about: str) -> str:
        return _("Done.") if about == "decided" else _("Tried again; what is left stands below.")

    def draw_list(self) -> None:
        super().draw_list()
        aside = self._aside(self.found) if self.found else []
        for name in ("#aside-title", "#aside"):
            self.query_one(name).display = bool(aside)
        self.query_one("#aside", Rows).show_rows(aside)

    def rows_of(self, found: Undecided) -> Sequence[Row]:
        return [self._row(one) for one in found.conflicts]

    def _row(self, one: Conflict) -> Row:
        currency, zone = self.desk.board.currency, self.desk.clock().tzinfo
        won, lost = (value_words(one, side, currency) for side in (one.won, one.lost))
        counts = _("{value} counts: {who}").format(value=won, who=writer_words(one.won, zone))
        kept = _("{value} was kept aside: {who}").format(value=lost, who=writer_words(one.lost, zone))
        return Row(one.id, (Cell(what(one), "strong"),), ((Cell(counts),), (Cell(kept, "quiet"),)))

    def _aside(self, found: Undecided) -> list[Row]:
        at_head_office = [
            Row(
                one.id,
                (Cell(_("At head office: {holds}").format(holds=holds_words(one.holds)), "warn"),),
                ((Cell(_("{reason}. Head office decides.").format(reason=reason_words(one.code)), "quiet"),),),
            )
            for one in found.set_aside
        ]
        here = [
            Row(
                f"{KEPT}:{one.id}",
                (Cell(_("Here: {holds}").format(holds=holds_words(one.holds)), "warn"),),
                ((Cell(_("{reason}. It is tried again by itself, and on F8.").format(reason=one.reason), "quiet"),),),
            )
            for one in found.kept
        ]
        return [*at_head_office, *here]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "again":
            return bool(self.found and self.found.kept)
        return super().check_action(action, parameters)

    def decide(self, found: Undecided, key: str) -> None:
        one = next((one for one in found.conflicts if one.id == key), None)
        if one is None:
            return
        currency, zone = self.desk.board.currency, self.desk.clock().tzinfo
        won, lost = (value_words(one, side, currency) for side in (one.won, one.lost))
        choices = [("dismiss", _("Dismiss: {value} stays").format(value=won))]
        if one.restore == "here":
            choices.insert(0, ("restore", _("Restore {value}, here and at head office").format(value=lost)))
        words = "\n".join(
            (
                _("{value} counts: {who}").format(value=won, who=writer_words(one.won, zone)),
                _("{value} was kept aside: {who}").format(value=lost, who=writer_words(one.lost, zone)),
            )
        )

        def take(answer: str | None) -> None:
            if answer == "restore":
                ask(self, "decided", acts.decide(self.desk, one, "restore"))
            elif answer == "dismiss":
                self.app.push_screen(AskText(_("Why does it stay?"), needed=_("Say in a few words why.")), explain)

        def explain(note: str | None) -> None:
            if note:
                ask(self, "decided", acts.decide(self.desk, one, "dismiss", note))

        self.app.push_screen(Pick(what(one), choices, words=words), take)

    def action_again(self) -> None:
        ask(self, "again", acts.try_kept_back(self.desk))
        self.say(_("Trying …"))


def waiting_words(count: int) -> str:
    """How many conflicts wait, and where to decide."""
    return n_("{n} to decide, F6", "{n} to decide, F6", count)
