"""Money that goes back to a card through a card terminal: once, whatever breaks in between, by later lives of the node too."""

from pathlib import Path
from typing import Any

from devices.virtual.card_reader import VirtualCardReader
from devices.virtual.stripe import VirtualStripe
from tests.edge.hardware.plugs import plugged, until
from tests.edge.hardware.test_cards import at_the_till, attempted, set_up, standing, stripe_node, told
from tests.edge.hardware.test_hardware import state_of
from tests.edge.served_node import ServedNode

BACK = {"amount_minor": 3_000, "reason": "Soup came cold"}


def paid_by_card(lan: ServedNode) -> dict[str, Any]:
    """A settled order's payment."""
    attempt = attempted(lan)
    until(lambda: standing(lan, attempt) == "settled")
    (payment,) = lan.get("payments", order_id=attempt["order_id"]).json()["items"]
    return dict(payment)


def asked_back(lan: ServedNode, payment: dict[str, Any], **other: Any) -> dict[str, Any]:
    answer = lan.post(f"payments/{payment['id']}/card-refunds", {**BACK, **other})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def state_of_refund(lan: ServedNode, refund: dict[str, Any]) -> str:
    found = lan.get(f"orders/{refund['order_id']}/card-refunds").json()["items"]
    return next(str(one["state"]) for one in found if one["id"] == refund["id"])


def given_back(lan: ServedNode) -> list[tuple[int, str]]:
    return [(one["amount_minor"], one["reference"]) for one in lan.get("refunds").json()["items"]]


def test_a_refund_whose_answer_was_lost_is_asked_for_again_under_its_number_and_booked_once(lan: ServedNode) -> None:
    reader = VirtualCardReader()
    with plugged(reader.hear) as plug, at_the_till(lan) as till:
        set_up(lan, plug)
        payment = paid_by_card(lan)
        reader.mute = True  # it gives back, and nobody hears of it
        refund = asked_back(lan, payment)
        until(lambda: refund["number"] in reader.given_back)
        assert (state_of_refund(lan, refund), given_back(lan)) == ("attempted", [])
        again = lan.post(f"payments/{payment['id']}/refunds", {**BACK, "tender": "cash"}).json()["error"]
        assert (again["code"], again["details"]) == ("CARD_REFUND_UNKNOWN", {"number": refund["number"]})
        plug.pull_out()
        until(lambda: state_of(lan, "Cards")["state"] == "lost")
        reader.mute = False
        plug.plug_in()
        until(lambda: state_of_refund(lan, refund) == "approved")
        while told(till, "approved").get("card_refund_id") != refund["id"]:
            pass
        assert (reader.given_back, given_back(lan)) == ({refund["number"]: 3_000}, [(3_000, "B-1")])
        plug.pull_out()
        until(lambda: state_of(lan, "Cards")["state"] == "lost")
        away = asked_back(lan, payment)  # nothing of it is sent: it can be tried again at once
        until(lambda: state_of_refund(lan, away) == "declined")


def test_stripe_gives_back_once_though_the_answer_is_lost_and_the_node_dies(node_folder: Path) -> None:
    with VirtualStripe() as stripe:
        with stripe_node(node_folder, stripe) as lan:
            payment = paid_by_card(lan)
            stripe.breaks = {"POST refunds": "down"}
            refund = asked_back(lan, payment)
            until(lambda: len(stripe.refunds) == 1)
            until(lambda: state_of(lan, "Cards")["state"] == "lost")
            assert state_of_refund(lan, refund) == "attempted"
        stripe.breaks.clear()
        with stripe_node(node_folder, stripe) as lan:
            until(lambda: state_of_refund(lan, refund) == "approved")
            stripe.refunds_are = "pending"
            waits = asked_back(lan, payment, amount_minor=500)
            until(lambda: len(stripe.refunds) == 2)
            decided = {"outcome": "declined", "source": "decision", "reason": "The bank has it for days"}
            assert lan.post(f"card-refunds/{waits['id']}/answers", decided).status_code == 201
            stripe.refunds[1]["status"] = "succeeded"
            until(lambda: state_of_refund(lan, waits) == "approved")  # it turned out otherwise
            assert sorted(given_back(lan)) == [(500, "re_2"), (3_000, "re_1")]
        assert [one["amount"] for one in stripe.refunds] == [3_000, 500]
