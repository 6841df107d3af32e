"""A node's key turns while it works, and no crash of either end at any point locks the node out."""

import os

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge.keys import DAY_SECONDS, Keys, open_keys
from hospitality.ground.ids import new_id
from sync.node.rotation import rotate
from sync.node.transport import Link, LinkDown, TurnedAway
from sync.signing import NODE_HEADER, NONCE_HEADER, SIGNATURE_HEADER, issue_nonce, possession, public_text, sign
from sync.wire import Rotate, RotateAnswer, pack
from tests.sync import rows
from tests.sync.conftest import SECRET
from tests.sync.ends import HUB_URL, Hand, House, Node, wall_ms
from tests.sync.faults import Call, Fault, answer_lost, before, busy, request_lost

ROTATE = "/sync/v1/rotate"


def turn(node: Node) -> None:
    """As the node's engine does when it is due, or the command."""
    rotate(node.link, node.keys.ring, node.host.identity.node_id)


def restart(node: Node) -> None:
    """As after a crash: nothing is known but what the folder has."""
    node.close()
    node.keys = open_keys(node.keys.folder)
    node.open()


def at_the_hub(node: Node) -> tuple[str, str | None]:
    """The keys that the hub knows of the node."""
    sql = "SELECT public_key, next_key FROM sync_nodes WHERE id = %s"
    (row,) = node.house.group.rows(sql, node.host.identity.node_id)
    return row["public_key"], row["next_key"]


def on_the_disk(keys: Keys) -> str:
    """The public half of what the node would sign with after a crash."""
    return public_text(open_keys(keys.folder).node)


def write_and_sync(node: Node) -> None:
    """A change of the node's that reaches head office."""
    node.run_sql(
        "INSERT INTO stations (org_id, id, property_id, name, sort)"
        " VALUES (:org_id, lower(hex(randomblob(4))) || '-0000-7000-8000-000000000000', :property_id, 'Grill', 0)"
    )
    node.sync()
    assert node.outbox() == []


def test_a_key_is_turned_and_the_one_before_opens_nothing_any_more(node: Node) -> None:
    old = node.keys.node
    turn(node)
    assert at_the_hub(node) == (on_the_disk(node.keys), None)
    assert on_the_disk(node.keys) != public_text(old)
    write_and_sync(node)
    thief = Link(HUB_URL, node.host.identity.node_id, old, transport=node.wire.end())
    with pytest.raises(TurnedAway) as refused:
        thief.call(ROTATE, pack(Rotate(public_text(old), possession(old, node.host.identity.node_id))), RotateAnswer)
    assert refused.value.code == "BAD_SIGNATURE"
    thief.close()
    restart(node)
    write_and_sync(node)


def passes(request: httpx2.Request, call: Call) -> httpx2.Response:
    """Nothing befalls it."""
    return call(request)


@pytest.mark.parametrize("fault", [request_lost, answer_lost, busy])
@pytest.mark.parametrize("earlier", [0, 1])
@pytest.mark.parametrize("crashes", [True, False])
def test_a_crash_or_a_cut_at_any_point_locks_nobody_out(node: Node, fault: Fault, earlier: int, crashes: bool) -> None:
    node.sync()
    node.wire.fail(ROTATE, *[passes] * earlier, fault)
    with pytest.raises(LinkDown):
        turn(node)
    if crashes:
        restart(node)
    write_and_sync(node)
    assert node.keys.ring.is_due() or at_the_hub(node)[1] is None, "what was begun is gone on with"
    if node.keys.ring.is_due():
        turn(node)
    assert at_the_hub(node) == (on_the_disk(node.keys), None)
    restart(node)
    write_and_sync(node)


def test_a_crash_between_the_two_files_locks_nobody_out(node: Node) -> None:
    """The hub has the next key in force, and the node's folder still has both."""
    old = (node.keys.folder / "node.key").read_text()
    turn(node)
    (node.keys.folder / "node.next.key").write_text((node.keys.folder / "node.key").read_text())
    (node.keys.folder / "node.key").write_text(old)
    restart(node)
    write_and_sync(node)
    assert at_the_hub(node) == (on_the_disk(node.keys), None)
    assert not (node.keys.folder / "node.next.key").exists()


def test_a_key_that_waits_on_the_disk_and_was_never_told_changes_nothing(node: Node) -> None:
    node.keys.ring.begin()
    restart(node)
    write_and_sync(node)
    assert at_the_hub(node)[1] is None
    assert node.keys.ring.is_due()


def test_a_running_node_goes_on_when_another_process_turns_its_key(node: Node) -> None:
    """`buffr edge rotate-key` beside a running node."""
    write_and_sync(node)
    keys = open_keys(node.keys.folder)
    link = Link(HUB_URL, node.host.identity.node_id, keys.ring, transport=node.wire.end())
    rotate(link, keys.ring, node.host.identity.node_id)
    link.close()
    write_and_sync(node)
    assert public_text(node.keys.ring.current()) == on_the_disk(node.keys)


def test_an_answer_from_before_the_key_was_turned_turns_nothing_back(node: Node) -> None:
    before_it = node.keys.ring.current()
    following = node.keys.ring.begin()
    node.keys.ring.use(following)
    node.keys.ring.proven(before_it)
    assert node.keys.ring.current() is following


def age(node: Node, days: float) -> None:
    """Makes the key so old."""
    then = wall_ms() / 1000 - days * DAY_SECONDS
    os.utime(node.keys.folder / "node.key", (then, then))


def engine_turns(node: Node) -> None:
    """The engine as `edge.node` sets it up."""
    ring, id = node.keys.ring, node.host.identity.node_id
    ring.days = 90
    node.engine.turn = lambda link: rotate(link, ring, id) if ring.is_due() else None


def test_a_key_turns_by_itself_when_it_is_old_enough(node: Node) -> None:
    engine_turns(node)
    old = at_the_hub(node)
    age(node, 89.9)
    node.engine._turn_at_ms = 0
    node.push()
    assert at_the_hub(node) == old
    age(node, 90.1)
    node.engine._turn_at_ms = 0
    node.push()
    assert at_the_hub(node) == (on_the_disk(node.keys), None) != old


def test_a_hub_that_can_not_turn_keys_yet_holds_no_change_back(node: Node) -> None:
    """As one of the first release."""
    engine_turns(node)
    age(node, 91)
    node.engine._turn_at_ms = 0
    node.wire.fail(ROTATE, lambda request, call: httpx2.Response(404, json={"detail": "Not Found"}))
    write_and_sync(node)
    assert node.keys.ring.is_due()


@pytest.mark.parametrize("kind", ["no proof", "another node's", "another key's", "no key"])
def test_only_who_holds_a_key_can_hand_it_in(hand: Hand, kind: str) -> None:
    mine, other = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    public, proof = {
        "no proof": (public_text(mine), ""),
        "another node's": (public_text(mine), possession(mine, "0198a000-0000-7000-8000-000000000000")),
        "another key's": (public_text(mine), possession(other, hand.node_id)),
        "no key": ("AAAA", possession(mine, hand.node_id)),
    }[kind]
    with pytest.raises(LinkDown, match="422 KEY_NOT_PROVEN"):
        hand.link.call(ROTATE, pack(Rotate(public, proof)), RotateAnswer)
    assert hand.house.group.value("SELECT next_key FROM sync_nodes") is None


def test_a_key_that_waits_opens_nothing_once_the_node_is_revoked(hand: Hand, house: House) -> None:
    following = Ed25519PrivateKey.generate()
    body = pack(Rotate(public_text(following), possession(following, hand.node_id)))
    hand.link.call(ROTATE, body, RotateAnswer)
    hand.house.group.head.wire.fail(ROTATE, before(house.revoke))
    next_link = Link(HUB_URL, hand.node_id, following, transport=house.group.head.wire.end())
    with pytest.raises(TurnedAway) as refused:
        next_link.call(ROTATE, body, RotateAnswer)
    assert refused.value.code in ("REVOKED", "BAD_SIGNATURE")
    next_link.close()
    (row,) = house.group.rows("SELECT public_key, next_key FROM sync_nodes")
    assert (row["public_key"], row["next_key"]) == (public_text(hand.key), None)


# --- replay: what a wire-tap could say again within the five minutes of a nonce


def captured(hand: Hand, path: str) -> httpx2.Request:
    """The last request to a path as it crossed the wire."""
    return next(r for r in reversed(hand.house.group.head.wire.requests) if r.url.path == path)


def say_again(hand: Hand, request: httpx2.Request) -> httpx2.Response:
    """The same bytes under the same headers."""
    with httpx2.Client(base_url=HUB_URL, transport=hand.house.group.head.wire.end()) as client:
        headers = {name: request.headers[name] for name in (NODE_HEADER, NONCE_HEADER, SIGNATURE_HEADER)}
        return client.post(request.url.path, content=request.content, headers=headers)


def everything(house: House) -> list[object]:
    """All that a replay could have touched, but for when the node was seen."""
    found: list[object] = [house.group.rows(f"SELECT * FROM {t} ORDER BY id") for t in ("stations", "sync_conflicts")]
    found += [house.group.feed(scope) for scope in (house.group.org_id, house.id)]
    found += [house.group.quarantine()]
    columns = "acked, acked_hlc, incarnation, ceiling, waiting, public_key, next_key, status"
    return [*found, house.group.rows(f"SELECT {columns} FROM sync_nodes ORDER BY number")]


@pytest.mark.parametrize("door", ["push", "hello", "pull", "rotate"])
def test_a_request_said_again_while_its_nonce_is_good_changes_nothing(hand: Hand, house: House, door: str) -> None:
    following = Ed25519PrivateKey.generate()
    hand.hello()
    hand.push([hand.insert("stations", rows.station(house))], [hand.insert("order_lines", rows.line(house, new_id()))])
    hand.pull()
    hand.link.call(ROTATE, pack(Rotate(public_text(following), possession(following, hand.node_id))), RotateAnswer)
    tapped = captured(hand, f"/sync/v1/{door}")
    hand.push([hand.insert("stations", rows.station(house))])
    before_it = everything(house)
    assert say_again(hand, tapped).status_code == 200, "it is the node's own word"
    assert everything(house) == before_it


@pytest.mark.parametrize("door", ["push", "rotate"])
def test_what_was_signed_with_a_key_that_was_turned_is_nobodys_word(hand: Hand, house: House, door: str) -> None:
    hand.push([hand.insert("stations", rows.station(house))])
    following = Ed25519PrivateKey.generate()
    body = pack(Rotate(public_text(following), possession(following, hand.node_id)))
    hand.link.call(ROTATE, body, RotateAnswer)
    tapped = captured(hand, f"/sync/v1/{door}")
    next_link = Link(HUB_URL, hand.node_id, following, transport=house.group.head.wire.end())
    next_link.call(ROTATE, body, RotateAnswer)
    next_link.close()
    before_it = everything(house)
    answer = say_again(hand, tapped)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "BAD_SIGNATURE")
    assert everything(house) == before_it


def test_a_request_is_bound_to_the_five_minutes_after_its_nonce_was_handed_out(hand: Hand) -> None:
    batch = hand.batch([])
    body = pack(batch)
    nonce = issue_nonce(SECRET, hand.node_id, wall_ms() - 300_001)
    headers = {
        NODE_HEADER: hand.node_id,
        NONCE_HEADER: nonce,
        SIGNATURE_HEADER: sign(hand.key, "POST", "/sync/v1/push", body, nonce),
    }
    with httpx2.Client(base_url=HUB_URL, transport=hand.house.group.head.wire.end()) as client:
        answer = client.post("/sync/v1/push", content=body, headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "NONCE")
