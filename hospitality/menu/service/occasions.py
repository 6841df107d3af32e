"""What holds at some times: prices, routes to stations, promotions, serving periods. How such rules are set up, edited and
removed, whatever they say."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hospitality.ground.errors import Refused, in_field
from hospitality.ground.statements import Reading
from hospitality.ground.tables import Row
from hospitality.ground.texts import kept_name, set_text
from hospitality.ground.work import Work
from hospitality.menu.service import MANAGE, check_known


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of rule. view: one as it is listed; check: raises Invalid for what can't be; added, changed, removed: its facts.

    names: of the fields that name something of the property's, what each names (a key of `service.check_known`); one that
    is None, or a set without elements, names nothing. sets: the fields that are sets, merging element by element.
    """

    what: str
    model: type[Row]
    fields: Sequence[str]
    view: Callable[[Reading, str], dict[str, Any]]
    check: Callable[[Mapping[str, Any]], None]
    added: Callable[[str], object]
    changed: Callable[[str, dict[str, Any], dict[str, Any]], object]
    removed: Callable[[str], object]
    names: Mapping[str, str]
    sets: Sequence[str] = ("weekdays",)

    def checked(self, reading: Reading, fields: Mapping[str, Any]) -> dict[str, Any]:
        """The fields as they are kept and listed. Raises Invalid or NotFound."""
        values = {name: fields[name] for name in self.fields}
        values |= {name: sorted(set(values[name])) for name in self.sets}
        self.check(values)
        for field, what in self.names.items():
            named = values[field] if field in self.sets else [values[field]]
            with in_field(field):
                for id in named:
                    if id is not None:
                        check_known(reading, {what: id})
        with in_field("name"):
            return {**values, "name": kept_name(values["name"], what=self.what)}

    def stored(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The same as columns hold them."""
        return {name: set_text(value) if name in self.sets else value for name, value in values.items()}


def add_rule(work: Work, kind: Kind, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Sets up a rule of these fields, answering it as it is listed."""
    work.require(MANAGE)
    values = kind.checked(work, {**fields, "active": True})
    row = work.add(kind.model, kind.stored(values))
    work.journal(kind.added(row["id"]))
    return kind.view(work, row["id"])


def edit_rule(
    work: Work, kind: Kind, rule_id: str, fields: Mapping[str, Any], *, version: str | None = None
) -> dict[str, Any]:
    """Sets the fields given, each by itself, and of a set each element by itself. With the version that the editor saw,
    Refused RULE_CHANGED where it is another by now. What edits made apart left wrong can be switched off all the same."""
    work.require(MANAGE)
    current = _seen(work, kind, rule_id, version)
    values = {**current, **fields}
    if fields != {"active": False}:
        values = kind.checked(work, values)
    after = {name: values[name] for name in fields if values[name] != current[name]}
    if after:
        work.edit(kind.model, rule_id, **kind.stored(after))
        work.journal(kind.changed(rule_id, {name: current[name] for name in after}, after))
    return kind.view(work, rule_id)


def remove_rule(work: Work, kind: Kind, rule_id: str, *, version: str | None = None) -> dict[str, Any]:
    """Takes a rule away for good, answering it as it was. What was ordered by it stays as it is."""
    work.require(MANAGE)
    current = _seen(work, kind, rule_id, version)
    work.remove(kind.model, rule_id)
    work.journal(kind.removed(rule_id))
    return current


def _seen(reading: Reading, kind: Kind, rule_id: str, version: str | None) -> dict[str, Any]:
    current = kind.view(reading, rule_id)
    if version not in (None, current["version"]):
        raise Refused(
            "RULE_CHANGED",
            "Somebody else changed this meanwhile. Look at what it says now, then decide again.",
            id=rule_id,
        )
    return current
