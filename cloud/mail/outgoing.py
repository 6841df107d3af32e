"""Handing a mail on: to a mail server by SMTP, or into a folder where none is set."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol

from cloud.settings import CloudSettings, MailSecurity
from hospitality.ground.private_file import write_private

TIMEOUT_SECONDS = 30.0
DONE, FOR_GOOD = range(200, 300), range(500, 600)


class NotNow(Exception):
    """It was not taken; a later try may go better."""


class ServerAway(NotNow):
    """Our own mail server can't be used now, for this mail or any other."""


class RefusedForGood(Exception):
    """The receiving side does not take it, and says that it never will."""

    def __init__(self, code: int) -> None:
        super().__init__(f"refused with {code}")
        self.code = code


class InDoubt(Exception):
    """It was handed over whole, and the answer was lost: nobody knows whether it was taken."""


class OutgoingMail(Protocol):
    """Where mails go."""

    def send(self, letter: EmailMessage, to: str) -> None:
        """Returns once the letter is taken. Raises NotNow, RefusedForGood or InDoubt."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """A server that takes mails on, by SMTP; without `security` the line is open to read.

    What it answers to the address or to the letter ends a mail. What comes before, from the line up to the sender, is
    about ourselves, and waits until somebody has mended it.
    """

    host: str
    port: int
    sender: str
    security: MailSecurity
    user: str | None = None
    password: str = ""
    trusted: ssl.SSLContext | None = None

    def send(self, letter: EmailMessage, to: str) -> None:
        """As `OutgoingMail` has it."""
        with self._greeted() as server:
            self._address(server, to)
            self._hand_over(server, letter)
            with suppress(smtplib.SMTPException, OSError):  # it is taken, however the server parts
                server.quit()

    @contextmanager
    def _greeted(self) -> Iterator[smtplib.SMTP]:
        trusted = self.trusted or ssl.create_default_context()
        try:
            if self.security == "tls":
                server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT_SECONDS, context=trusted)
            else:
                server = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_SECONDS)
        except (smtplib.SMTPException, OSError) as error:
            raise ServerAway(str(error)) from error
        try:
            self._sign_in(server, trusted)
            yield server
        finally:
            server.close()

    def _sign_in(self, server: smtplib.SMTP, trusted: ssl.SSLContext) -> None:
        try:
            if self.security == "starttls":
                server.starttls(context=trusted)
            server.ehlo_or_helo_if_needed()
            if self.user:
                server.login(self.user, self.password)
            code, _ = server.mail(self.sender)
        except (smtplib.SMTPException, OSError) as error:
            raise ServerAway(str(error)) from error
        if code not in DONE:
            raise ServerAway(f"{self.sender} may not send: {code}")

    def _address(self, server: smtplib.SMTP, to: str) -> None:
        try:
            code, _ = server.rcpt(to)
        except (smtplib.SMTPException, OSError) as error:
            raise ServerAway(str(error)) from error
        _check(code)

    def _hand_over(self, server: smtplib.SMTP, letter: EmailMessage) -> None:
        try:
            code, _ = server.data(letter.as_bytes())
        except smtplib.SMTPDataError as error:
            code = error.smtp_code
        except (smtplib.SMTPException, OSError) as error:
            raise InDoubt(type(error).__name__) from error
        _check(code)


@dataclass(frozen=True, slots=True)
class MailFolder:
    """A folder of .eml files, for where no server is set: the mail goes nowhere else."""

    folder: Path

    def send(self, letter: EmailMessage, to: str) -> None:
        """Writes it whole, readable by its owner alone, under the name that its id gives it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        write_private(self.folder / f"{letter['Message-ID'].strip('<>').partition('@')[0]}.eml", letter.as_string())


def outgoing(settings: CloudSettings) -> OutgoingMail:
    """Where this head office's mails go."""
    if settings.mail_host is None:
        return MailFolder(settings.data / "mail")
    password = settings.mail_password.get_secret_value() if settings.mail_password else ""
    return MailServer(
        settings.mail_host,
        settings.mail_port,
        settings.mail_sender,
        settings.mail_security,
        settings.mail_user,
        password,
    )


def _check(code: int) -> None:
    if code in FOR_GOOD:
        raise RefusedForGood(code)
    if code not in DONE:
        raise NotNow(f"answered {code}")
