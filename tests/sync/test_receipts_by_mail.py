"""A receipt asked for at a node with no internet is mailed by head office, once, and the property hears how it ended."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from cloud.host import CloudHost
from cloud.mail.claims import LEASE
from cloud.mail.outgoing import MailServer, OutgoingMail
from cloud.mail.postman import Postman
from hospitality.checks.service import pay
from hospitality.ground.clock import utc_now
from hospitality.handouts.reading import mails_of, token_of
from hospitality.handouts.rules import NewMail
from hospitality.handouts.service import mail_receipt
from hospitality.payments.rules import NewPayment
from tests.mail_server import HOST, MailServerDouble, mail_server
from tests.sync.agreeing import assert_agree
from tests.sync.ends import House, Node
from tests.sync.faults import LoopThread
from tests.sync.menus import add_menu, place

GUEST, NOBODY = "guest@example.com", "nobody@example.com"
SENDER = "receipts@office.example"


class Office:
    """A process of head office with a clock of its own, through which everything is sent."""

    def __init__(self, house: House, mail: OutgoingMail) -> None:
        self.ahead = timedelta(0)
        host = CloudHost(house.group.head.database, secret=b"32 bytes, kept by head office ..", now=self.now)
        self.postman = Postman(host, mail, sender=SENDER, reply_to=None, url="https://office.example/")

    def now(self) -> datetime:
        """Its clock."""
        return utc_now() + self.ahead


class Dying:
    """Hands a letter on and dies before anybody can note it, as often as it is told to."""

    def __init__(self, mail: OutgoingMail, times: int) -> None:
        self._mail = mail
        self._times = times

    def send(self, letter: EmailMessage, to: str) -> None:
        self._mail.send(letter, to)
        self._times -= 1
        if self._times >= 0:
            raise MemoryError("the process is gone")


@pytest.fixture
def server(hub_loop: LoopThread) -> Iterator[MailServerDouble]:
    """A mail server that listens."""
    with mail_server(hub_loop.loop) as listening:
        yield listening


@pytest.fixture
def order(node: Node) -> str:
    """A settled order, of whose receipt nobody has heard."""
    menu = node.act(add_menu)
    order_id = node.act(place, menu, lines=1)
    node.act(pay, order_id, NewPayment("cash", 1000))
    return order_id


def line_to(server: MailServerDouble) -> MailServer:
    """The real client, on an open line."""
    return MailServer(HOST, server.port, SENDER, "none")


def ended(node: Node, order: str) -> list[tuple[Any, ...]]:
    """How the property sees its mails."""
    node.sync()
    return [(one["state"], one["twice"], one["reply_code"]) for one in node.act(mails_of, order)["items"]]


def test_two_processes_send_it_once_with_its_link_and_pdf(
    node: Node, house: House, order: str, server: MailServerDouble
) -> None:
    node.act(mail_receipt, order, NewMail(GUEST, "de"))
    assert ended(node, order) == [("waiting", False, None)]
    one, other = Office(house, line_to(server)), Office(house, line_to(server))

    class Meanwhile:
        def send(self, letter: EmailMessage, to: str) -> None:
            other.postman.send_all()
            line_to(server).send(letter, to)

    Office(house, Meanwhile()).postman.send_all()
    one.postman.send_all()
    [(to, letter)] = server.taken
    assert to == GUEST
    assert (letter["From"], letter["Subject"]) == (f"Dune House <{SENDER}>", f"Dune House: Beleg {number_of(node)}")
    receipt_id = node.value("SELECT id FROM receipts")
    token = node.act(lambda work: token_of(work, receipt_id))
    for kind in ("plain", "html"):
        body = letter.get_body((kind,))
        assert body is not None
        assert f"https://office.example/r/{token}" in body.get_content()
        assert "Vielen Dank" in body.get_content()
    [sheet] = letter.iter_attachments()
    assert "Item 0" in PdfReader(BytesIO(sheet.get_content())).pages[0].extract_text()
    assert ended(node, order) == [("sent", False, None)]
    assert_agree(node)
    assert house.group.quarantine() == []


def number_of(node: Node) -> str:
    """The receipt's number."""
    return str(node.value("SELECT number FROM receipts"))


def test_a_server_that_is_away_is_waited_for_and_a_box_that_is_not_there_ends_it(
    node: Node, house: House, order: str, server: MailServerDouble
) -> None:
    node.act(mail_receipt, order, NewMail(NOBODY))
    node.act(mail_receipt, order, NewMail(GUEST))
    node.sync()
    server.refused = {NOBODY: "550 no such box", GUEST: "451 later"}
    office = Office(house, MailServer(HOST, server.port, SENDER, "starttls"))  # which this server does not speak
    office.postman.send_all()
    assert server.taken == []
    office = Office(house, line_to(server))
    office.postman.send_all()
    assert ended(node, order) == [("waiting", False, None)] * 2, "each waits for its next try"
    office.ahead = timedelta(minutes=1)
    office.postman.send_all()
    del server.refused[GUEST]
    office.ahead += timedelta(minutes=1)
    office.postman.send_all()
    assert ended(node, order) == [("refused", False, 550), ("waiting", False, None)]
    office.ahead += timedelta(minutes=1)
    office.postman.send_all()
    assert ended(node, order) == [("refused", False, 550), ("sent", False, None)]
    assert [to for to, _ in server.taken] == [GUEST]


@pytest.mark.parametrize(("times", "end"), [(1, ("sent", True, None)), (2, ("unknown", True, None))])
def test_a_crash_before_the_note_sends_it_once_more_at_most_and_says_so(
    node: Node, house: House, order: str, server: MailServerDouble, times: int, end: tuple[Any, ...]
) -> None:
    node.act(mail_receipt, order, NewMail(GUEST))
    node.sync()
    office = Office(house, Dying(line_to(server), times))
    for _ in range(times):
        with pytest.raises(MemoryError):
            office.postman.send_all()
        office.postman.send_all()  # while the claim lasts, nobody touches it
        office.ahead += LEASE
    office.postman.send_all()
    office.ahead += LEASE
    office.postman.send_all()
    assert [to for to, _ in server.taken] == [GUEST] * 2
    assert len({letter["Message-ID"] for _, letter in server.taken}) == 1
    assert ended(node, order) == [end]
