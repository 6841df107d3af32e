"""Head office's own tables: who signs in, and for how long; who sends which mail. They never leave the cloud."""

from hospitality.ground.tables import COUNT, ID, INSTANT, WORDS, Row, column, described


class Account(Row, table=True):
    """Someone who signs in at head office, by mail address and password; the owner first of all."""

    __tablename__ = "accounts"
    __table_args__ = described("local", host="cloud", indexes=[["email"]])

    email: str = column(WORDS, pii="direct")
    role: str = column(WORDS)
    password_hash: str | None = column(WORDS, pii="indirect", optional=True)
    created_at: str = column(INSTANT)
    disabled_at: str | None = column(INSTANT, optional=True)


class AccountLink(Row, table=True):
    """A one-time link by which an account sets its password; only its SHA-256 is kept."""

    __tablename__ = "account_links"
    __table_args__ = described("local", host="cloud", refers={"account_id": "accounts"}, indexes=[["token_hash"]])

    account_id: str = column(ID, pii="indirect")
    token_hash: str = column(WORDS)
    expires_at: str = column(INSTANT)
    used_at: str | None = column(INSTANT, optional=True)


class AccountSession(Row, table=True):
    """A sign-in at head office, by the SHA-256 of its token."""

    __tablename__ = "account_sessions"
    __table_args__ = described("local", host="cloud", refers={"account_id": "accounts"}, indexes=[["token_hash"]])

    account_id: str = column(ID, pii="indirect")
    token_hash: str = column(WORDS)
    started_at: str = column(INSTANT)
    expires_at: str = column(INSTANT)
    ended_at: str | None = column(INSTANT, optional=True)


class MailClaim(Row, table=True):
    """Who tries to send a receipt's mail, whose id it has; `cloud/mail/claims.py` says what the rest means."""

    __tablename__ = "mail_claims"
    __table_args__ = described("local", host="cloud")

    tries: int = column(COUNT)
    doubts: int = column(COUNT)
    begun_at: str | None = column(INSTANT, optional=True)
    due_at: str = column(INSTANT)
