"""Who signs in at head office: accounts with a password, one-time links that set it, sessions that can be ended."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from cloud.database import Connection, Database
from hospitality.ground.clock import instant_text
from hospitality.ground.errors import Invalid, Unauthorised
from hospitality.ground.ids import new_id
from hospitality.ground.texts import kept_mail_address
from hospitality.ground.work import Caller
from hospitality.people.rules import ROLES

LINK_HOURS = 24
SESSION_HOURS = 12
PASSWORD_LENGTH_MIN, PASSWORD_LENGTH_MAX = 12, 200
_HASHER = PasswordHasher()
# verified when the address is unknown, so that the time taken does not tell which addresses exist
_NOBODY = _HASHER.hash("nobody has this password")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that was just begun: its token is told once."""

    token: str
    org_id: str
    account_id: str
    email: str
    role: str


def hashed(token: str) -> str:
    """What is stored of a token."""
    return sha256(token.encode()).hexdigest()


def add_account(connection: Connection, org_id: str, email: str, role: str) -> str:
    """Adds an account without a password and answers its id."""
    address = kept_mail_address(email).lower()
    id = new_id()
    connection.execute(
        "INSERT INTO accounts (org_id, id, email, role, created_at) VALUES (%s, %s, %s, %s, now())",
        (org_id, id, address, role),
    )
    return id


def offer_link(connection: Connection, org_id: str, account_id: str) -> str:
    """A token that sets the account's password once, within a day."""
    token = secrets.token_urlsafe(32)
    connection.execute(
        "INSERT INTO account_links (org_id, id, account_id, token_hash, expires_at) VALUES (%s, %s, %s, %s, %s)",
        (org_id, new_id(), account_id, hashed(token), _after(hours=LINK_HOURS)),
    )
    return token


def set_password(database: Database, token: str, password: str) -> SignedIn:
    """Sets the password by a one-time link and signs in."""
    if not PASSWORD_LENGTH_MIN <= len(password) <= PASSWORD_LENGTH_MAX:
        raise Invalid("PASSWORD_TOO_SHORT", f"A password has at least {PASSWORD_LENGTH_MIN} characters.")
    found = database.before_sign_in("link", hashed(token))
    if not found:
        raise Unauthorised("LINK_NOT_GOOD", "This link was used or has expired. Ask for a new one.")
    digest = _HASHER.hash(password)
    org_id = found[0]["org"]
    with database.transaction(org_id) as connection:
        link = connection.execute(
            "UPDATE account_links SET used_at = now() WHERE org_id = %s AND token_hash = %s AND used_at IS NULL"
            " AND expires_at > now() RETURNING account_id",
            (org_id, hashed(token)),
        ).fetchone()
        if link is None:
            raise Unauthorised("LINK_NOT_GOOD", "This link was used or has expired. Ask for a new one.")
        account = connection.execute(
            "UPDATE accounts SET password_hash = %s WHERE org_id = %s AND id = %s RETURNING id, email, role",
            (digest, org_id, link["account_id"]),
        ).fetchone()
        assert account is not None
        # whoever knew the old password is out
        connection.execute(
            "UPDATE account_sessions SET ended_at = now() WHERE org_id = %s AND account_id = %s AND ended_at IS NULL",
            (org_id, account["id"]),
        )
        return begin_session(connection, org_id, account)


def sign_in(database: Database, email: str, password: str) -> SignedIn:
    """Begins a session; the same refusal for a wrong address and a wrong password."""
    found = database.before_sign_in("email", email.strip().lower())
    account = msgspec.json.decode(found[0]["data"]) if found else {}
    try:
        _HASHER.verify(account.get("password_hash") or _NOBODY, password[:PASSWORD_LENGTH_MAX])
    except (VerificationError, InvalidHashError):
        account = {}
    if not account.get("password_hash"):
        raise Unauthorised("WRONG_PASSWORD", "The mail address or the password is not right. Try again.")
    with database.transaction(found[0]["org"]) as connection:
        return begin_session(connection, found[0]["org"], account)


def begin_session(connection: Connection, org_id: str, account: Mapping[str, Any]) -> SignedIn:
    """A session of an account (id, email, role) that has proved who it is."""
    token = secrets.token_urlsafe(32)
    connection.execute(
        "INSERT INTO account_sessions (org_id, id, account_id, token_hash, started_at, expires_at)"
        " VALUES (%s, %s, %s, %s, now(), %s)",
        (org_id, new_id(), account["id"], hashed(token), _after(hours=SESSION_HOURS)),
    )
    return SignedIn(token, org_id, account["id"], account["email"], account["role"])


def sign_out(database: Database, caller: Caller, token: str) -> None:
    """Ends the session."""
    with database.transaction(caller.org_id) as connection:
        connection.execute(
            "UPDATE account_sessions SET ended_at = now() WHERE org_id = %s AND token_hash = %s",
            (caller.org_id, hashed(token)),
        )


def caller_for(database: Database, token: str) -> Caller:
    """Who holds the token; raises Unauthorised."""
    found = database.before_sign_in("session", hashed(token)) if token else []
    if not found:
        raise Unauthorised("SIGN_IN_NEEDED", "Sign in first.")
    org_id = found[0]["org"]
    account_id = msgspec.json.decode(found[0]["data"])["account_id"]
    with database.transaction(org_id) as connection:
        account = connection.execute(
            "SELECT id, email, role FROM accounts WHERE org_id = %s AND id = %s AND disabled_at IS NULL",
            (org_id, account_id),
        ).fetchone()
    if account is None:
        raise Unauthorised("SIGN_IN_NEEDED", "Sign in first.")
    return Caller(org_id, None, account["id"], None, ROLES[account["role"]], account["email"])


def _after(*, hours: int) -> str:
    return instant_text(datetime.now(UTC) + timedelta(hours=hours))
