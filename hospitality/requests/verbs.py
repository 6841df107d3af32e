"""The verbs that head office may ask a property to run, by the names under which they cross the wire.

Arguments travel as a JSON object by the verb's own argument names and are read back by its annotations, so renaming an
argument changes the wire. Payments are not among them: money is taken where it changes hands.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from inspect import signature
from typing import Any

import msgspec

from hospitality.checks.service import add_lines, void_line
from hospitality.ground.errors import Invalid, Refused
from hospitality.ground.work import Work
from hospitality.orders.service import PLACE, VOID, place_order
from hospitality.orders.service.building import OPEN_ITEM, OPEN_PRICE

Verb = Callable[..., Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Requestable:
    """A verb that answers an order. needs: what the asker must hold; may: all that the verb can make use of."""

    name: str
    verb: Verb
    needs: str
    may: frozenset[str]
    shape: type[msgspec.Struct]

    def written(self, *args: Any, **kwargs: Any) -> str:
        """The arguments that the verb would be called with, `work` left out, as JSON.

        What is at its default is left out too, so that a property of an older release reads what it knows.
        """
        bound = signature(self.verb).bind(None, *args, **kwargs)
        named = dict(list(bound.arguments.items())[1:])
        kept = {name: value for name, value in named.items() if value != _default(self.verb, name)}
        return msgspec.json.encode(_without_defaults(kept)).decode()

    def run(self, work: Work, arguments: str) -> dict[str, Any]:
        """Runs the verb on arguments as `written` has them: {order_id}.

        Raises what the verb does, and Invalid REQUEST_UNREADABLE when they don't fit it or say more than it knows.
        """
        try:
            read = msgspec.json.decode(arguments, type=self.shape)
        except (msgspec.ValidationError, msgspec.DecodeError) as error:
            raise Invalid("REQUEST_UNREADABLE", f"The property can't read this request: {error}.") from error
        if _says_more(msgspec.json.decode(arguments), msgspec.to_builtins(read)):
            raise Invalid(
                "REQUEST_UNREADABLE", "This request says more than the property's release understands. Update its node."
            )
        order = self.verb(work, **{name: getattr(read, name) for name in self.shape.__struct_fields__})
        return {"order_id": order["id"]}


def _says_more(sent: Any, read: Any) -> bool:
    """Whether anything that was sent is not in what was read; the rest of it would be lost silently."""
    if isinstance(sent, dict):
        return not sent.keys() <= read.keys() or any(_says_more(value, read[name]) for name, value in sent.items())
    if isinstance(sent, list):
        return len(sent) != len(read) or any(map(_says_more, sent, read))
    return bool(sent != read)


def _default(verb: Verb, name: str) -> Any:
    return signature(verb).parameters[name].default


def _without_defaults(value: Any) -> Any:
    """Values for JSON in which no field of a dataclass is at its default."""
    if is_dataclass(value):
        told = {one.name: getattr(value, one.name) for one in fields(value)}
        return {one.name: _without_defaults(told[one.name]) for one in fields(value) if told[one.name] != one.default}
    if isinstance(value, dict):
        return {name: _without_defaults(one) for name, one in value.items()}
    return [_without_defaults(one) for one in value] if isinstance(value, (list, tuple)) else value


def _requestable(name: str, verb: Verb, *, needs: str, uses: tuple[str, ...] = ()) -> Requestable:
    asked = list(signature(verb, eval_str=True).parameters.values())[1:]
    taken = [
        (one.name, one.annotation) if one.default is one.empty else (one.name, one.annotation, one.default)
        for one in asked
    ]
    shape = msgspec.defstruct(name.replace(".", "_"), taken, kw_only=True, frozen=True, forbid_unknown_fields=True)
    return Requestable(name, verb, needs, frozenset({needs, *uses}), shape)


REQUESTABLE: dict[str, Requestable] = {
    one.name: one
    for one in (
        _requestable("orders.place_order", place_order, needs=PLACE, uses=(OPEN_PRICE, OPEN_ITEM)),
        _requestable("checks.add_lines", add_lines, needs=PLACE, uses=(OPEN_PRICE, OPEN_ITEM)),
        _requestable("checks.void_line", void_line, needs=VOID),
    )
}
_BY_VERB = {one.verb: one for one in REQUESTABLE.values()}


def requestable_of(verb: Callable[..., Any]) -> Requestable | None:
    """How a property is asked to run this verb; None when it can't be."""
    return _BY_VERB.get(verb)


def requestable(name: str) -> Requestable:
    """The verb of a request; Refused VERB_UNKNOWN when this release has none of that name."""
    found = REQUESTABLE.get(name)
    if found is None:
        raise Refused("VERB_UNKNOWN", "The property's release doesn't know how to do this. Update its node.", verb=name)
    return found
