"""What the node issues is signed by a fiscal device, each once and linked to the one before, whatever breaks."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from operator import itemgetter
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.fiscal import FiscalTrouble, SoftwareSigner, is_signed
from edge.fiscal import Fiscal
from edge.host import EdgeHost
from hospitality.checks.service import pay
from hospitality.checks.service.receipts import reopen
from hospitality.days.service.late import pay_late
from hospitality.fiscal.reading import series_of, signatures_of_day
from hospitality.fiscal.rules import FIRST, Document, Signed, first_fault, said_of
from hospitality.ground.clock import instant_text
from hospitality.ground.ids import new_id
from hospitality.orders.rules import NewLine, NewOrder
from hospitality.orders.service import place_order
from hospitality.payments.rules import NewPayment, NewRefund
from hospitality.payments.service.refund import refund_payment
from tests.edge.node_fixture import SOUP, WAIT_SECONDS, act, ask, node, seed
from tests.edge.served_node import served_node
from tests.edge.test_receipts import paid, wait_until

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
SIGNER = SoftwareSigner(KEY)
ONLINE, OFFLINE = (lambda: True), (lambda: False)
good = partial(is_signed, by=SIGNER.public)


class Unsteady(SoftwareSigner):
    """A device that is away after so many signatures."""

    def __init__(self, left: int) -> None:
        super().__init__(KEY)
        self.left = left

    def sign(self, said: str) -> str:
        if self.left == 0:
            raise FiscalTrouble("It is away.")
        self.left -= 1
        return super().sign(said)


def test_receipts_refunds_and_withdrawals_are_signed_once_in_their_order(tmp_path: Path) -> None:
    with node(tmp_path) as host:
        order = paid(host)
        act(host, reopen, order["id"], reason="forgot the beer")
        placed = act(host, place_order, NewOrder("counter", (NewLine(SOUP, 1),)))
        taken = act(host, pay, placed["id"], NewPayment("cash", placed["due_minor"], tip_minor=50))["payment"]
        act(host, refund_payment, taken["id"], NewRefund(100, "cold", tip_minor=50))
        away = Fiscal(host, Unsteady(left=2), caught_up=ONLINE)
        with pytest.raises(FiscalTrouble):
            away.step()
    with node(tmp_path) as host:  # another life: what was signed is kept, and the rest is signed
        fiscal = Fiscal(host, SIGNER, caught_up=ONLINE)
        assert not fiscal.step()
        assert not fiscal.step()
        day = order["business_date"]
        found = ask(host, signatures_of_day, day)["items"]
        series = ask(host, series_of, found[0]["series"])
    assert [(one["document"], one["number"], one["counter"]) for one in found] == [
        ("receipt", "A1-1", 1),
        ("withdrawal", "A1-1", 2),
        ("receipt", "A1-2", 3),
        ("refund", "A1-1", 4),
    ]
    assert {one["device"] for one in found} == {SIGNER.name}
    assert first_fault(series, good) is None


def signed(host: EdgeHost) -> list[tuple[str, str, int]]:
    """What was signed of all days: (document, number, counter)."""
    days = host.ask(lambda r: r.rows("SELECT DISTINCT business_date AS day FROM fiscal_signatures")).result(
        WAIT_SECONDS
    )
    found = (one for row in days for one in ask(host, signatures_of_day, row["day"])["items"])
    return sorted(((one["document"], one["number"], one["counter"]) for one in found), key=itemgetter(2))


def test_what_is_booked_late_or_while_the_clock_was_wrong_is_signed(tmp_path: Path) -> None:
    now = [datetime(2026, 3, 1, 12, tzinfo=UTC)]
    with node(tmp_path, now=lambda: now[0]) as host:
        fiscal = Fiscal(host, SIGNER, caught_up=OFFLINE)
        placed = act(host, place_order, NewOrder("counter", (NewLine(SOUP, 1),)))
        now[0] += timedelta(days=20)
        paid(host)
        assert not fiscal.step()
        now[0] -= timedelta(hours=6)
        paid(host)
        assert not fiscal.step()
        act(host, pay_late, placed["business_date"], placed["id"], NewPayment("cash", placed["due_minor"]))
        assert not fiscal.step()
        assert signed(host) == [("receipt", f"A1-{n}", n) for n in (1, 2, 3)]


def test_what_another_life_or_node_did_is_signed_once_all_is_known_however_old_it_is(tmp_path: Path) -> None:
    with node(tmp_path) as host:
        order = paid(host)
        fiscal = Fiscal(host, SIGNER, caught_up=OFFLINE)
        assert not fiscal.step()
        receipt = host.ask(lambda r: r.value("SELECT id FROM receipts")).result(WAIT_SECONDS)
        at, day, id = instant_text(host.now() - timedelta(days=2)), order["business_date"], new_id()
        withdrawal = {"id": id, "receipt_id": receipt, "order_id": order["id"], "cause": "changed", "at": at}
        entry = {"id": new_id(), "node": 2, "incarnation": 1, "number": 1, "kind": "payments.receipt_withdrawn"}
        hashes = dict.fromkeys(("previous_hash", "hash"), "0" * 64)
        seed(
            host,
            ("receipt_withdrawals", {**withdrawal, "business_date": day}),
            ("journal", {**entry, "at": at, "data": json.dumps({"withdrawal_id": id}), **hashes}),
        )
        paid(host)
        for _ in range(2):  # it may be signed where it was withdrawn
            assert not fiscal.step()
            assert signed(host) == [("receipt", "A1-1", 1)]
        online = Fiscal(host, SIGNER, caught_up=ONLINE)
        assert not online.step()
        assert signed(host) == [("receipt", "A1-1", 1), ("withdrawal", "A1-1", 2), ("receipt", "A1-2", 3)]


TOTALS = st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=8)


def chain(totals: list[int]) -> list[Signed]:
    previous, found = FIRST, []
    for counter, total in enumerate(totals, start=1):
        document = Document("receipt", f"id-{counter}", f"A1-{counter}", total, "NAD", "[]", "2026-03-01T10:00:00Z")
        said = said_of(document, series="A1", counter=counter, previous=previous)
        previous = SIGNER.sign(said)
        found.append(Signed(counter, said, previous))
    return found


@settings(max_examples=25, deadline=None)
@given(totals=TOTALS, data=st.data())
def test_nothing_of_a_series_is_left_out_changed_or_swapped_unseen(totals: list[int], data: st.DataObject) -> None:
    series = chain(totals)
    assert first_fault(data.draw(st.permutations(series)), good) is None
    at = data.draw(st.integers(0, len(series) - 1))
    if at < len(series) - 1:  # of the last, the receipts themselves tell that it is missing
        assert first_fault(series[:at] + series[at + 1 :], good) == at + 1
    changed = replace(series[at], said=series[at].said.replace('"total_minor":', '"total_minor":1'))
    assert first_fault([*series[:at], changed, *series[at + 1 :]], good) == at + 1


def test_a_node_that_is_told_to_signs_by_itself(node_folder: Path) -> None:
    with served_node(node_folder, fiscal="software") as lan:
        order = lan.order(SOUP)
        body = {"tender": "cash", "amount_minor": order["due_minor"]}
        assert lan.post(f"orders/{order['id']}/payments", body).status_code == 201
        path = f"business-days/{order['business_date']}/fiscal-signatures"
        wait_until(lambda: lan.get(path).json()["items"])
        (signed,) = lan.get(path).json()["items"]
        public = lan.node.keys.fiscal.public_key()
        assert (
            first_fault([Signed(signed["counter"], signed["said"], signed["signature"])], partial(is_signed, by=public))
            is None
        )
        assert lan.get(path, token=lan.tokens["kitchen"]).status_code == 403
