"""A kitchen ticket as lines of a card, and how cards flow into columns. Pure: no widget, no clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from rich.cells import cell_len

from edge.terminal.acts import place_words
from edge.terminal.board import TICKETS_TO_DO
from edge.terminal.changes import Mark
from edge.terminal.shapes.kitchen import Ticket, TicketLine
from edge.terminal.sold_words import measure_words, option_words
from edge.terminal.widgets.painted import Part, fitted, wrapped
from edge.terminal.words import _, later
from web.allergens import allergen_texts

# From this share of its prep time on, a ticket is due; at the whole of it, it is late.
DUE_SHARE = 0.75
PREP_SECONDS_DEFAULT = 15 * 60
CARD_WIDTH_MIN = 25
CARD_WIDTH_MIN_WIDE = 30
WRAPPED_LINES_MAX = 4
NUMBERED_MAX = 9
# as the kitchen's screen in the browser: rather once too often than once too rarely
ALLERGY_WORDS = later("allerg|anaphyla|epipen|intoleran|coeliac|celiac")

_STATES = {
    "placed": later("○ to make"),
    "in_preparation": later("▶ begun"),
    "ready": later("✔ ready"),
    "served": later("✔ served"),
}
Line = list[Part]


@dataclass(frozen=True)
class Card:
    """A ticket's lines, all of one width."""

    ticket_id: str
    lines: tuple[tuple[Part, ...], ...]


@dataclass(frozen=True)
class Piece:
    """A part of a card in a column: its lines from `start` on, shown from row `top`."""

    card: Card
    start: int
    lines: tuple[tuple[Part, ...], ...]
    top: int


def age_words(seconds: float) -> str:
    """A running age: "3:20", and "1:03:20" from an hour on."""
    minutes, rest = divmod(max(0, int(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def urgency(ticket: Ticket, now: datetime) -> tuple[str, str]:
    """The tone of a ticket's age against its own prep time, and the word that goes with it."""
    seconds = (now - ticket.placed_at).total_seconds()
    share = seconds / (ticket.prep_seconds or PREP_SECONDS_DEFAULT)
    if share >= 1:
        return "alarm", _("LATE")
    if share >= DUE_SHARE:
        return "warn", _("due")
    return "good", ""


def card_of(
    ticket: Ticket,
    width: int,
    *,
    number: str,
    now: datetime,
    chosen: bool,
    pending: str = "",
    picked: int | None = None,
    marks: Mapping[str, Mark] | None = None,
) -> Card:
    """The card of a ticket; `number` is the digit that picks it, `pending` the step that is under way.

    picked: the place of the line that is picked, when lines are picked one by one and have digits. marks: what changed
    after it was fired and nobody has acknowledged, by line.
    """
    inner = width - 4
    frame = "accent" if chosen else "quiet"
    left_top, across, right_top, side = ("╔", "═", "╗", "║") if chosen else ("┌", "─", "┐", "│")
    lines: list[Line] = []
    for line in [
        *_head(ticket, inner, now, pending),
        *_notes(ticket, inner),
        *_items(ticket, inner, picked, marks or {}),
    ]:
        lines.append([(f"{side} ", frame), *line, (f" {side}", frame)])
    title = fitted(f" {number} {ticket.order_number} ".replace("  ", " "), min(width - 2, 18)).rstrip() + " "
    top: Line = [(f"{left_top}", frame), (title, "cursor" if chosen else "strong")]
    top.append((across * (width - 2 - len(title)) + right_top, frame))
    bottom_corners = ("╚", "╝") if chosen else ("└", "┘")
    bottom: Line = [(bottom_corners[0] + across * (width - 2) + bottom_corners[1], frame)]
    return Card(ticket.id, tuple(tuple(line) for line in [top, *lines, bottom]))


def _head(ticket: Ticket, width: int, now: datetime, pending: str) -> list[Line]:
    """Where it goes, and its age against its prep time."""
    tone, word = urgency(ticket, now) if ticket.state in TICKETS_TO_DO else ("plain", "")
    where = place_words(ticket.table, ticket.channel)
    age = age_words((now - ticket.placed_at).total_seconds())
    state = pending or {"in_preparation": _("▶ begun"), "ready": _("✔ ready"), "served": _("served")}.get(
        ticket.state, ""
    )
    second = " ".join(part for part in (word, state) if part)
    course = _("course {course}").format(course=ticket.course) if ticket.course else ""
    loud = " · ".join(part for part in (_("RUSH") if ticket.rush else "", course) if part)
    lines: list[Line] = [[(fitted(loud, width), "alarm" if ticket.rush else "accent")]] if loud else []
    lines += [
        [(fitted(where, width - len(age) - 1), "strong"), (" ", ""), (age, tone)],
        [(fitted(ticket.server or "", width - len(second) - 1), "quiet"), (" ", ""), (second, tone)],
    ]
    return lines if ticket.server or second else lines[:-1]


def _notes(ticket: Ticket, width: int) -> list[Line]:
    """The order's note, inverted so that it can't be missed."""
    words = wrapped(f"! {ticket.order_note}", width)[:WRAPPED_LINES_MAX] if ticket.order_note else []
    return [[(fitted(text, width), "alarm")] for text in words]


def _items(ticket: Ticket, width: int, picked: int | None, marks: Mapping[str, Mark]) -> list[Line]:
    lines: list[Line] = []
    place = 0
    station = ""
    for line in ticket.lines:
        if line.station != station:
            station = line.station
            lines.append([(fitted(f"─ {station} ".ljust(width, "─"), width), "accent")])
        mark = marks.get(line.id)
        if line.void_reason:
            lines += _void(line, width, loud=mark is not None)
            continue
        digit = f"{place + 1}:" if picked is not None and place < NUMBERED_MAX else ""
        done = bool(ticket.parts) or (line.made and ticket.state in TICKETS_TO_DO)
        lines += _item(line, width, digit=digit, picked=picked == place, done=done)
        if mark is not None:
            words = _("ADDED") if mark.kind == "added" else _("CHANGED, was {n}").format(n=mark.was)
            lines.append([("  ", ""), (fitted(words, width - 2), "alarm")])
        place += 1
    for mark in marks.values():
        lines += _void(mark.gone, width, loud=True) if mark.gone else []
    if marks:
        lines.append([(fitted(_("Changed: Enter, seen"), width), "cursor")])
    return lines


def _void(line: TicketLine, width: int, *, loud: bool) -> list[Line]:
    """A line that was taken off; with why, until somebody has seen it."""
    words = _("VOID {item}").format(item=f"{line.quantity} {line.name}")
    if not loud:
        return [[(fitted(words, width), "quiet")]]
    said = f"{words}: {line.void_reason}" if line.void_reason else words
    return [[(fitted(text, width), "alarm")] for text in wrapped(said, width)[:WRAPPED_LINES_MAX]]


def _item(line: TicketLine, width: int, *, digit: str, picked: bool, done: bool) -> list[Line]:
    seat = _("s{seat}").format(seat=line.seat) if line.seat else ""
    aside = _STATES.get(line.state or "", "") if done else seat
    aside = _(aside) if done else aside
    tone = "cursor" if picked else "quiet" if done and line.made and not line.station else "strong"
    name = f"{digit}{line.quantity} {line.name}"
    room = width - len(aside) - 1 if aside else width
    first, *rest = wrapped(name, room)[:WRAPPED_LINES_MAX] or [""]
    lines: list[Line] = [[(fitted(first, room), tone)]]
    if aside:
        lines[0].append((f" {aside}", "good" if done and line.made else "quiet"))
    lines += [[(fitted(f"  {text}", width), tone)] for text in rest]
    whole = line.part_of.name if line.part_of and line.part_of.name != line.name else ""
    of = _("of {item}").format(item=whole) if whole else ""
    if about := " · ".join(part for part in (measure_words(line.sold_as), of) if part):
        lines.append([(fitted(f"  {about}", width), "quiet")])
    for option in line.options:
        for text in wrapped(option_words(option), width - 2)[:WRAPPED_LINES_MAX]:
            lines.append([(fitted(f"  {text}", width), "accent")])
    if line.note:
        for text in wrapped(f"! {line.note}", width - 2)[:WRAPPED_LINES_MAX]:
            lines.append([("  ", ""), (fitted(text, width - 2), "alarm")])
    said = [line.note or "", *(option.name for option in line.options)]
    alarming = any(word in text.casefold() for word in _(ALLERGY_WORDS).split("|") for text in said)
    if line.allergens:
        known = allergen_texts(_)
        named = ", ".join(known.get(f"allergen_{one}", one) for one in line.allergens)
        words = _("contains {allergens}").format(allergens=named)
        for text in wrapped(words, width - 2)[:WRAPPED_LINES_MAX]:
            lines.append([("  ", ""), (fitted(text, width - 2), "alarm" if alarming else "quiet")])
    return lines


def flow(cards: Sequence[Card], columns: int, height: int) -> list[list[list[Piece]]]:
    """Cards into pages of columns, in order. What doesn't fit into a column goes whole to the next one;
    only a card higher than a column is split, and says that it is continued."""
    pages: list[list[list[Piece]]] = []
    column: list[Piece] = []
    used = 0

    def close() -> None:
        nonlocal column, used
        if not pages or len(pages[-1]) == columns:
            pages.append([])
        pages[-1].append(column)
        column, used = [], 0

    for card in cards:
        if used and used + len(card.lines) > height:
            close()
        start, rest = 0, card.lines
        while len(rest) > height:
            column.append(Piece(card, start, (*rest[: height - 1], _continued(rest[0])), used))
            close()
            start, rest = start + height - 1, rest[height - 1 :]
        column.append(Piece(card, start, rest, used))
        used += len(rest)
    if column:
        close()
    return pages


def _continued(line: Sequence[Part]) -> tuple[Part, ...]:
    width = sum(cell_len(text) for text, _tone in line)
    return ((fitted(_("   continued ▸"), width), "warn"),)
