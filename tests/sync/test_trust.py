"""Only an enrolled node's own, fresh signature opens the hub; a revoked node is refused at its next request."""

import threading
from typing import Any

import httpx2
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hospitality.ground.ids import new_id
from sync.hub.feed import PullRequest
from sync.hub.register import FORGOTTEN_MAX, offer_code
from sync.node.transport import Link, LinkDown, TurnedAway
from sync.signing import NODE_HEADER, NONCE_HEADER, SIGNATURE_HEADER, issue_nonce, public_text, sign
from sync.wire import Hello, HelloAnswer, PullAnswer, PushAnswer, pack, pack_json
from tests.sync import rows
from tests.sync.conftest import SECRET, HandFactory
from tests.sync.ends import HUB_URL, Hand, House, Node, wait_until, wall_ms
from tests.sync.faults import Call, LoopThread, before, request_truncated

PUSH = "/sync/v1/push"


def post(hand: Hand, path: str, body: bytes, **changes: Any) -> httpx2.Response:
    """A request as the hand's node would sign it, with something else in it."""
    nonce = changes.get("nonce", issue_nonce(SECRET, hand.node_id, wall_ms() + changes.get("issued_in_ms", 0)))
    signed = {"method": "POST", "path": path, "body": body, "nonce": nonce, **changes.get("signed", {})}
    headers = {
        NODE_HEADER: changes.get("node", hand.node_id),
        NONCE_HEADER: nonce,
        SIGNATURE_HEADER: sign(changes.get("key", hand.key), **signed),
    }
    with httpx2.Client(base_url=HUB_URL, transport=hand.house.group.head.wire.end()) as client:
        return client.post(path, content=body, headers=headers)


def code_of(response: httpx2.Response) -> str:
    """The refusal's code."""
    return f"{response.status_code} {response.json()['error']['code']}"


def test_a_request_as_the_node_signs_it_is_taken(hand: Hand) -> None:
    batch = hand.batch([hand.insert("stations", rows.station(hand.house))])
    assert post(hand, PUSH, pack(batch)).status_code == 200


@pytest.mark.parametrize("path", [PUSH, "/sync/v1/pull", "/sync/v1/hello"])
@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"key": Ed25519PrivateKey.generate()}, "403 BAD_SIGNATURE"),
        ({"signed": {"body": b"another"}}, "403 BAD_SIGNATURE"),
        ({"signed": {"path": "/sync/v1/other"}}, "403 BAD_SIGNATURE"),
        ({"signed": {"method": "GET"}}, "403 BAD_SIGNATURE"),
        ({"signed": {"nonce": "another"}}, "403 BAD_SIGNATURE"),
        ({"nonce": "made up"}, "401 NONCE"),
        ({"nonce": ""}, "401 NONCE"),
        ({"issued_in_ms": -600_000}, "401 NONCE"),
        ({"issued_in_ms": 600_000}, "401 NONCE"),
        ({"node": new_id()}, "403 UNKNOWN_NODE"),
        ({"node": "x' OR '1'='1"}, "403 UNKNOWN_NODE"),
        ({"node": "x" * 36}, "403 UNKNOWN_NODE"),
        ({"node": ""}, "403 UNKNOWN_NODE"),
    ],
)
def test_any_other_request_is_refused(hand: Hand, path: str, changes: dict[str, Any], refusal: str) -> None:
    answer = post(hand, path, b"body", **changes)
    assert code_of(answer) == refusal


def test_a_nonce_of_another_node_is_refused(house: House, make_hand: HandFactory) -> None:
    one, other = make_hand(house), make_hand(house)
    answer = post(one, PUSH, b"body", nonce=issue_nonce(SECRET, other.node_id, wall_ms()))
    assert code_of(answer) == "401 NONCE"


def test_another_nodes_key_does_not_open_this_nodes_door(house: House, make_hand: HandFactory) -> None:
    one, other = make_hand(house), make_hand(house)
    assert code_of(post(one, PUSH, b"body", key=other.key)) == "403 BAD_SIGNATURE"


def test_without_a_nonce_a_node_is_given_one_and_signs_again_by_itself(hand: Hand) -> None:
    wire = hand.house.group.head.wire
    wire.requests.clear()
    assert hand.hello().status == "ok"
    assert [r.headers[NONCE_HEADER] == "" for r in wire.requests] == [True, False]
    wire.requests.clear()
    hand.hello()
    assert len(wire.requests) == 1, "the next request uses the nonce that came with the answer"


def test_a_body_altered_on_its_way_is_refused_and_the_node_tries_again_later(hand: Hand) -> None:
    hand.hello()
    batch = hand.batch([hand.insert("stations", rows.station(hand.house))])
    hand.house.group.head.wire.fail(PUSH, request_truncated)
    with pytest.raises(TurnedAway, match="signed"):
        hand.send(batch)
    assert hand.send(batch).status == "ok"


def test_a_revoked_node_is_refused_on_every_door_at_its_next_request(hand: Hand) -> None:
    """S25."""
    hand.push([hand.insert("stations", rows.station(hand.house))])
    hand.house.revoke()
    batch = hand.batch([hand.insert("stations", rows.station(hand.house))])
    for ask in (lambda: hand.send(batch), hand.pull, hand.hello):
        with pytest.raises(TurnedAway) as refused:
            ask()
        assert refused.value.code == "REVOKED"
    assert hand.house.group.value("SELECT count(*) FROM stations") == 1


def test_a_question_held_while_the_node_is_revoked_brings_no_news(hand: Hand, hub_loop: LoopThread) -> None:
    """S25."""
    house = hand.house
    at = {scope: len(house.group.feed(scope)) for scope in (house.group.org_id, house.id)}
    asked = {"protocol": 1, "incarnation": 1, "cursors": {s: [n, 1] for s, n in at.items()}, "wait": 20}
    hand.hello()
    refused: list[str] = []

    def ask() -> None:
        try:
            hand.link.call("/sync/v1/pull", pack_json(msgspec.json.encode(asked)), PullAnswer)
        except TurnedAway as error:
            refused.append(error.code)

    thread = threading.Thread(target=ask)
    thread.start()
    board = house.group.head.host.board
    wait_until(lambda: board._waiting.get(house.id))
    house.revoke()
    house.group.rows("UPDATE properties SET name = 'Secret' WHERE id = %s", house.id)
    hub_loop.loop.call_soon_threadsafe(board.tell, house.id, 0)
    thread.join(20)
    assert refused == ["REVOKED"]


def test_a_revoked_node_stops_and_says_why_and_its_work_goes_on(node: Node, house: House) -> None:
    house.revoke()
    node.run_sql(
        "INSERT INTO stations (org_id, id, property_id, name, sort)"
        " VALUES (:org_id, :property_id, :property_id, 'Still here', 0)"
    )
    node.engine.start()
    wait_until(lambda: node.engine.current().stopped == "REVOKED")
    node.engine.stop()
    assert node.value("SELECT count(*) FROM stations") == 1
    assert len(node.outbox()) == 1


def test_a_node_that_is_let_in_again_no_longer_says_that_it_was_stopped(node: Node, house: House) -> None:
    house.revoke()
    with pytest.raises(TurnedAway):
        node.pull()
    node.engine._note(stopped="REVOKED")
    house.group.rows("UPDATE sync_nodes SET status = 'active' WHERE property_id = %s", house.id)
    node.pull()
    assert node.engine.current().stopped is None


def enrol(house: House, code: str, key: Ed25519PrivateKey) -> httpx2.Response:
    """Asks to be taken in."""
    with httpx2.Client(base_url=HUB_URL, transport=house.group.head.wire.end()) as client:
        return client.post("/sync/v1/enrol", json={"code": code, "public_key": public_text(key)})


def code_for(house: House) -> str:
    """A one-time code of the property."""
    with house.group.head.database.transaction(house.group.org_id) as connection:
        return offer_code(connection, house.group.org_id, house.id)[0]


def test_a_code_takes_in_one_node_however_it_is_typed(house: House) -> None:
    code = code_for(house)
    first = enrol(house, f" {code.lower().replace('-', ' ')} ", Ed25519PrivateKey.generate())
    assert first.status_code == 201
    assert first.json()["property_id"] == house.id
    assert code_of(enrol(house, code, Ed25519PrivateKey.generate())) == "401 CODE_NOT_GOOD"


def test_an_expired_code_takes_in_nobody(house: House) -> None:
    code = code_for(house)
    house.group.rows("UPDATE sync_codes SET expires_at = now() - interval '1 second'")
    assert code_of(enrol(house, code, Ed25519PrivateKey.generate())) == "401 CODE_NOT_GOOD"
    assert house.group.value("SELECT count(*) FROM sync_nodes") == 0


def test_codes_cannot_be_guessed_by_trying(house: House) -> None:
    code = code_for(house)
    tries = [code_of(enrol(house, f"AAAA-BBBB-CCCC-DDDD-EEE{n}", Ed25519PrivateKey.generate())) for n in range(5)]
    assert tries == ["401 CODE_NOT_GOOD"] * 5
    assert code_of(enrol(house, code, Ed25519PrivateKey.generate())) == "429 TOO_MANY_TRIES"


def test_two_nodes_never_get_one_number(house: House, make_hand: HandFactory) -> None:
    made = [make_hand(house) for _ in range(3)]
    assert [hand.number for hand in made] == [1, 2, 3]
    codes = house.group.rows("SELECT code FROM sync_nodes ORDER BY number")
    assert [row["code"] for row in codes] == ["A", "B", "C"]


def test_no_number_that_was_given_in_a_time_that_head_office_forgot_is_given_again(
    house: House, make_hand: HandFactory
) -> None:
    """It knows no more than that there was such a time."""
    make_hand(house)
    make_hand(house)
    house.group.rows("UPDATE sync_scopes SET put_back_at = now() WHERE scope = org_id")
    assert [make_hand(house).number for _ in range(2)] == [3 + FORGOTTEN_MAX, 4 + FORGOTTEN_MAX]


@pytest.mark.parametrize(
    ("low", "high", "sentence"), [(3, 5, "this node 3 to 5. Update head office."), (0, 0, "0 to 0. Update the node.")]
)
def test_ends_without_a_protocol_in_common_are_told_which_to_update(
    hand: Hand, low: int, high: int, sentence: str
) -> None:
    said = Hello(low, 1, 0, 0, "", "9.9", wall_ms(), high)
    with pytest.raises(TurnedAway, match=sentence) as refused:
        hand.link.call("/sync/v1/hello", pack(said), HelloAnswer)
    assert refused.value.code == "PROTOCOL"


@pytest.mark.parametrize(("low", "high", "spoken"), [(1, 0, 1), (1, 1, 1), (1, 2, 2), (2, 9, 2), (1, 9, 2)])
def test_the_newest_protocol_that_both_ends_know_is_spoken(hand: Hand, low: int, high: int, spoken: int) -> None:
    said = Hello(low, 1, 0, 0, "", "9.9", wall_ms(), high)
    assert hand.link.call("/sync/v1/hello", pack(said), HelloAnswer).protocol == spoken


@pytest.mark.parametrize("path", ["/sync/v1/push", "/sync/v1/pull"])
def test_no_request_of_a_protocol_that_head_office_does_not_speak_is_taken(hand: Hand, path: str) -> None:
    batch = hand.batch([hand.insert("stations", rows.station(hand.house))])
    batch.protocol = 9
    asked = batch if path == PUSH else PullRequest(9, 1, {})
    with pytest.raises(TurnedAway, match="Update head office"):
        hand.link.call(path, pack(asked), PushAnswer)
    assert hand.house.group.value("SELECT count(*) FROM stations") == 0


def test_a_node_of_another_protocol_stops_says_so_and_goes_on_once_one_end_is_updated(node: Node, house: House) -> None:
    """S20."""

    def refuse(request: httpx2.Request, call: Call) -> httpx2.Response:
        error = {"code": "PROTOCOL", "message": "Head office speaks protocol 8 to 9. Update the node.", "details": {}}
        return httpx2.Response(426, json={"error": error})

    house.group.head.wire.fail(PUSH, refuse)
    node.run_sql(
        "INSERT INTO stations (org_id, id, property_id, name, sort)"
        " VALUES (:org_id, :property_id, :property_id, 'Still here', 0)"
    )
    node.engine._resting.stop()
    node.engine._attempt("push", lambda: node.engine.push_next(node.link))
    status = node.engine.current()
    assert (status.stopped, status.push_error) == ("PROTOCOL", "Head office speaks protocol 8 to 9. Update the node.")
    assert node.value("SELECT count(*) FROM stations") == 1
    house.group.head.wire.requests.clear()
    node.push()
    assert [r.url.path for r in house.group.head.wire.requests] == ["/sync/v1/hello", PUSH], (
        "it asks anew what to speak"
    )
    assert node.engine.current().stopped is None


def test_a_hub_that_is_not_there_is_no_answer() -> None:
    link = Link("http://127.0.0.1:9", new_id(), Ed25519PrivateKey.generate())
    with pytest.raises(LinkDown):
        link.call("/sync/v1/hello", b"", PushAnswer)
    link.close()


class Stream:
    """A connection that was just made."""

    is_open = True

    def close(self) -> None:
        """Ends it."""
        self.is_open = False


def test_a_link_that_is_closed_while_it_connects_leaves_no_connection() -> None:
    link, made = Link("http://127.0.0.1:9", new_id(), Ed25519PrivateKey.generate()), Stream()
    link.close()
    link._trace("connection.connect_tcp.complete", {"return_value": made})
    assert not made.is_open


def test_a_push_heard_twice_at_the_moment_of_revocation_changes_nothing(hand: Hand) -> None:
    hand.hello()
    batch = hand.batch([hand.insert("stations", rows.station(hand.house))])
    hand.house.group.head.wire.fail(PUSH, before(hand.house.revoke))
    with pytest.raises(TurnedAway):
        hand.send(batch)
    assert hand.house.group.value("SELECT count(*) FROM stations") == 0
