"""What the kitchen reads: a ticket, and the slip that takes a line back (FACES.md, Paper).

Number and table can be read across the kitchen, items at arm's length; what a guest must not get is in a black bar.
The receipt is in `receipt.py`.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from devices.documents import Align, Blank, Buzz, Cell, Columns, Cut, Document, Element, Rule, Size, Text, pair
from edge.printing.words import bar, is_allergy, is_removal
from web.paper.paper import Paper
from web.paper.words import channel_words, guests_words, headline, where_words

INDENT = 6
# Options are gathered into one element, so that the longest ticket that can be ordered stays within a document.
OPTIONS_PER_TEXT = 20


def ticket(view: Mapping[str, Any], paper: Paper, *, added: bool = False) -> Document:
    """A kitchen ticket from `kitchen.tickets.ticket_views`; `added` when it follows on an order already sent.

    A line that is voided by now stands under a bar that says so. May raise DocumentRefused (see `too_long`).
    """
    elements: list[Element] = [*_head(view, paper)]
    if added:
        elements.append(Text(paper.say("Added to the order"), bold=True, size=Size.TALL))
    if view.get("course") is not None:
        elements.append(Text(paper.say("Course {n}").format(n=view["course"]), bold=True, size=Size.TALL))
    elements += [_small_facts(view, paper), Rule(double=True)]
    if view["order_note"]:
        elements += [_note(view["order_note"], indent=0), Rule()]
    elements += _lines(view, view["lines"], paper)
    elements += [Rule(), _foot(view["server"], view["placed_at"], paper), *_end(paper)]
    return Document(tuple(elements), title=_title("Ticket {number}", view, paper))


def void_slip(view: Mapping[str, Any], line_id: str, paper: Paper, *, at: str, by: str | None) -> Document:
    """Tells a station to stop: the ticket that the line is on, the line, when it was voided, and by whom."""
    line = next(line for line in view["lines"] if line["id"] == line_id)
    elements: list[Element] = [bar(paper.say("VOID"), Size.BIG), *_head(view, paper), Rule(double=True)]
    elements += _item(line, _lead_width([line]), paper)
    reason = paper.say("Reason: {reason}").format(reason=line["void_reason"] or paper.say("not given"))
    elements += [Blank(), bar(paper.say("DON'T MAKE THIS")), Text(reason, size=Size.TALL)]
    elements += [Rule(), _foot(by, at, paper), *_end(paper)]
    return Document(
        tuple(elements), title=f"{_title('Void {number}', {**view, 'station_name': ''}, paper)} {line['name']}"
    )


def rush_slip(view: Mapping[str, Any], paper: Paper, *, at: str) -> Document:
    """Tells a station to make a ticket first: its head and items."""
    elements: list[Element] = [bar(paper.say("RUSH"), Size.BIG), *_head(view, paper), Rule(double=True)]
    elements += _lines(view, [line for line in view["lines"] if line["state"] != "voided"], paper)
    elements += [Rule(), _foot(None, at, paper), *_end(paper)]
    return Document(tuple(elements), title=_title("Rush {number}", view, paper))


def changed_slip(view: Mapping[str, Any], paper: Paper, *, was: str, at: str, by: str | None) -> Document:
    """Tells a station that a ticket goes elsewhere by now: to another table, or with another order. `was` is the number
    that stands on the ticket."""
    elements: list[Element] = [
        bar(paper.say("CHANGED"), Size.BIG),
        Text(paper.say("What was {number} goes to").format(number=was), size=Size.TALL),
        *_head(view, paper),
        _small_facts(view, paper),
        Rule(double=True),
    ]
    elements += _lines(view, [line for line in view["lines"] if line["state"] != "voided"], paper)
    elements += [Blank(), bar(paper.say("DON'T MAKE IT TWICE")), Rule(), _foot(by, at, paper), *_end(paper)]
    return Document(tuple(elements), title=_title("Changed {number}", view, paper))


def too_long(what: str, number: str, paper: Paper) -> Document:
    """Stands for a slip that can't be put on paper: it says where to read it, so that nothing is missing silently."""
    if what == "ticket":
        words = paper.say("This ticket can't be put on paper. Read it on the screen.")
    else:
        words = paper.say("This slip can't be put on paper. Read it on the screen.")
    return Document(
        (bar(paper.say("NOT PRINTED"), Size.BIG), headline(number), Text(words, size=Size.TALL), Cut()),
        title=paper.say("Not printed: {number}").format(number=number),
    )


def _title(form: str, view: Mapping[str, Any], paper: Paper) -> str:
    return f"{paper.say(form).format(number=view['order_number'])} {view['station_name'] or ''}".strip()


def _head(view: Mapping[str, Any], paper: Paper) -> Iterator[Element]:
    if view["station_name"]:
        yield Text(view["station_name"].upper(), bold=True, size=Size.TALL)
    yield headline(view["order_number"])
    yield headline(where_words(view, paper.texts))


def _small_facts(view: Mapping[str, Any], paper: Paper) -> Element:
    channel = channel_words(view["channel"], paper.texts)
    guests = guests_words(view["covers"], paper.texts) if paper.shows("guests") else ""
    return pair(channel if view["table"] else "", guests)


def _lines(view: Mapping[str, Any], lines: Sequence[Mapping[str, Any]], paper: Paper) -> Iterator[Element]:
    width, warned = _lead_width(view["lines"]), is_allergy(view["order_note"] or "")
    before: Element | None = None
    for line in lines:
        if isinstance(before, Text):
            yield Blank()
        for before in _line(line, width, paper, warned=warned):
            yield before


def _foot(who: str | None, at: str, paper: Paper) -> Element:
    return pair(who or "", paper.clock(paper.local(at)))


def _end(paper: Paper) -> list[Element]:
    return [Buzz(), Cut()] if paper.buzzes else [Cut()]


def _lead_width(lines: Sequence[Mapping[str, Any]]) -> int:
    return max(len(str(line["quantity"])) for line in lines)


def _line(line: Mapping[str, Any], width: int, paper: Paper, *, warned: bool) -> Iterator[Element]:
    if line["state"] == "voided":
        yield bar(paper.say("VOIDED: DON'T MAKE THIS"))
        yield from _item(line, width, paper)
        return
    yield from _item(line, width, paper)
    alarming = warned or _speaks_of_allergy(line)
    if line["allergens"] and (alarming or paper.shows("allergens")):
        names = ", ".join(paper.say(allergen) for allergen in line["allergens"])
        words = paper.say("Contains {allergens}").format(allergens=names)
        yield bar(words.upper()) if alarming else Text(words, indent=INDENT)


def _speaks_of_allergy(line: Mapping[str, Any]) -> bool:
    return any(is_allergy(text) for text in (line["note"] or "", *(taken["name"] for taken in line["options"])))


def _item(line: Mapping[str, Any], width: int, paper: Paper) -> Iterator[Element]:
    quantity = Cell(str(line["quantity"]), width, Align.RIGHT)
    yield Columns((quantity, Cell(line["name"], grow=True)), bold=True, size=Size.BIG)
    if line["seat"] is not None:
        yield Text(paper.say("Seat {n}").format(n=line["seat"]), bold=True, indent=INDENT)
    if line.get("sold_as") and line["sold_as"]["thousandths"]:
        yield Text(paper.measure(line["sold_as"]), bold=True, size=Size.TALL, indent=INDENT)
    if line.get("part_of") and line["part_of"]["name"] != line["name"]:
        yield Text(paper.say("of {whole}").format(whole=line["part_of"]["name"]), indent=INDENT)
    yield from _options(line["options"], paper)
    if line["note"]:
        yield _note(line["note"], indent=INDENT)


def _is_removal(taken: Mapping[str, Any]) -> bool:
    return taken["quantity"] == 0 or is_removal(taken["name"])


def _options(options: Sequence[Mapping[str, Any]], paper: Paper) -> Iterator[Element]:
    removed = [taken for taken in options if _is_removal(taken)]
    wanted = [taken for taken in options if not _is_removal(taken)]
    for alarming in (False, True):
        words = [paper.chosen(taken) for taken in wanted if is_allergy(taken["name"]) is alarming]
        for at in range(0, len(words), OPTIONS_PER_TEXT):
            text = "\n".join(words[at : at + OPTIONS_PER_TEXT])
            yield bar(text) if alarming else Text(text, size=Size.TALL, indent=INDENT)
    for at in range(0, len(removed), OPTIONS_PER_TEXT):
        names = (paper.chosen(taken).upper() for taken in removed[at : at + OPTIONS_PER_TEXT])
        yield Text("\n".join(f"- {name}" for name in names), bold=True, size=Size.TALL, indent=INDENT)


def _note(note: str, *, indent: int) -> Element:
    if is_allergy(note):
        return bar(note.upper())
    return Text(f"» {note}", bold=True, size=Size.TALL, indent=indent)
