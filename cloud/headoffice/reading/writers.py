"""Who wrote an edit: the journal entry that carries the edit's own stamp names the person."""

from collections.abc import Iterable
from datetime import timedelta

from hospitality.conflicts.loading import Edit
from hospitality.ground.clock import instant_text
from hospitality.ground.statements import Reading

# the journal is found by time; an act's entry says the same minute as its stamp unless a clock was being set
AROUND = timedelta(seconds=60)


# VALUES and not an expression over the log: under row-level security only a plain value may drive the index
_WRITERS = """
    SELECT w.n, coalesce(person.display_name, account.email) AS name
    FROM (VALUES {edits}) AS w (n, property_id, hlc, node, since, until)
    CROSS JOIN LATERAL (
        SELECT j.actor_id FROM journal j
        WHERE j.org_id = :org_id AND j.property_id = w.property_id AND j.at >= w.since AND j.at <= w.until
          AND j._hlc = w.hlc AND j._node = w.node AND j.actor_id IS NOT NULL
        LIMIT 1
    ) entry
    LEFT JOIN people person ON person.org_id = :org_id AND person.id = entry.actor_id
    LEFT JOIN accounts account ON account.org_id = :org_id AND account.id = entry.actor_id
"""
_EDIT = "(:n{n}::integer, :p{n}::uuid, :h{n}::bigint, :o{n}::integer, :f{n}::timestamptz, :t{n}::timestamptz)"


def writers(reading: Reading, edits: Iterable[Edit]) -> dict[Edit, str]:
    """The names of the people behind these edits; an edit whose entry is not found is left out."""
    wanted = list(dict.fromkeys(edits))
    if not wanted:
        return {}
    binds: dict[str, object] = {}
    for n, edit in enumerate(wanted):
        since, until = edit.at - AROUND, edit.at + AROUND
        binds |= {f"n{n}": n, f"p{n}": edit.property_id, f"h{n}": edit.hlc, f"o{n}": edit.node}
        binds |= {f"f{n}": instant_text(since), f"t{n}": instant_text(until)}
    marks = ", ".join(_EDIT.format(n=n) for n in range(len(wanted)))
    rows = reading.rows(_WRITERS.format(edits=marks), **binds)
    return {wanted[row["n"]]: row["name"] for row in rows if row["name"]}
