"""What people do about conflicts and about what was set aside."""

from dataclasses import dataclass
from typing import Any

from hospitality.ground.journal import journal_kind


@journal_kind("conflicts.conflict_restored")
@dataclass(frozen=True, slots=True)
class ConflictRestored:
    """The value that had lost was set again. `before` and `after` are null where the field may hold personal data."""

    conflict_id: str
    table: str
    row_id: str
    field: str
    before: Any
    after: Any


@journal_kind("conflicts.conflict_dismissed")
@dataclass(frozen=True, slots=True)
class ConflictDismissed:
    """Somebody looked at both values and left the one that counts."""

    conflict_id: str
    table: str
    row_id: str
    field: str


@journal_kind("conflicts.trouble_retried")
@dataclass(frozen=True, slots=True)
class TroubleRetried:
    """What was set aside was tried again; `code` says why it waits on, `followed` how many leaned on it and went in."""

    trouble_id: str
    applied: bool
    code: str | None
    followed: int = 0


@journal_kind("conflicts.kept_retried")
@dataclass(frozen=True, slots=True)
class KeptRetried:
    """What came from head office and could not be applied at the property was tried again: so many, so many left."""

    before: int
    left: int


@journal_kind("conflicts.trouble_seen")
@dataclass(frozen=True, slots=True)
class TroubleSeen:
    """Somebody looked into what was set aside, which may hold personal data; said once a person and day."""

    trouble_id: str


@journal_kind("conflicts.trouble_discarded")
@dataclass(frozen=True, slots=True)
class TroubleDiscarded:
    """What was set aside will not be applied. Its content stays where it is."""

    trouble_id: str
    code: str
