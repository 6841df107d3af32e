"""Who sends a mail: claims in the database, so that two processes don't both, and a crash is known for what it is.

A claim holds a mail for LEASE; `begun_at` stands from just before the mail is handed over until what came of it is noted.
Whoever claims a mail whose `begun_at` still stands knows that a try ended without a word: the mail may have been taken. Such
a doubt is allowed once. The mail is then sent a second time under the same Message-ID, and its outcome says that it may have
arrived twice; after a second doubt nobody sends it again, and its outcome is `unknown`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cloud.database import Connection

LEASE = timedelta(minutes=15)
TRIES_MAX = 30
DOUBTS_MAX = 1
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
ASKED_WITHIN = timedelta(days=30)
MAILS_PER_LOOK = 100
_WAITING = """
    SELECT m.id, m.property_id FROM receipt_mails m WHERE m.org_id = %(org)s AND m.asked_at > %(since)s
    AND NOT EXISTS (SELECT 1 FROM receipt_mail_outcomes o WHERE o.org_id = m.org_id AND o.mail_id = m.id)
    AND NOT EXISTS (SELECT 1 FROM mail_claims c WHERE c.org_id = m.org_id AND c.id = m.id AND c.due_at > %(now)s)
    ORDER BY m.asked_at LIMIT %(limit)s
"""
_CLAIM = """
    INSERT INTO mail_claims AS c (org_id, id, property_id, tries, doubts, begun_at, due_at)
    VALUES (%(org)s, %(id)s, %(property)s, 1, 0, NULL, %(until)s)
    ON CONFLICT (org_id, id) DO UPDATE SET tries = c.tries + 1, begun_at = NULL, due_at = excluded.due_at,
        doubts = c.doubts + CASE WHEN c.begun_at IS NULL THEN 0 ELSE 1 END
    WHERE c.due_at <= %(now)s RETURNING tries, doubts
"""
_BEGIN = "UPDATE mail_claims SET begun_at = %s WHERE org_id = %s AND id = %s AND tries = %s AND begun_at IS NULL"
_PUT_OFF = "UPDATE mail_claims SET begun_at = {begun}, due_at = %s WHERE org_id = %s AND id = %s AND tries = %s"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A mail that is to be sent."""

    id: str
    property_id: str


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to send a mail: how often it was claimed, and after how many of these nobody knows what came of it."""

    mail: Waiting
    tries: int
    doubts: int

    @property
    def wait(self) -> timedelta:
        """How long until the next try, twice as long each time."""
        return min(LONGEST_WAIT, FIRST_WAIT * (1 << min(self.tries - 1, 10)))


def waiting(connection: Connection, org_id: str, now: datetime) -> list[Waiting]:
    """The mails of a group that somebody should send now, oldest first."""
    parameters = {"org": org_id, "now": now, "since": now - ASKED_WITHIN, "limit": MAILS_PER_LOOK}
    return [Waiting(row["id"], row["property_id"]) for row in connection.execute(_WAITING, parameters)]


def claim(connection: Connection, org_id: str, mail: Waiting, now: datetime) -> Claim | None:
    """Takes a mail; None when another has it."""
    parameters = {"org": org_id, "id": mail.id, "property": mail.property_id, "now": now, "until": now + LEASE}
    row = connection.execute(_CLAIM, parameters).fetchone()
    return None if row is None else Claim(mail, row["tries"], row["doubts"])


def begin(connection: Connection, org_id: str, held: Claim, now: datetime) -> bool:
    """Notes that the mail is handed over from now on; False when the claim is another's by now."""
    return connection.execute(_BEGIN, (now, org_id, held.mail.id, held.tries)).rowcount == 1


def put_off(connection: Connection, org_id: str, held: Claim, now: datetime) -> None:
    """The mail was not taken: it is tried again after `held.wait`."""
    connection.execute(_PUT_OFF.format(begun="NULL"), (now + held.wait, org_id, held.mail.id, held.tries))


def doubt(connection: Connection, org_id: str, held: Claim, now: datetime) -> None:
    """Nobody knows whether the mail was taken: the same, and `begun_at` goes on saying so."""
    connection.execute(_PUT_OFF.format(begun="begun_at"), (now + held.wait, org_id, held.mail.id, held.tries))
