"""Deciding about conflicts and about what was set aside; every verb needs `sync.resolve`.

A restored value is a new edit by somebody who had seen the winner, so it stands at both ends. Doing a thing twice is
doing it once.
"""

from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

from hospitality.conflicts import rules
from hospitality.conflicts.facts import (
    ConflictDismissed,
    ConflictRestored,
    TroubleDiscarded,
    TroubleRetried,
    TroubleSeen,
)
from hospitality.conflicts.loading import LoadedConflict, declared, load_conflict, load_trouble
from hospitality.conflicts.reading import Conflict, Names, TroubleView, conflict_view, trouble_view
from hospitality.conflicts.verbs import set_again
from hospitality.ground.errors import Refused
from hospitality.ground.ids import new_id
from hospitality.ground.journal import kind_of
from hospitality.ground.texts import IN_SET, kept_text
from hospitality.ground.work import Work

RESOLVE = "sync.resolve"


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of trying a transaction again: why it waits on (None: it is applied), how many followed it."""

    code: str | None
    reason: str | None
    followed: int


class Quarantine(Protocol):
    """The hub's side of what was set aside; only head office has one."""

    def tell(self, work: Work, trouble_id: str) -> None:
        """Tells both ends of one that a release set aside which told nobody; nothing for any other."""
        ...

    def retry(self, work: Work, trouble_id: str) -> Tried | None:
        """Runs the real application again, in the act at hand; None when it waits no more."""
        ...

    def discard(self, work: Work, trouble_id: str) -> bool:
        """It will not be applied; False when it waits no more, though it is here."""
        ...


def restore_conflict(work: Work, conflict_id: str, *, note: str | None = None, names: Names) -> Conflict:
    """Sets the losing value again: the conflict as it is then."""
    work.require(RESOLVE)
    found = _locked(work, conflict_id)
    if found.state != "restored":
        rules.check_open(found.state)
        rules.check_restorable(found.restorable(work.place.side))
        row, (won, lost) = found.row, found.values
        why = kept_text(note, what="note", length_max=rules.NOTE_LENGTH_MAX)
        set_again(work, row["tbl"], row["row_id"], row["field"], lost)
        _resolve(work, conflict_id, "conflict", "restored", why)
        table = declared(row["tbl"])
        plain = table is not None and row["field"].partition(IN_SET)[0] in (*table.plain, "_deleted")
        before, after = (won, lost) if plain else (None, None)
        fact = ConflictRestored(conflict_id, row["tbl"], row["row_id"], row["field"], before, after)
        work.journal(fact, reason=why)
    return conflict_view(work, conflict_id, names)


def dismiss_conflict(work: Work, conflict_id: str, *, note: str | None, names: Names) -> Conflict:
    """Leaves the value that counts, with a note why: the conflict as it is then."""
    work.require(RESOLVE)
    found = _locked(work, conflict_id)
    if found.state != "dismissed":
        rules.check_open(found.state)
        why = rules.check_note(kept_text(note, what="note", length_max=rules.NOTE_LENGTH_MAX))
        _resolve(work, conflict_id, "conflict", "dismissed", why)
        row = found.row
        work.journal(ConflictDismissed(conflict_id, row["tbl"], row["row_id"], row["field"]), reason=why)
    return conflict_view(work, conflict_id, names)


def retry_trouble(
    work: Work, trouble_id: str, *, note: str | None = None, quarantine: Quarantine, names: Names
) -> dict[str, Any]:
    """Has a transaction that was set aside applied again: {trouble, applied, code, reason, followed}."""
    work.require(RESOLVE)
    why = kept_text(note, what="note", length_max=rules.NOTE_LENGTH_MAX)
    quarantine.tell(work, trouble_id)
    settled = load_trouble(work, trouble_id)["action"]
    tried = None if settled else quarantine.retry(work, trouble_id)
    if tried is None:
        _check_applied(load_trouble(work, trouble_id)["action"])
    if tried is not None:
        if tried.code is None:
            _resolve(work, trouble_id, "trouble", "retried", why)
        work.journal(TroubleRetried(trouble_id, tried.code is None, tried.code, tried.followed), reason=why)
    told = trouble_view(work, trouble_id, names)
    if tried is None:
        return {"trouble": told, "applied": True, "code": None, "reason": None, "followed": 0}
    return {
        "trouble": told,
        "applied": tried.code is None,
        "code": tried.code,
        "reason": tried.reason,
        "followed": tried.followed,
    }


def discard_trouble(
    work: Work, trouble_id: str, *, note: str | None, quarantine: Quarantine, names: Names
) -> TroubleView:
    """Leaves a transaction out for good, with a note why: the trouble as it is then. Its content is kept."""
    work.require(RESOLVE)
    quarantine.tell(work, trouble_id)
    found = load_trouble(work, trouble_id)
    if found["action"] != "discarded":
        why = rules.check_note(kept_text(note, what="note", length_max=rules.NOTE_LENGTH_MAX))
        if found["action"] is not None or not quarantine.discard(work, trouble_id):
            raise Refused(
                "TROUBLE_SETTLED", "Somebody has decided about this already. Read it again.", state=found["action"]
            )
        _resolve(work, trouble_id, "trouble", "discarded", why)
        work.journal(TroubleDiscarded(trouble_id, found["code"]), reason=why)
    return trouble_view(work, trouble_id, names)


def note_seen(work: Work, trouble_id: str) -> None:
    """Notes that the caller looked into what was set aside; once a person and day, so that a page that is looked at again
    fills no journal."""
    work.require(RESOLVE)
    fact = TroubleSeen(trouble_id)
    known = work.value(
        "SELECT 1 FROM journal WHERE org_id = :org_id AND property_id = :property_id AND kind = :kind AND data = :data"
        " AND coalesce(CAST(actor_id AS TEXT), '') = :actor AND at >= :today LIMIT 1",
        kind=kind_of(fact),
        data=msgspec.json.encode(fact).decode(),
        actor=work.caller.person_id or "",
        today=f"{work.now_text[:10]}T00:00:00.000000Z",
    )
    if known is None:
        work.journal(fact)


def _check_applied(action: str | None) -> None:
    """Raises Refused unless what waits no more was applied."""
    if action is None:
        raise Refused(
            "TROUBLE_LOST",
            "Head office was put back to an older copy and has not what this said. Discard it, or see that it is sent.",
        )
    if action != "retried":
        raise Refused("TROUBLE_SETTLED", "Somebody has decided about this already. Read it again.", state=action)


def _locked(work: Work, conflict_id: str) -> LoadedConflict:
    """The conflict, whose row nobody else edits until this act ends."""
    found = load_conflict(work, conflict_id)
    table = declared(found.row["tbl"])
    if table is None or work.dialect == "sqlite":
        return found  # the node's one writer is us
    sql = f'SELECT id FROM "{found.row["tbl"]}" WHERE org_id = :org_id AND id = :id FOR UPDATE'
    work.one(sql, id=found.row["row_id"])
    return load_conflict(work, conflict_id)


def _resolve(work: Work, subject_id: str, subject: str, action: str, note: str | None) -> None:
    # a table of sync's, which captures and stamps what is written to it by whatever way
    work.run(
        "INSERT INTO sync_resolutions"
        " (org_id, id, property_id, subject_id, subject, action, note, resolved_by, resolved_at)"
        " VALUES (:org_id, :id, :property_id, :subject_id, :subject, :action, :note, :by, :at)",
        id=new_id(),
        subject_id=subject_id,
        subject=subject,
        action=action,
        note=note,
        by=work.caller.person_id,
        at=work.now_text,
    )
