"""Where mails go when no server is set, and whom none lets sign in."""

from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path

import pytest
from pydantic import ValidationError

from cloud.mail.outgoing import MailFolder, outgoing
from cloud.settings import CloudSettings


def test_without_a_server_a_mail_is_a_file_that_its_owner_alone_reads(tmp_path: Path) -> None:
    letter = EmailMessage()
    letter["Message-ID"] = "<a-mail@office.example>"
    letter.set_content("Grüße")
    mail = outgoing(CloudSettings(data=tmp_path))
    assert mail == MailFolder(tmp_path / "mail")
    for _ in range(2):
        mail.send(letter, "guest@example.com")
    [file] = (tmp_path / "mail").iterdir()
    assert (file.name, file.stat().st_mode & 0o777) == ("a-mail.eml", 0o600)
    assert message_from_bytes(file.read_bytes())["Message-ID"] == letter["Message-ID"]


def test_nobody_signs_in_over_an_open_line() -> None:
    with pytest.raises(ValidationError, match="open line"):
        CloudSettings(mail_host="mail.example", mail_security="none", mail_user="office")
