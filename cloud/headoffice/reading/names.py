"""What head office knows of names: nodes by their letters, the people behind edits and decisions."""

from collections.abc import Collection, Mapping

from cloud.headoffice.reading.writers import writers
from hospitality.conflicts.reading import Names
from hospitality.ground.statements import Reading

_PEOPLE = """
    SELECT id, display_name AS name FROM people WHERE org_id = :org_id AND id IN (:ids)
    UNION ALL SELECT id, email FROM accounts WHERE org_id = :org_id AND id IN (:ids)
"""


def node_codes(reading: Reading) -> Mapping[int, str]:
    """The letters of each of the group's nodes, by its number."""
    rows = reading.rows("SELECT number, code FROM sync_nodes WHERE org_id = :org_id")
    return {row["number"]: row["code"] for row in rows}


def people_named(reading: Reading, ids: Collection[str]) -> Mapping[str, str]:
    """People of properties by their names, those of head office by their mail addresses."""
    return {row["id"]: row["name"] for row in reading.rows(_PEOPLE, ids=list(ids))}


NAMES = Names("group", node_codes, writers, people_named)
