"""What an action asks of whoever does it, and how what they typed is read. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from edge.terminal.amounts import NotAnAmount, read_amount, written
from edge.terminal.words import _

PERCENT_BP_MAX = 10_000
NUMBER_DIGITS_MAX = 3
TEXT_MAX = 200

FieldKind = Literal["text", "amount", "share", "number", "pick", "lines"]


@dataclass(frozen=True)
class Choice:
    """One of a few: what staff read, and what the node is told; None tells it nothing."""

    words: str
    value: Any = None


@dataclass(frozen=True)
class Pile:
    """So many of a line, to take some or all of; all or none where it is not `divisible`."""

    line_id: str
    words: str
    quantity: int
    divisible: bool = True


@dataclass(frozen=True)
class Field:
    """One thing to type or to pick. A name with a point in it ("counted_minor.NAD") is nested in the request.

    `share` takes "10%" or an amount; `hints` are usual answers, taken by their digit.
    """

    name: str
    label: str
    kind: FieldKind = "text"
    needed: str = ""
    """What to say when nothing was given; empty where nothing is fine."""
    hints: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    piles: tuple[Pile, ...] = ()
    value: str = ""
    currency: str = ""


class Unfit(ValueError):
    """What was typed does not fit; says what to do."""


def read_field(field: Field, text: str) -> dict[str, Any]:
    """What a typed text means for the request; nothing where nothing was typed and need not be. Raises Unfit."""
    typed = text.strip()
    if not typed:
        if field.needed:
            raise Unfit(field.needed)
        return {}
    if field.kind == "amount":
        return {field.name: _amount(typed, field.currency)}
    if field.kind == "share":
        return _share(typed, field.currency)
    if field.kind == "number":
        if not (typed.isascii() and typed.isdigit()) or len(typed) > NUMBER_DIGITS_MAX or not int(typed):
            raise Unfit(_("Type a number above zero."))
        return {field.name: int(typed)}
    return {field.name: typed}


def nested(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Answers as the request has them: {"a.b": 1} is {"a": {"b": 1}}."""
    body: dict[str, Any] = {}
    for name, value in answers.items():
        head, point, rest = name.partition(".")
        if point:
            body.setdefault(head, {})[rest] = value
        else:
            body[head] = value
    return body


def _share(typed: str, currency: str) -> dict[str, Any]:
    """ "10%" in basis points, else an amount."""
    if not typed.endswith("%"):
        return {"amount_minor": _amount(typed, currency)}
    try:
        basis_points = read_amount(typed[:-1], "")
    except NotAnAmount:
        basis_points = 0
    if not 0 < basis_points <= PERCENT_BP_MAX:
        raise Unfit(_("Type a share like 10%, up to 100%."))
    return {"percent_bp": basis_points}


def _amount(typed: str, currency: str) -> int:
    try:
        return read_amount(typed, currency)
    except NotAnAmount as error:
        example = written(1250, currency)
        words = _("That is no amount of {currency}. Type it like {example}.")
        raise Unfit(words.format(currency=currency, example=example)) from error
