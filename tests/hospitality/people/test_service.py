"""Accounts, PINs, sessions and terminals, on both databases."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest

from hospitality.ground.errors import Forbidden, Invalid, NotFound, Refused, TooMany
from hospitality.ground.ids import new_id
from hospitality.people.proofs import code_hash_of, hash_of, new_code, new_token
from hospitality.people.rules import ROLES
from hospitality.people.service.accounts import add_person, change_person, people_list, person
from hospitality.people.service.pins import begin_attempt, end_attempt, issue_pin_code, people_with_pins, set_pin
from hospitality.people.service.sessions import caller_for_token, known_token, open_session, sign_out
from hospitality.people.service.terminals import enrol_terminal, issue_terminal_code, revoke_terminal
from hospitality.rooms.service import add_room, edit_room
from tests.hospitality.node import Node

VERIFIER = "$argon2id$the-first"


def waiter(node: Node, role: str = "staff") -> str:
    """Somebody's id."""
    return str(node.act(add_person, display_name="Ndapewa", role=role)["id"])


def with_pin(node: Node, person_id: str, verifier: str = VERIFIER, *, length: int = 6) -> None:
    """Sets a PIN by a fresh code."""
    code = new_code()
    node.act(issue_pin_code, person_id, code_hash=code_hash_of(code))
    node.act(set_pin, code_hash=code_hash_of(code), verifier=verifier, pin_length=length)


def enrolled(node: Node, kind: str = "till", station_id: str | None = None) -> tuple[str, str]:
    """(terminal id, token) of a new screen."""
    code, token = new_code(), new_token()
    room_id = node.act(add_room, number="101")["id"] if kind == "room" else None
    node.act(
        issue_terminal_code,
        name="Till 1",
        kind=kind,
        station_id=station_id,
        room_id=room_id,
        code_hash=code_hash_of(code),
    )
    answer = node.act(enrol_terminal, code_hash=code_hash_of(code), token_hash=hash_of(token))
    return answer["terminal_id"], token


def fail(node: Node, person_id: str) -> None:
    """Tries a wrong PIN."""
    attempt = node.act(begin_attempt, person_id)
    assert node.act(end_attempt, attempt, right=False) is False


def test_accounts_are_listed_by_name_while_they_are_active(node: Node) -> None:
    made = node.act(add_person, display_name="  Ndapewa ", role="staff")
    assert made == {"id": made["id"], "display_name": "Ndapewa", "role": "staff"}
    assert [who["display_name"] for who in node.read(people_list)] == ["Ndapewa", "Selma"]
    changed = node.act(change_person, made["id"], active=False, display_name="Ndapewa")
    assert changed == {**made, "active": False}
    assert [who["display_name"] for who in node.read(people_list)] == ["Selma"]
    assert node.read(person, made["id"]) == changed
    entry = node.journal("people.person_changed")[-1]
    assert msgspec.json.decode(entry["data"]) == {
        "person_id": made["id"],
        "fields": ["active"],
        "role_before": "staff",
        "role": "staff",
        "active_before": True,
        "active": False,
    }
    before = node.store.counts()
    node.act(change_person, made["id"], active=False)
    assert node.store.counts() == before


def test_no_name_stands_in_the_journal(node: Node) -> None:
    person_id = waiter(node)
    node.act(change_person, person_id, display_name="Somebody Else", role="service_manager")
    with_pin(node, person_id)
    fail(node, person_id)
    said = msgspec.json.encode([entry["data"] for entry in node.journal()]).decode()
    assert not any(name in said for name in ("Ndapewa", "Somebody", "Selma", VERIFIER))


def test_accounts_that_are_refused_write_nothing(node: Node) -> None:
    person_id = waiter(node, "owner")
    manager = node.as_(*ROLES["hospitality_manager"])
    before = node.store.counts()
    with pytest.raises(Invalid):
        node.act(add_person, display_name="", role="staff")
    with pytest.raises(Invalid):
        node.act(add_person, display_name="Petrus", role="pirate")
    with pytest.raises(NotFound):
        node.act(change_person, new_id(), role="staff")
    with pytest.raises(Forbidden):
        node.as_(*ROLES["service_manager"]).act(add_person, display_name="Petrus", role="staff")
    verbs: list[Callable[[], object]] = [
        lambda: manager.act(add_person, display_name="Petrus", role="owner"),
        lambda: manager.act(change_person, person_id, role="staff"),
        lambda: manager.act(change_person, node.caller.person_id or "", active=False),
        lambda: manager.act(issue_pin_code, person_id, code_hash="x"),
    ]
    for refused_verb in verbs:
        with pytest.raises(Forbidden) as refused:
            refused_verb()
        assert refused.value.code == "ROLE_ABOVE_YOURS"
    assert node.store.counts() == before
    assert manager.act(add_person, display_name="Petrus", role="hospitality_manager")["role"] == "hospitality_manager"


def test_a_pin_is_set_by_a_code_that_works_once(node: Node) -> None:
    person_id = waiter(node)
    assert [who["has_pin"] for who in node.read(people_with_pins)] == [False, False]
    code = new_code()
    answer = node.act(issue_pin_code, person_id, code_hash=code_hash_of(code))
    assert answer == {"expires_at": "2026-03-02T17:00:00.000000Z"}
    before = node.store.counts()
    with pytest.raises(Forbidden) as refused:
        node.act(set_pin, code_hash=code_hash_of(new_code()), verifier=VERIFIER, pin_length=4)
    assert refused.value.code == "CODE_INVALID"
    assert node.store.counts() == before
    chosen = node.act(set_pin, code_hash=code_hash_of(code), verifier=VERIFIER, pin_length=4)
    assert chosen == {"person_id": person_id}
    assert {who["id"]: who["has_pin"] for who in node.read(people_with_pins)}[person_id] is True
    with pytest.raises(Forbidden):
        node.act(set_pin, code_hash=code_hash_of(code), verifier="another", pin_length=4)
    assert node.act(begin_attempt, person_id).verifier == VERIFIER


def test_a_code_ends_with_its_time_and_with_the_next_one(node: Node) -> None:
    person_id = waiter(node)
    first, second = new_code(), new_code()
    node.act(issue_pin_code, person_id, code_hash=code_hash_of(first))
    node.act(issue_pin_code, person_id, code_hash=code_hash_of(second), lifetime=timedelta(minutes=15))
    node.later(minutes=14)
    with pytest.raises(Forbidden):
        node.act(set_pin, code_hash=code_hash_of(first), verifier=VERIFIER, pin_length=4)
    node.later(minutes=1)
    with pytest.raises(Forbidden):
        node.act(set_pin, code_hash=code_hash_of(second), verifier=VERIFIER, pin_length=4)


def test_a_code_for_a_screen_sets_no_pin(node: Node) -> None:
    code = new_code()
    node.act(issue_terminal_code, name="Till", kind="till", code_hash=code_hash_of(code))
    with pytest.raises(Forbidden):
        node.act(set_pin, code_hash=code_hash_of(code), verifier=VERIFIER, pin_length=4)


def test_a_short_pin_of_a_manager_is_refused_and_the_code_stays_good(node: Node) -> None:
    person_id = waiter(node, "service_manager")
    code = new_code()
    node.act(issue_pin_code, person_id, code_hash=code_hash_of(code))
    with pytest.raises(Invalid) as refused:
        node.act(set_pin, code_hash=code_hash_of(code), verifier=VERIFIER, pin_length=5)
    assert refused.value.code == "PIN_TOO_SHORT"
    assert node.act(set_pin, code_hash=code_hash_of(code), verifier=VERIFIER, pin_length=6) == {"person_id": person_id}


def test_five_wrong_pins_make_one_wait_twice_as_long_each_time(node: Node) -> None:
    person_id = waiter(node)
    with_pin(node, person_id)
    for _ in range(4):
        fail(node, person_id)
    for wait in (30, 60, 120, 240, 480):
        fail(node, person_id)
        node.later(seconds=wait - 1)
        before = node.store.counts()
        with pytest.raises(TooMany) as refused:
            node.act(begin_attempt, person_id)
        assert (refused.value.code, refused.value.retry_after_seconds) == ("PIN_LOCKED", 1)
        assert node.store.counts() == before
        node.later(seconds=1)
    fail(node, person_id)
    node.later(days=400)
    with pytest.raises(TooMany) as refused:
        node.act(begin_attempt, person_id)
    assert refused.value.details["needs_code"] is True
    failures = [msgspec.json.decode(entry["data"])["failures"] for entry in node.journal("people.sign_in_refused")]
    assert failures == list(range(1, 11))
    with_pin(node, person_id, "another")
    assert node.act(begin_attempt, person_id).verifier == "another"


def test_the_right_pin_takes_the_count_back(node: Node) -> None:
    person_id = waiter(node)
    with_pin(node, person_id)
    for _ in range(4):
        fail(node, person_id)
    attempt = node.act(begin_attempt, person_id)
    assert attempt.failures == 5
    assert node.act(end_attempt, attempt, right=True) is True
    assert node.act(begin_attempt, person_id).failures == 1


def test_tries_at_the_same_time_are_all_counted_before_any_is_answered(node: Node) -> None:
    person_id = waiter(node)
    with_pin(node, person_id)
    attempts = [node.act(begin_attempt, person_id) for _ in range(5)]
    with pytest.raises(TooMany):
        node.act(begin_attempt, person_id)
    assert [attempt.failures for attempt in attempts] == [1, 2, 3, 4, 5]


def test_a_pin_that_was_replaced_meanwhile_lets_nobody_in(node: Node) -> None:
    person_id = waiter(node)
    with_pin(node, person_id)
    attempt = node.act(begin_attempt, person_id)
    with_pin(node, person_id, "another")
    assert node.act(end_attempt, attempt, right=True) is False


def test_who_has_no_pin_or_account_can_not_try(node: Node) -> None:
    person_id = waiter(node)
    with pytest.raises(Refused) as refused:
        node.act(begin_attempt, person_id)
    assert refused.value.code == "PIN_NOT_SET"
    code = new_code()
    node.act(issue_pin_code, person_id, code_hash=code_hash_of(code))
    node.act(change_person, person_id, active=False)
    verbs: list[Callable[[], object]] = [
        lambda: node.act(begin_attempt, person_id),
        lambda: node.act(set_pin, code_hash=code_hash_of(code), verifier=VERIFIER, pin_length=6),
        lambda: node.act(open_session, person_id, token_hash=hash_of(new_token())),
    ]
    for verb in verbs:
        with pytest.raises(Forbidden) as closed:
            verb()
        assert closed.value.code == "ACCOUNT_CLOSED"
    with pytest.raises(NotFound):
        node.act(begin_attempt, new_id())


@pytest.mark.parametrize(
    ("kind", "may"),
    [
        ("till", {"property.read"}),
        ("kitchen", {"property.read", "kitchen.bump", "kitchen.pause", "menu.count"}),
        ("room", set()),
    ],
)
def test_a_screens_token_tells_what_it_is(node: Node, kind: str, may: set[str]) -> None:
    station_id = new_id() if kind == "kitchen" else None
    terminal_id, token = enrolled(node, kind, station_id)
    known = node.read(known_token, hash_of(token))
    assert known is not None
    assert (known.terminal_kind, known.station_id, known.expires_at) == (kind, station_id, None)
    caller = node.read(caller_for_token, hash_of(token), now=node.now)
    assert caller == known.caller
    assert (caller.org_id, caller.property_id) == (node.caller.org_id, node.caller.property_id)
    assert (caller.terminal_id, caller.person_id, caller.permissions) == (terminal_id, None, frozenset(may))
    assert (caller.room_id is not None) is (kind == "room")
    assert node.read(caller_for_token, hash_of(new_token()), now=node.now) is None


def test_enrolling_answers_what_the_screen_shows(node: Node) -> None:
    code = new_code()
    issued = node.act(issue_terminal_code, name="Pass", kind="kitchen", code_hash=code_hash_of(code))
    assert issued == {"expires_at": "2026-03-01T18:00:00.000000Z"}
    answer = node.act(enrol_terminal, code_hash=code_hash_of(code), token_hash="t", name="Grill screen")
    assert answer == {
        "terminal_id": answer["terminal_id"],
        "name": "Grill screen",
        "kind": "kitchen",
        "station_id": None,
        "property_id": node.caller.property_id,
        "property_name": "Dune House",
    }
    before = node.store.counts()
    with pytest.raises(Forbidden):
        node.act(enrol_terminal, code_hash=code_hash_of(code), token_hash="u")
    with pytest.raises(Invalid):
        node.act(issue_terminal_code, name="Pass", kind="fridge", code_hash="c")
    away = node.act(add_room, number="7")["id"]
    node.act(edit_room, away, {"active": False})
    before = node.store.counts()
    for kind, room_id, refusal in (("room", None, Invalid), ("till", away, Invalid), ("room", away, NotFound)):
        with pytest.raises(refusal):
            node.act(issue_terminal_code, name="Pass", kind=kind, room_id=room_id, code_hash="c")
    with pytest.raises(Forbidden):
        node.as_("people.manage").act(issue_terminal_code, name="Pass", kind="till", code_hash="c")
    assert node.store.counts() == before


def test_a_session_is_a_person_at_a_screen_until_it_ends(node: Node) -> None:
    person_id = waiter(node, "service_manager")
    terminal_id, _ = enrolled(node)
    at_till = node.as_()
    at_till.caller = replace(at_till.caller, terminal_id=terminal_id, person_id=None)
    token = new_token()
    session = at_till.act(open_session, person_id, token_hash=hash_of(token))
    assert session == {
        "person": {"id": person_id, "display_name": "Ndapewa", "role": "service_manager"},
        "permissions": sorted(ROLES["service_manager"]),
        "expires_at": "2026-03-02T05:00:00.000000Z",
    }
    caller = node.read(caller_for_token, hash_of(token), now=node.now)
    assert caller is not None
    assert (caller.person_id, caller.terminal_id, caller.name) == (person_id, terminal_id, "Ndapewa")
    assert caller.permissions == ROLES["service_manager"]
    node.act(change_person, person_id, role="staff")
    demoted = node.read(caller_for_token, hash_of(token), now=node.now)
    assert demoted is not None
    assert demoted.permissions == ROLES["staff"]
    node.later(hours=12)
    assert node.read(caller_for_token, hash_of(token), now=node.now) is None


def signed_in(node: Node, person_id: str) -> tuple[str, Node]:
    """(token, the node as asked by that person) at a new till."""
    terminal_id, _ = enrolled(node)
    at_till = node.as_()
    at_till.caller = replace(at_till.caller, terminal_id=terminal_id, person_id=None)
    token = new_token()
    at_till.act(open_session, person_id, token_hash=hash_of(token))
    at_till.caller = replace(at_till.caller, person_id=person_id)
    return token, at_till


def test_signing_out_ends_this_screens_session_alone(node: Node) -> None:
    person_id = waiter(node)
    (here, at_till), (there, _) = signed_in(node, person_id), signed_in(node, person_id)
    assert at_till.act(sign_out) == {}
    assert node.read(caller_for_token, hash_of(here), now=node.now) is None
    assert node.read(caller_for_token, hash_of(there), now=node.now) is not None
    at_till.caller = replace(at_till.caller, person_id=None)
    with pytest.raises(Refused) as refused:
        at_till.act(sign_out)
    assert refused.value.code == "NOT_SIGNED_IN"


def test_a_closed_account_and_a_new_pin_end_all_sessions(node: Node) -> None:
    person_id = waiter(node)
    token, _ = signed_in(node, person_id)
    node.act(change_person, person_id, active=False)
    assert node.read(caller_for_token, hash_of(token), now=node.now) is None
    node.act(change_person, person_id, active=True)
    assert node.read(caller_for_token, hash_of(token), now=node.now) is not None
    with_pin(node, person_id)
    assert node.read(caller_for_token, hash_of(token), now=node.now) is None


def test_a_revoked_screen_and_who_is_at_it_are_out(node: Node) -> None:
    terminal_id, screen = enrolled(node)
    at_till = node.as_()
    at_till.caller = replace(at_till.caller, terminal_id=terminal_id)
    token = new_token()
    at_till.act(open_session, waiter(node), token_hash=hash_of(token))
    with pytest.raises(Forbidden):
        node.as_("people.manage").act(revoke_terminal, terminal_id)
    assert node.act(revoke_terminal, terminal_id) == {}
    assert node.read(caller_for_token, hash_of(screen), now=node.now) is None
    assert node.read(caller_for_token, hash_of(token), now=node.now) is None
    before = node.store.counts()
    assert node.act(revoke_terminal, terminal_id) == {}
    assert node.store.counts() == before
    with pytest.raises(NotFound):
        node.act(revoke_terminal, new_id())


def test_nobody_signs_in_without_a_screen(node: Node) -> None:
    nowhere = node.as_()
    nowhere.caller = replace(nowhere.caller, terminal_id=None)
    with pytest.raises(Forbidden) as refused:
        nowhere.act(open_session, waiter(node), token_hash="t")
    assert refused.value.code == "NOT_A_TERMINAL"
