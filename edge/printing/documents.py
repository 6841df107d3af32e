"""What the kitchen reads: a ticket, and the slip that takes a line back (FACES.md, Paper).

Number and table can be read across the kitchen, items at arm's length; what a guest must not get is in a black bar.
The receipt is in `receipt.py`.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from devices.documents import Align, Blank, Cell, Columns, Cut, Document, Element, Rule, Size, Text, pair
from edge.printing.words import (
    bar,
    channel_words,
    clock_words,
    guests_words,
    headline,
    is_allergy,
    is_removal,
    local,
    times_words,
    where_words,
)

INDENT = 6
# Options are gathered into one element, so that the longest ticket that can be ordered stays within a document.
OPTIONS_PER_TEXT = 20


def ticket(view: Mapping[str, Any], *, zone: str, added: bool = False) -> Document:
    """A kitchen ticket from `kitchen.tickets.ticket_views`; `added` when it follows on an order already sent.

    A line that is voided by now stands under a bar that says so. May raise DocumentRefused (see `too_long`).
    """
    elements: list[Element] = [*_head(view)]
    if added:
        elements.append(Text("Added to the order", bold=True, size=Size.TALL))
    if view.get("course") is not None:
        elements.append(Text(f"Course {view['course']}", bold=True, size=Size.TALL))
    elements += [_small_facts(view), Rule(double=True)]
    if view["order_note"]:
        elements += [_note(view["order_note"], indent=0), Rule()]
    width, warned = _lead_width(view["lines"]), is_allergy(view["order_note"] or "")
    for line in view["lines"]:
        if isinstance(elements[-1], Text):
            elements.append(Blank())
        elements += _line(line, width, warned=warned)
    elements += [Rule(), _foot(view["server"], local(view["placed_at"], zone)), Cut()]
    return Document(tuple(elements), title=f"Ticket {view['order_number']} {view['station_name'] or ''}".strip())


def void_slip(view: Mapping[str, Any], line_id: str, *, zone: str, at: str, by: str | None) -> Document:
    """Tells a station to stop: the ticket that the line is on, the line, when it was voided, and by whom."""
    line = next(line for line in view["lines"] if line["id"] == line_id)
    elements: list[Element] = [bar("VOID", Size.BIG), *_head(view), Rule(double=True)]
    elements += _item(line, _lead_width([line]))
    elements += [Blank(), bar("DON'T MAKE THIS"), Text(f"Reason: {line['void_reason'] or 'not given'}", size=Size.TALL)]
    elements += [Rule(), _foot(by, local(at, zone)), Cut()]
    return Document(tuple(elements), title=f"Void {view['order_number']} {line['name']}")


def rush_slip(view: Mapping[str, Any], *, zone: str, at: str) -> Document:
    """Tells a station to make a ticket first: its head and items."""
    elements: list[Element] = [bar("RUSH", Size.BIG), *_head(view), Rule(double=True)]
    width = _lead_width(view["lines"])
    for line in view["lines"]:
        if line["state"] != "voided":
            elements += _item(line, width)
    elements += [Rule(), _foot(None, local(at, zone)), Cut()]
    return Document(tuple(elements), title=f"Rush {view['order_number']} {view['station_name'] or ''}".strip())


def too_long(what: str, number: str) -> Document:
    """Stands for a slip that can't be put on paper: it says where to read it, so that nothing is missing silently."""
    return Document(
        (
            bar("NOT PRINTED", Size.BIG),
            headline(number),
            Text(f"This {what} can't be put on paper. Read it on the screen.", size=Size.TALL),
            Cut(),
        ),
        title=f"{what.capitalize()} {number}, not printed",
    )


def _head(view: Mapping[str, Any]) -> Iterator[Element]:
    if view["station_name"]:
        yield Text(view["station_name"].upper(), bold=True, size=Size.TALL)
    yield headline(view["order_number"])
    yield headline(where_words(view))


def _small_facts(view: Mapping[str, Any]) -> Element:
    channel = channel_words(view["channel"])
    return pair(channel if view["table"] else "", guests_words(view["covers"]))


def _foot(who: str | None, when: datetime) -> Element:
    return pair(who or "", clock_words(when))


def _lead_width(lines: Sequence[Mapping[str, Any]]) -> int:
    return max(len(str(line["quantity"])) for line in lines)


def _line(line: Mapping[str, Any], width: int, *, warned: bool) -> Iterator[Element]:
    if line["state"] == "voided":
        yield bar("VOIDED: DON'T MAKE THIS")
        yield from _item(line, width)
        return
    yield from _item(line, width)
    if line["allergens"]:
        words = f"Contains {', '.join(line['allergens'])}"
        yield bar(words.upper()) if warned or _speaks_of_allergy(line) else Text(words, indent=INDENT)


def _speaks_of_allergy(line: Mapping[str, Any]) -> bool:
    return any(is_allergy(text) for text in (line["note"] or "", *(taken["name"] for taken in line["options"])))


def _item(line: Mapping[str, Any], width: int) -> Iterator[Element]:
    quantity = Cell(str(line["quantity"]), width, Align.RIGHT)
    yield Columns((quantity, Cell(line["name"], grow=True)), bold=True, size=Size.BIG)
    if line["seat"] is not None:
        yield Text(f"Seat {line['seat']}", bold=True, indent=INDENT)
    yield from _options(line["options"])
    if line["note"]:
        yield _note(line["note"], indent=INDENT)


def _options(options: Sequence[Mapping[str, Any]]) -> Iterator[Element]:
    removed = [taken for taken in options if is_removal(taken["name"])]
    wanted = [taken for taken in options if not is_removal(taken["name"])]
    for alarming in (False, True):
        words = [
            times_words(taken["name"], taken["quantity"]) for taken in wanted if is_allergy(taken["name"]) is alarming
        ]
        for at in range(0, len(words), OPTIONS_PER_TEXT):
            text = "\n".join(words[at : at + OPTIONS_PER_TEXT])
            yield bar(text) if alarming else Text(text, size=Size.TALL, indent=INDENT)
    for at in range(0, len(removed), OPTIONS_PER_TEXT):
        names = (taken["name"].upper() for taken in removed[at : at + OPTIONS_PER_TEXT])
        yield Text("\n".join(f"- {name}" for name in names), bold=True, size=Size.TALL, indent=INDENT)


def _note(note: str, *, indent: int) -> Element:
    if is_allergy(note):
        return bar(note.upper())
    return Text(f"» {note}", bold=True, size=Size.TALL, indent=indent)
