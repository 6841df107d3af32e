"""What the node issues is signed by a fiscal device, each once and linked to the one before, whatever breaks."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.fiscal import FiscalTrouble, SoftwareSigner, is_signed
from edge.fiscal import Fiscal
from hospitality.checks.service import pay
from hospitality.checks.service.receipts import reopen
from hospitality.fiscal.reading import series_of, signatures_of_day
from hospitality.fiscal.rules import FIRST, Document, Signed, first_fault, said_of
from hospitality.orders.rules import NewLine, NewOrder
from hospitality.orders.service import place_order
from hospitality.payments.rules import NewPayment, NewRefund
from hospitality.payments.service.refund import refund_payment
from tests.edge.node_fixture import SOUP, act, ask, node
from tests.edge.served_node import served_node
from tests.edge.test_receipts import paid, wait_until

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
SIGNER = SoftwareSigner(KEY)
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
        away = Fiscal(host, Unsteady(left=2))
        with pytest.raises(FiscalTrouble):
            away.step()
    with node(tmp_path) as host:  # another life: what was signed is kept, and the rest is signed
        fiscal = Fiscal(host, SIGNER)
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
