"""A request is believed only with the node's own signature over exactly it, under a fresh nonce of the hub's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.signing import (
    NONCE_MS_MAX,
    issue_nonce,
    key_from_text,
    key_text,
    new_key,
    nonce_is_good,
    public_text,
    sign,
    verifies,
)

SECRET = b"s" * 32
NODE = "0197a000-0000-7000-8000-000000000001"
KEY = new_key()
PUBLIC = public_text(KEY)
SIGNED = {"method": "POST", "path": "/sync/v1/push", "body": b"body", "nonce": "nonce"}
SIGNATURE = sign(KEY, "POST", "/sync/v1/push", b"body", "nonce")


def test_the_nodes_own_signature_is_believed() -> None:
    assert verifies(PUBLIC, SIGNATURE, **SIGNED)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "other",
    [
        {"method": "GET"},
        {"path": "/sync/v1/pull"},
        {"path": "/sync/v1/push?a=1"},
        {"body": b"bodY"},
        {"body": b""},
        {"nonce": "another"},
    ],
    ids=str,
)
def test_a_signature_over_anything_else_is_not(other: dict[str, object]) -> None:
    assert not verifies(PUBLIC, SIGNATURE, **{**SIGNED, **other})  # type: ignore[arg-type]


def test_another_keys_signature_is_not() -> None:
    assert not verifies(public_text(new_key()), SIGNATURE, **SIGNED)  # type: ignore[arg-type]


@given(public=st.one_of(st.text(), st.just(PUBLIC)), signature=st.one_of(st.text(), st.binary().map(bytes.hex)))
def test_garbage_is_no_signature(public: str, signature: str) -> None:
    assert not verifies(public, signature, **SIGNED)  # type: ignore[arg-type]


def test_a_key_survives_being_written_down() -> None:
    assert public_text(key_from_text(key_text(KEY))) == PUBLIC


@given(now=st.integers(NONCE_MS_MAX, 2**50), age=st.integers(0, NONCE_MS_MAX))
def test_a_nonce_is_good_for_its_node_while_it_is_fresh(now: int, age: int) -> None:
    nonce = issue_nonce(SECRET, NODE, now - age)
    assert nonce_is_good(SECRET, NODE, nonce, now)
    assert not nonce_is_good(SECRET, NODE, nonce, now - age + NONCE_MS_MAX + 1), "expired"
    assert not nonce_is_good(SECRET, NODE, nonce, now - age - 1), "of the future"
    assert not nonce_is_good(SECRET, "0197a000-0000-7000-8000-000000000002", nonce, now), "another node's"
    assert not nonce_is_good(b"t" * 32, NODE, nonce, now), "another hub's"


@given(st.one_of(st.text(), st.just("")))
def test_garbage_is_no_nonce(nonce: str) -> None:
    assert not nonce_is_good(SECRET, NODE, nonce, 1_000_000)


@given(place=st.integers(0, 42))
def test_a_nonce_with_anything_altered_is_not_good(place: int) -> None:
    nonce = issue_nonce(SECRET, NODE, 1_000_000)
    other = "A" if nonce[place] != "A" else "B"
    altered = nonce[:place] + other + nonce[place + 1 :]
    # the last letter before the padding carries bits that mean nothing
    assert place == 42 or not nonce_is_good(SECRET, NODE, altered, 1_000_000)


def test_two_nonces_of_one_moment_differ() -> None:
    assert issue_nonce(SECRET, NODE, 5) != issue_nonce(SECRET, NODE, 5)
