"""What can happen to people's accounts and to the screens they use."""

from dataclasses import dataclass, field

from hospitality.ground.journal import journal_kind


@journal_kind("people.person_added")
@dataclass(frozen=True, slots=True)
class PersonAdded:
    """Somebody got an account."""

    person_id: str = field(metadata={"pii": "indirect"})
    role: str


@journal_kind("people.person_changed")
@dataclass(frozen=True, slots=True)
class PersonChanged:
    """A role was given or taken, an account closed or opened; `fields` names what was edited. A name stands in no journal."""

    person_id: str = field(metadata={"pii": "indirect"})
    fields: tuple[str, ...]
    role_before: str
    role: str
    active_before: bool
    active: bool


@journal_kind("people.pin_code_issued")
@dataclass(frozen=True, slots=True)
class PinCodeIssued:
    """A manager gave somebody a code to set a PIN with."""

    person_id: str = field(metadata={"pii": "indirect"})


@journal_kind("people.pin_set")
@dataclass(frozen=True, slots=True)
class PinSet:
    """Somebody set a PIN."""

    person_id: str = field(metadata={"pii": "indirect"})


@journal_kind("people.signed_in")
@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody gave the right PIN at a terminal."""

    person_id: str = field(metadata={"pii": "indirect"})


@journal_kind("people.sign_in_refused")
@dataclass(frozen=True, slots=True)
class SignInRefused:
    """A wrong PIN was given; `failures` in a row, so far."""

    person_id: str = field(metadata={"pii": "indirect"})
    failures: int


@journal_kind("people.signed_out")
@dataclass(frozen=True, slots=True)
class SignedOut:
    """Somebody left a terminal."""

    person_id: str = field(metadata={"pii": "indirect"})


@journal_kind("people.terminal_code_issued")
@dataclass(frozen=True, slots=True)
class TerminalCodeIssued:
    """A code for a new terminal was given out."""

    kind: str


@journal_kind("people.terminal_enrolled")
@dataclass(frozen=True, slots=True)
class TerminalEnrolled:
    """A screen got its token."""

    enrolled_terminal_id: str
    kind: str


@journal_kind("people.terminal_revoked")
@dataclass(frozen=True, slots=True)
class TerminalRevoked:
    """A screen's token, and all sessions on it, stopped working."""

    revoked_terminal_id: str
