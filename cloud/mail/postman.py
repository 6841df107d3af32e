"""Sends what waits, group by group, and writes down how each mail ended; the property hears of it by its feed.

No log line names an address.
"""

import threading
from datetime import timedelta
from email.message import EmailMessage

import structlog

from cloud.host import CloudHost
from cloud.mail import claims
from cloud.mail.claims import DOUBTS_MAX, TRIES_MAX, Claim, Waiting
from cloud.mail.letter import letter
from cloud.mail.outgoing import InDoubt, NotNow, OutgoingMail, RefusedForGood, ServerAway
from hospitality.ground.errors import Invalid
from hospitality.ground.statements import Reading
from hospitality.ground.texts import kept_mail_address
from hospitality.ground.work import Caller
from hospitality.handouts.reading import mail_row, token_of
from hospitality.handouts.rules import Ended, address_of
from hospitality.handouts.service import end_mail
from web.paper.taken import taken_in

MAIL_EVERY = timedelta(seconds=15)
STOP_SECONDS = 10.0
log = structlog.get_logger(__name__)


class Postman:
    """One for each process; the claims keep several apart."""

    def __init__(self, host: CloudHost, mail: OutgoingMail, *, sender: str, reply_to: str | None, url: str) -> None:
        """url: head office as guests reach it."""
        self._host = host
        self._mail = mail
        self._sender = sender
        self._reply_to = reply_to
        self._url = url
        self._stopping = threading.Event()
        self._at_work = threading.Lock()

    def stop(self) -> None:
        """Begins no further mail, and gives the one under way a moment, since to end in it would leave a doubt."""
        self._stopping.set()
        if self._at_work.acquire(timeout=STOP_SECONDS):
            self._at_work.release()

    def send_all(self) -> None:
        """Tries every mail that is due, until there is no more or the mail server is away."""
        with self._at_work:
            for group in self._host.database.before_sign_in("groups", "every"):
                try:
                    self._send_for(group["org"])
                except ServerAway as error:
                    log.warning("mail_server_away", reason=str(error))
                    return

    def _send_for(self, org_id: str) -> None:
        with self._host.database.transaction(org_id) as connection:
            found = claims.waiting(connection, org_id, self._host.now())
        for mail in found:
            if self._stopping.is_set():
                return
            with self._host.database.transaction(org_id) as connection:
                held = claims.claim(connection, org_id, mail, self._host.now())
            if held is not None:
                self._try(org_id, held)

    def _try(self, org_id: str, held: Claim) -> None:
        if held.doubts > DOUBTS_MAX:
            return self._end(org_id, held.mail, Ended("unknown", twice=True))
        if held.tries > TRIES_MAX:
            return self._end(org_id, held.mail, Ended("given_up", twice=held.doubts > 0))
        try:
            to, made = self._letter(org_id, held.mail)
        except Invalid:  # a property's node keeps no such address, but a row can come from anywhere
            return self._end(org_id, held.mail, Ended("refused"))
        with self._host.database.transaction(org_id) as connection:
            if not claims.begin(connection, org_id, held, self._host.now()):
                return None
        self._hand_on(org_id, held, made, to)
        return None

    def _hand_on(self, org_id: str, held: Claim, made: EmailMessage, to: str) -> None:
        twice = held.doubts > 0
        try:
            self._mail.send(made, to)
        except RefusedForGood as error:
            self._end(org_id, held.mail, Ended("refused", twice=twice, reply_code=error.code))
        except NotNow as error:
            with self._host.database.transaction(org_id) as connection:
                claims.put_off(connection, org_id, held, self._host.now())
            if isinstance(error, ServerAway):
                raise
        except InDoubt:
            with self._host.database.transaction(org_id) as connection:
                claims.doubt(connection, org_id, held, self._host.now())
        else:
            self._end(org_id, held.mail, Ended("sent", twice=twice))

    def _letter(self, org_id: str, mail: Waiting) -> tuple[str, EmailMessage]:
        """To whom, and what."""
        with self._host.database.transaction(org_id) as connection:
            reading = Reading(connection, "postgresql", org_id=org_id, property_id=mail.property_id)
            row = mail_row(reading, mail.id)
            token = token_of(reading, row["receipt_id"])
            assert token is not None, "who asked for a mail has made the link"
            parts = {name: row[name] for name in ("order_id", "receipt_id", "invoice_id")}
            shown = taken_in(reading, row["language"], **parts)
        to, link = kept_mail_address(row["address"]), address_of(self._url, token)
        made = letter(
            shown,
            mail_id=mail.id,
            to=to,
            sender=self._sender,
            reply_to=self._reply_to,
            link=link,
            at=self._host.now(),
        )
        return to, made

    def _end(self, org_id: str, mail: Waiting, ended: Ended) -> None:
        caller = Caller(org_id, mail.property_id, name="mail")
        self._host.act_now(caller, lambda work: end_mail(work, mail.id, ended))
        log.info("mail_ended", org_id=org_id, mail_id=mail.id, state=ended.state, reply_code=ended.reply_code)
