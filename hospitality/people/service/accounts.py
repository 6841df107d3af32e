"""Accounts: adding and changing people, which head office and the property may both do."""

from typing import Any

from hospitality.ground.errors import NotFound
from hospitality.ground.statements import Found, Reading
from hospitality.ground.texts import kept_name
from hospitality.ground.work import Work
from hospitality.people import rules
from hospitality.people.facts import PersonAdded, PersonChanged
from hospitality.people.models import Person

MANAGE = "people.manage"
LISTED_MAX = 1000
_PERSON = "SELECT id, display_name, role, active FROM people WHERE org_id = :org_id AND property_id = :property_id"


def add_person(work: Work, *, display_name: str, role: str) -> dict[str, Any]:
    """Gives somebody an account: {id, display_name, role}. They sign in once they have set a PIN."""
    work.require(MANAGE)
    rules.check_may_give(work.caller.permissions, rules.check_role(role))
    values = {"display_name": kept_name(display_name, what="person"), "role": role}
    row = work.add(Person, {**values, "active": True})
    work.journal(PersonAdded(row["id"], role))
    return {"id": row["id"], **values}


def change_person(
    work: Work,
    person_id: str,
    *,
    display_name: str | None = None,
    role: str | None = None,
    active: bool | None = None,
) -> dict[str, Any]:
    """Edits the fields given; who is not active can't sign in, and their sessions stop working at once."""
    work.require(MANAGE)
    current = person(work, person_id)
    rules.check_may_give(work.caller.permissions, current["role"])
    given: dict[str, Any] = {}
    if display_name is not None:
        given["display_name"] = kept_name(display_name, what="person")
    if role is not None:
        rules.check_may_give(work.caller.permissions, rules.check_role(role))
        given["role"] = role
    if active is not None:
        given["active"] = active
    changed = {name: value for name, value in given.items() if current[name] != value}
    if changed:
        work.edit(Person, person_id, **changed)
        after = {**current, **changed}
        roles, actives = ((current[name], after[name]) for name in ("role", "active"))
        work.journal(PersonChanged(person_id, tuple(changed), *roles, *actives))
    return {**current, **changed}


def person(reading: Reading, person_id: str) -> dict[str, Any]:
    """{id, display_name, role, active}; NotFound when the property has nobody of that id."""
    row = reading.one(f"{_PERSON} AND id = :id", id=person_id)
    if row is None:
        raise NotFound.of("person", person_id)
    return _shown(row)


def people_list(reading: Reading) -> list[dict[str, Any]]:
    """The active people of the property by name: [{id, display_name, role}]."""
    rows = reading.rows(f"{_PERSON} AND active ORDER BY display_name, id LIMIT :limit", limit=LISTED_MAX)
    return [{key: row[key] for key in ("id", "display_name", "role")} for row in rows]


def _shown(row: Found) -> dict[str, Any]:
    return {**dict(row), "active": bool(row["active"])}
