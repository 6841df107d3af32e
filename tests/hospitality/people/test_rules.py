"""Roles, PINs and waits."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hospitality.ground.errors import Forbidden, Invalid
from hospitality.people.rules import (
    FAILURES_MAX,
    ROLES,
    check_may_give,
    check_pin,
    check_pin_length,
    check_role,
    permissions_of,
    wait_after,
)


def test_what_each_role_may() -> None:
    assert permissions_of("staff") == {
        "property.read",
        "orders.place",
        "kitchen.bump",
        "payments.take",
        "cash.drawer",
        "tables.seat",
        "menu.count",
        "rooms.serve",
    }
    assert permissions_of("service_manager") - permissions_of("staff") == {
        "orders.void",
        "orders.open_price",
        "orders.open_item",
        "orders.comp",
        "orders.discount",
        "orders.service_charge",
        "orders.exempt",
        "orders.reopen",
        "orders.despite_pause",
        "kitchen.pause",
        "menu.manage",
        "tables.manage",
        "payments.refund",
        "payments.decide",
        "payments.offline",
        "cash.pay_out",
        "invoices.cancel",
    }
    assert {"people.manage", "terminals.manage", "sync.resolve"} <= permissions_of("hospitality_manager")
    assert permissions_of("owner") == {"*"}
    assert permissions_of("pirate") == set()


@pytest.mark.parametrize(
    ("mine", "may_give"),
    [
        ("owner", ["owner", "hospitality_manager", "service_manager", "staff"]),
        ("hospitality_manager", ["hospitality_manager", "service_manager", "staff"]),
        ("service_manager", ["service_manager", "staff"]),
        ("staff", ["staff"]),
    ],
)
def test_nobody_gives_a_role_above_their_own(mine: str, may_give: list[str]) -> None:
    for role in ROLES:
        if role in may_give:
            check_may_give(permissions_of(mine), role)
        else:
            with pytest.raises(Forbidden) as refused:
                check_may_give(permissions_of(mine), role)
            assert refused.value.code == "ROLE_ABOVE_YOURS"


def test_an_unknown_role_is_invalid() -> None:
    assert check_role("staff") == "staff"
    with pytest.raises(Invalid) as refused:
        check_role("pirate")
    assert refused.value.code == "ROLE_INVALID"


@given(pin=st.text(max_size=14) | st.text("0123456789", max_size=14))
def test_a_pin_is_four_to_twelve_digits(pin: str) -> None:
    if pin.isascii() and pin.isdigit() and 4 <= len(pin) <= 12:
        check_pin(pin)
    else:
        with pytest.raises(Invalid) as refused:
            check_pin(pin)
        assert refused.value.code == "PIN_INVALID"


def test_who_manages_needs_a_longer_pin() -> None:
    check_pin_length(4, "staff")
    check_pin_length(6, "owner")
    for role in ("owner", "hospitality_manager", "service_manager"):
        with pytest.raises(Invalid) as refused:
            check_pin_length(5, role)
        assert refused.value.code == "PIN_TOO_SHORT"


def test_the_wait_begins_at_the_fifth_failure_and_doubles() -> None:
    waits = [wait_after(failures) for failures in range(1, FAILURES_MAX)]
    assert waits[:4] == [None] * 4
    assert waits[4:] == [timedelta(seconds=seconds) for seconds in (30, 60, 120, 240, 480)]
