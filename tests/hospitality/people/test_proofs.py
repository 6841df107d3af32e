"""Codes, tokens and PINs."""

import pytest
from argon2 import PasswordHasher
from hypothesis import given
from hypothesis import strategies as st

from hospitality.ground.host import Once
from hospitality.people.proofs import (
    code_hash_of,
    hash_of,
    new_code,
    new_token,
    pin_hash,
    pin_matches,
    same,
    seed,
)

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
SECRET = b"d" * 32


def test_codes_and_tokens_are_never_the_same_twice() -> None:
    assert len({new_code() for _ in range(1000)}) == 1000
    assert len({new_token() for _ in range(1000)}) == 1000


@given(chance=st.binary(min_size=32, max_size=32))
def test_a_code_is_a_hundred_bits_in_four_groups(chance: bytes) -> None:
    code = new_code(chance)
    assert [len(group) for group in code.split("-")] == [5, 5, 5, 5]
    assert not set(code) & set("ILOU")
    assert len(new_token(chance)) == 43


@given(chance=st.binary(min_size=32, max_size=32))
def test_a_code_is_read_however_it_was_typed(chance: bytes) -> None:
    code = new_code(chance)
    misread = code.lower().replace("0", "o").replace("1", "l").replace("-", " ")
    assert code_hash_of(misread) == code_hash_of(code)
    assert code_hash_of(code.replace("1", "I")) == code_hash_of(code)


def test_a_repeated_request_gets_its_first_token() -> None:
    once = Once("k", "till POST /sign-ins", "body")
    assert seed(SECRET, once, "session") == seed(SECRET, once, "session")
    others = [
        seed(SECRET, once, "terminal"),
        seed(b"e" * 32, once, "session"),
        seed(SECRET, Once("k2", once.scope, once.body_hash), "session"),
        seed(SECRET, Once("k", "other", once.body_hash), "session"),
        seed(SECRET, Once("k", once.scope, "other"), "session"),
        seed(SECRET, None, "session"),
        seed(SECRET, None, "session"),
    ]
    assert len({seed(SECRET, once, "session"), *others}) == 8


def test_a_pin_is_checked_under_the_devices_secret() -> None:
    verifier = pin_hash("1234", SECRET, QUICK)
    assert verifier.startswith("$argon2id$")
    assert pin_matches("1234", verifier, SECRET, QUICK)
    assert not pin_matches("1235", verifier, SECRET, QUICK)
    assert not pin_matches("1234", verifier, b"e" * 32, QUICK)
    assert not pin_matches("1234", "not a hash", SECRET, QUICK)
    assert pin_hash("1234", SECRET, QUICK) != verifier


@pytest.mark.parametrize(("one", "other", "equal"), [("a", "a", True), ("a", "b", False), ("é", "é", True)])
def test_hashes_are_compared_whole(one: str, other: str, equal: bool) -> None:
    assert same(hash_of(one), hash_of(other)) is equal
