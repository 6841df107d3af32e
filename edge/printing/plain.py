"""Slips about nothing that was sold: a label for a shelf, a tub or a thing, and the page that shows what a printer can."""

from collections.abc import Sequence
from datetime import datetime

from devices.documents import (
    QR,
    Align,
    Barcode,
    Blank,
    Buzz,
    Cell,
    Columns,
    Cut,
    Document,
    Element,
    Rule,
    Size,
    Text,
)
from devices.documents import pair as row
from devices.profiles import Profile
from edge.printing.words import bar
from web.paper.paper import Paper

RULER = "1234567890"


def label(title: str, lines: Sequence[str], code: str | None, paper: Paper, *, at: datetime, copies: int) -> Document:
    """`copies` times the same label, each cut off: a title, lines, and a barcode where there is a code."""
    one: list[Element] = [Text(title, bold=True, size=Size.BIG, align=Align.CENTER)]
    one += [Text(line, align=Align.CENTER) for line in lines]
    one.append(Text(paper.dated(at), align=Align.CENTER))
    if code:
        one += [Blank(), Barcode(code)]
    return Document(tuple([*one, Cut()] * copies), title=paper.say("Label {title}").format(title=title))


def stock_label(name: str, *, unit: str, par: int, code: str, paper: Paper) -> Document:
    """What a shelf in the store holds: the item, how it is counted, how many should be there, and its barcode."""
    elements: list[Element] = [
        Text(name, bold=True, size=Size.BIG, align=Align.CENTER),
        Text(unit, align=Align.CENTER),
        Text(paper.say("Par {par}").format(par=par), bold=True, align=Align.CENTER),
        Blank(),
        Barcode(code),
        Cut(),
    ]
    return Document(tuple(elements), title=paper.say("Label {title}").format(title=name))


def asset_label(number: str, name: str, *, owner: str, paper: Paper) -> Document:
    """Whose thing this is, which, and its number, large to be read and as a code to be scanned."""
    elements: list[Element] = [
        Text(paper.say("Property of {name}").format(name=owner), align=Align.CENTER),
        Text(number, bold=True, size=Size.BIG, align=Align.CENTER),
        Text(name, bold=True, align=Align.CENTER),
        QR(number),
        Cut(),
    ]
    return Document(tuple(elements), title=paper.say("Label {title}").format(title=number))


def page_of_proof(name: str, address: str, profile: Profile, paper: Paper, *, at: datetime) -> Document:
    """Every kind of element once, with words that say what should be seen."""
    ruler = (RULER * 7)[: profile.columns]
    elements: list[Element] = [
        Text(name, bold=True, size=Size.BIG, align=Align.CENTER),
        Text(f"{address}\n{profile.name}", align=Align.CENTER),
        Text(paper.dated(at), align=Align.CENTER),
        Rule(double=True),
        Text(ruler),
        Text(paper.say("The figures above fill one line.")),
        Rule(),
        Text(paper.say("Bold"), bold=True),
        Text(paper.say("Tall"), size=Size.TALL),
        Text(paper.say("Big"), size=Size.BIG),
        Text(paper.say("Huge"), size=Size.HUGE),
        bar(paper.say("A bar")),
    ]
    if profile.red:
        elements.append(Text(paper.say("Red"), red=True))
    elements += [
        Rule(),
        Text("ÄÖÜ äöü ß é è ñ ø å £ €"),
        Text("Žluťoučký · Ελληνικά · Кириллица"),
        Columns((Cell("水餃子", grow=True), Cell("12.50", align=Align.RIGHT))),
        row("Wide letters", "12.50"),
        Text(paper.say("Amounts stand below each other.")),
        Blank(),
        Barcode("TEST-0042"),
        QR(f"{name} {address}", dots=4),
        Text(paper.say("Both codes can be scanned."), align=Align.CENTER),
        Buzz(1),
        Cut(),
    ]
    return Document(tuple(elements), title=paper.say("Test page {name}").format(name=name))
