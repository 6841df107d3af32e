"""Card terminals: charged once, and what became of it is asked until they know, whatever breaks in between (R12)."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydantic import AnyHttpUrl, SecretStr

from devices.virtual.card_reader import VirtualCardReader
from devices.virtual.plug import Plug
from devices.virtual.stripe import KEY, READER, VirtualStripe
from edge.events import OF_DEVICES
from edge.hardware.cards import open_attempts
from hospitality.ground.statements import Reading
from hospitality.ground.work import Caller
from hospitality.people.proofs import code_hash_of, hash_of, new_code, new_token
from hospitality.people.service.sessions import open_session
from hospitality.people.service.terminals import enrol_terminal, issue_terminal_code
from tests.edge.hardware.plugs import folder_of_plugs, plugged, until
from tests.edge.hardware.test_hardware import added, state_of
from tests.edge.node_fixture import ORG, PROPERTY, SELMA, SOUP, WAIT_SECONDS, act
from tests.edge.served_node import Ear, ServedNode, screen, served_node


def set_up(lan: ServedNode, plug: Plug) -> None:
    added(lan, name="Cards", kind="card_terminal", address=f"serial:{plug.path}")
    until(lambda: state_of(lan, "Cards")["state"] == "live")


def attempted(lan: ServedNode) -> dict[str, Any]:
    """An order whose guest pays with a card."""
    order = lan.order(SOUP)
    answer = lan.post(f"orders/{order['id']}/card-attempts", {"amount_minor": order["due_minor"], "tip_minor": 500})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def standing(lan: ServedNode, attempt: dict[str, Any]) -> str:
    order: dict[str, Any] = lan.get(f"orders/{attempt['order_id']}").json()
    return str(order["payment_state"])


def sought(lan: ServedNode) -> set[str]:
    """The numbers of which the node asks what became of them."""

    def found(reading: Reading) -> set[str]:
        terminals = [row["terminal_id"] for row in reading.rows("SELECT terminal_id FROM card_attempts")]
        return {row["number"] for row in open_attempts(reading, terminals, since="", first="")}

    return lan.node.host.ask(found).result(WAIT_SECONDS)


@contextmanager
def at_the_till(lan: ServedNode) -> Iterator[Ear]:
    with screen(lan, *OF_DEVICES, token=lan.token) as till:
        till.until("hello")
        yield till


def told(till: Ear, state: str) -> dict[str, Any]:
    """What the till is told next of a card in this state."""
    while (said := till.until("card_told")["data"])["state"] != state:
        pass
    return dict(said)


def test_a_card_is_approved_declined_cancelled_and_each_is_an_answer(lan: ServedNode) -> None:
    reader = VirtualCardReader()
    with plugged(reader.hear) as plug, at_the_till(lan) as till:
        set_up(lan, plug)
        paid = attempted(lan)
        assert told(till, "approved")["attempt_id"] == paid["id"]
        until(lambda: standing(lan, paid) == "settled")
        assert reader.charges == {paid["number"]: 8_000}

        reader.guest = "declines"
        declined = attempted(lan)
        assert told(till, "declined")["words"] == "Not taken."
        until(lambda: standing(lan, declined) == "open")

        reader.guest = "waits"
        given_up = attempted(lan)
        told(till, "waiting")
        assert standing(lan, given_up) == "unknown"
        refused = lan.post(f"orders/{given_up['order_id']}/payments", {"tender": "cash", "amount_minor": 7_500})
        assert refused.status_code == 409
        assert lan.post(f"card-attempts/{given_up['id']}/cancel", {}).status_code == 201
        told(till, "declined")
        until(lambda: standing(lan, given_up) == "open")
        refused = lan.post(f"card-attempts/{given_up['id']}/cancel", {})
        assert refused.json()["error"]["code"] == "NO_CARD_TERMINAL"
        assert reader.charges == {paid["number"]: 8_000}


def test_what_nobody_answered_is_looked_up_after_the_line_broke_and_never_charged_twice(lan: ServedNode) -> None:
    reader = VirtualCardReader()
    with plugged(reader.hear) as plug:
        set_up(lan, plug)
        reader.mute = True  # it charges, and nobody hears of it
        attempt = attempted(lan)
        until(lambda: attempt["number"] in reader.charges)
        plug.pull_out()
        until(lambda: state_of(lan, "Cards")["state"] == "lost")
        assert standing(lan, attempt) == "unknown"
        away = attempted(lan)  # nothing of it is sent: it can be tried again at once
        until(lambda: standing(lan, away) == "open")
        reader.mute = False
        plug.plug_in()
        until(lambda: standing(lan, attempt) == "settled")
        assert (reader.charges, reader.asked.count("charge")) == ({attempt["number"]: 8_000}, 1)


def test_another_life_of_the_node_looks_up_and_does_not_charge(node_folder: Path) -> None:
    with folder_of_plugs() as folder:
        reader = VirtualCardReader(guest="waits")
        with Plug(folder / "tty", reader.hear) as plug:
            with served_node(node_folder) as lan:
                set_up(lan, plug)
                waits = attempted(lan)
                until(lambda: waits["number"] in reader.states)
                plug.pull_out()
                until(lambda: state_of(lan, "Cards")["state"] == "lost")
            reader.decides(waits["number"], "pays")
            plug.plug_in()
            with served_node(node_folder) as lan:
                until(lambda: standing(lan, waits) == "settled")
            assert reader.asked.count("charge") == 1


def test_who_said_wrongly_that_nothing_was_taken_is_put_right_by_the_card_terminal(lan: ServedNode) -> None:
    reader = VirtualCardReader(guest="waits")
    with plugged(reader.hear) as plug:
        set_up(lan, plug)
        decided, seen = attempted(lan), attempted(lan)
        until(lambda: {decided["number"], seen["number"]} <= reader.states.keys())
        for attempt, source in ((decided, "decision"), (seen, "look_up")):
            said = {"outcome": "declined", "source": source, "reason": "The guest left"}
            assert lan.post(f"card-attempts/{attempt['id']}/answers", said).status_code == 201
            assert standing(lan, attempt) == "open"
        assert sought(lan) == {decided["number"], seen["number"]}
        plug.say(reader.decides(decided["number"], "pays"))
        until(lambda: standing(lan, decided) == "settled")
        assert sought(lan) == {seen["number"]}


def test_another_amount_and_nonsense_leave_it_to_a_person(lan: ServedNode) -> None:
    reader = VirtualCardReader(guest="waits")
    with plugged(reader.hear) as plug, at_the_till(lan) as till:
        set_up(lan, plug)
        attempt = attempted(lan)
        until(lambda: attempt["number"] in reader.states)
        said = {"number": attempt["number"], "state": "approved", "amount_minor": 1, "reference": "T-9"}
        plug.say(json.dumps(said).encode() + b"\n")
        assert "another amount" in told(till, "unknown")["words"]
        reader.deaf = True  # or it would be well again at its next greeting
        plug.say(b"{" * 1_000_000 + b"\n" + b'{"number": "", "state": "approved"}\n')
        until(lambda: state_of(lan, "Cards")["state"] == "garbled")
        assert standing(lan, attempt) == "unknown"


def signed_in_elsewhere(lan: ServedNode) -> str:
    """Selma's session at another terminal."""
    host, code, terminal, session = lan.node.host, new_code(), new_token(), new_token()
    act(host, issue_terminal_code, name="Tablet", kind="till", code_hash=code_hash_of(code))
    enrolled = act(host, enrol_terminal, code_hash=code_hash_of(code), token_hash=hash_of(terminal))
    there = Caller(ORG, PROPERTY, terminal_id=enrolled["terminal_id"])
    host.writer.act(there, lambda work: open_session(work, SELMA, token_hash=hash_of(session))).result(WAIT_SECONDS)
    return session


@contextmanager
def stripe_node(folder: Path, stripe: VirtualStripe, *, token: str = "") -> Iterator[ServedNode]:
    """One life of a node with Stripe's account and a reader at its till, asked with this session's token."""
    account: dict[str, Any] = {"stripe_key": SecretStr(KEY), "stripe_url": AnyHttpUrl(stripe.url)}
    with served_node(folder, **account) as lan:
        lan.token = token or lan.token
        if not lan.get("devices").json()["items"]:
            added(lan, name="Cards", kind="card_terminal", address=f"stripe:{READER}")
        until(lambda: state_of(lan, "Cards")["state"] == "live")
        yield lan


def test_stripe_charges_once_though_the_link_and_the_node_go_down_after_the_guest_paid(node_folder: Path) -> None:
    with VirtualStripe(guest="waits") as stripe:
        with stripe_node(node_folder, stripe) as lan:
            attempt = attempted(lan)
            until(lambda: stripe.action is not None)
            stripe.breaks = {"capture": "down"}
            stripe.decides("pays")
            until(lambda: attempt["id"] in stripe.charges)
            until(lambda: state_of(lan, "Cards")["state"] == "lost")
            assert standing(lan, attempt) == "unknown"
            # whoever asked logs out, and the tablet is lost
            other = signed_in_elsewhere(lan)
            assert lan.post("sign-outs", {}).status_code == 201
            lan.token = other
            assert lan.post(f"terminals/{lan.tokens['till_id']}/revoke", {}).status_code == 201
            assert standing(lan, attempt) == "unknown"
            lan.client.headers["Accept-Language"] = "de-DE,en;q=0.5"
            refused = lan.post(f"orders/{attempt['order_id']}/payments", {"tender": "cash", "amount_minor": 7_500})
            error = refused.json()["error"]
            assert (error["code"], error["message"][:41]) == (
                "CARD_PAYMENT_UNKNOWN",
                f"Noch weiß niemand, ob Kartenzahlung {attempt['number']} ",
            )
        stripe.breaks.clear()
        with stripe_node(node_folder, stripe, token=other) as lan:
            until(lambda: standing(lan, attempt) == "settled")
            (paid,) = lan.get("payments", order_id=attempt["order_id"]).json()["items"]
            assert (paid["reference"], paid["amount_minor"], paid["tip_minor"]) == ("pi_1", 7_500, 500)
            rows = lan.node.host.ask(lambda r: list(r.rows("SELECT * FROM devices WHERE org_id = :org_id"))).result(5)
            told = json.dumps([dict(row) for row in rows]) + lan.get("devices").text + repr(lan.node.settings)
            assert KEY not in told
        assert stripe.charges == {attempt["id"]: 8_000}
        assert stripe.asked.count(f"terminal/readers/{READER}/process_payment_intent") == 1
