"""The check: what the order is, its lines sent and unsent, and its totals; always in view beside the menu."""

from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content

from edge.terminal.amounts import written_with_currency
from edge.terminal.draft import Draft
from edge.terminal.shapes.orders import Order
from edge.terminal.widgets.check_lines import (
    NEW,
    SENT,
    kitchen_words,
    new_rows,
    order_totals,
    sent_rows,
    title,
    totals_content,
    withdrawn_words,
)
from edge.terminal.widgets.rows import Column, Rows
from edge.terminal.widgets.words_line import Words
from edge.terminal.words import _, n_


@dataclass(frozen=True)
class CheckView:
    """What a check shows: the node's order, the unsent lines, or both."""

    order: Order | None
    draft: Draft
    currency: str


class Check(Vertical):
    """Shows a CheckView. The cursor stands on the line that +, -, Del and Enter are about."""

    def __init__(self, *, reads: bool = False, id: str | None = None) -> None:
        """`reads`: only to be read, with no cursor."""
        super().__init__(id=id)
        self._reads = reads

    def compose(self) -> ComposeResult:
        yield Words(id="check-title")
        columns = Column(3, right=True), Column(), Column(9, right=True)
        yield Rows(*columns, click_chooses=False, wraps=True, reads=self._reads, id="check-lines")
        yield Words(id="check-totals")
        yield Words(wraps=True, id="check-state")

    @property
    def rows(self) -> Rows:
        """The list of lines."""
        return self.query_one("#check-lines", Rows)

    @property
    def new_line(self) -> int | None:
        """The place in the draft of the line under the cursor; None when that one is sent."""
        current = self.rows.current
        return int(current.key.removeprefix(NEW)) if current and current.key.startswith(NEW) else None

    @property
    def sent_line(self) -> str | None:
        """The id of the sent line under the cursor."""
        current = self.rows.current
        return current.key.removeprefix(SENT) if current and current.key.startswith(SENT) else None

    def draw(self, view: CheckView, *, last: bool = False) -> None:
        """Show the check; `last` sets the cursor on its last line."""
        order, draft = view.order, view.draft
        self.query_one("#check-title", Words).put(title(order, draft))
        rows = [*sent_rows(order), *new_rows(draft, view.currency)]
        empty = _("Nothing ordered yet. Type some letters of an item, then Enter.")
        self.rows.show_rows(rows, empty=empty, cursor=len(rows) - 1 if last else None)
        self.query_one("#check-totals", Words).put(_totals(view, self.rows.size.width))
        state = self.query_one("#check-state", Words)
        words, tone = _state(order, draft)
        state.set_classes(f"-{tone}")
        state.put(words)


def _totals(view: CheckView, width: int) -> Content:
    """Sums with their amounts at the right edge; what is reckoned here is called an estimate."""
    order, draft, currency = view.order, view.draft, view.currency
    lines: list[tuple[str, int, str]] = []
    if order:
        lines = order_totals(order)
        if draft.lines:
            lines.append((_("Unsent, estimate"), draft.estimate_minor, "$accent"))
    else:
        count = sum(line.quantity for line in draft.lines)
        words = n_("Estimate, {n} item", "Estimate, {n} items", count)
        lines.append((words, draft.estimate_minor, "bold"))
    note = order.note if order else draft.note
    said = [Content.styled(f"» {note}", "$warning")] if note else []
    return Content("\n").join([*said, totals_content(lines, currency, width)])


def _state(order: Order | None, draft: Draft) -> tuple[str, str]:
    """How things stand between these lines and the node, in words and a tone."""
    if draft.refusal:
        return _("✖ Refused: {reason}").format(reason=draft.refusal), "bad"
    if draft.kept:
        return _("▲ NOT ACCEPTED. Kept here, sent when the node is back"), "alarm"
    if draft.sending:
        return _("… Sending"), "info"
    if draft.lines:
        return _("○ Not sent"), "warn"
    if order and order.surplus_minor:
        amount = written_with_currency(order.surplus_minor, order.currency)
        return _("▲ {amount} too much was taken. Give it back: . and R").format(amount=amount), "warn"
    if order and order.withdrawn_receipts and order.payment_state != "settled":
        return withdrawn_words(order), "warn"
    if order:
        return _("✔ Accepted · {state}").format(state=kitchen_words(order.kitchen_state)), "good"
    return "", "none"
