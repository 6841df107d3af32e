"""What a menu may say."""

import pytest

from hospitality.ground.errors import Invalid
from hospitality.menu.rules import (
    AMOUNT_MINOR_MAX,
    check_choices,
    check_delta,
    check_prep,
    check_price,
    check_rate,
    check_sort,
)


def test_what_a_menu_may_say() -> None:
    assert check_price(0) == 0
    assert check_delta(-AMOUNT_MINOR_MAX) == -AMOUNT_MINOR_MAX
    assert check_rate(10_000) == 10_000
    assert check_prep(0) == 0
    assert check_sort(0) == 0
    check_choices(0, 1, options=1)


@pytest.mark.parametrize(
    ("check", "value"),
    [
        (check_price, -1),
        (check_price, AMOUNT_MINOR_MAX + 1),
        (check_delta, AMOUNT_MINOR_MAX + 1),
        (check_rate, -1),
        (check_rate, 10_001),
        (check_prep, -1),
        (check_prep, 86_401),
        (check_sort, -1),
    ],
)
def test_numbers_that_no_menu_has(check: object, value: int) -> None:
    with pytest.raises(Invalid):
        check(value)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("least", "most", "options"), [(-1, 1, 1), (2, 1, 3), (0, 0, 1), (0, 101, 1), (1, 1, 0), (1, 1, 201)]
)
def test_limits_that_nobody_can_meet(least: int, most: int, options: int) -> None:
    with pytest.raises(Invalid):
        check_choices(least, most, options=options)
