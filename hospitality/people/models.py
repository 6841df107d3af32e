"""People are described everywhere; what proves them and their screens stays on the node's own file."""

from hospitality.ground.tables import COUNT, DOCUMENT, FLAG, ID, INSTANT, WORDS, Row, column, described

IN_ROOM = "room"
TERMINAL_KINDS = ("till", "kitchen", IN_ROOM)


class Person(Row, table=True):
    """Someone with an account and a role at a property. Who is not `active` can't sign in."""

    __tablename__ = "people"
    __table_args__ = described("record", writer="both", indexes=[["property_id"]])

    display_name: str = column(WORDS, pii="direct")
    role: str = column(WORDS)
    active: bool = column(FLAG)


class PinVerifier(Row, table=True):
    """What a PIN is checked against, and the lock-out; `id` is the person's."""

    __tablename__ = "pin_verifiers"
    __table_args__ = described("local", host="edge")

    hash: str = column(WORDS, pii="indirect")
    failures: int = column(COUNT)
    locked_until: str | None = column(INSTANT, optional=True)


class OneTimeCode(Row, table=True):
    """A code for one use, by its SHA-256. `for_id` is the person whose PIN it sets; `payload` is JSON."""

    __tablename__ = "one_time_codes"
    __table_args__ = described("local", host="edge", indexes=[["code_hash"]])

    purpose: str = column(WORDS)
    code_hash: str = column(WORDS)
    for_id: str | None = column(ID, pii="indirect", optional=True)
    payload: str = column(DOCUMENT)
    expires_at: str = column(INSTANT)
    used_at: str | None = column(INSTANT, optional=True)


class Terminal(Row, table=True):
    """An enrolled screen, by the SHA-256 of its token. One in a guest's room is that room's and may nothing else."""

    __tablename__ = "terminals"
    __table_args__ = described("local", host="edge", indexes=[["token_hash"]])

    name: str = column(WORDS)
    kind: str = column(WORDS)
    station_id: str | None = column(ID, optional=True)
    room_id: str | None = column(ID, optional=True)
    token_hash: str = column(WORDS)
    enrolled_at: str = column(INSTANT)
    revoked_at: str | None = column(INSTANT, optional=True)
    last_seen_at: str | None = column(INSTANT, optional=True)


class Session(Row, table=True):
    """A person signed in at a terminal, by the SHA-256 of the session's token."""

    __tablename__ = "sessions"
    __table_args__ = described("local", host="edge", indexes=[["token_hash"], ["person_id"]])

    terminal_id: str = column(ID)
    person_id: str = column(ID, pii="indirect")
    token_hash: str = column(WORDS)
    started_at: str = column(INSTANT)
    expires_at: str = column(INSTANT)
    ended_at: str | None = column(INSTANT, optional=True)
