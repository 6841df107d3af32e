"""The weather on a wire: each kind of fate, as the two ends hear it, and nothing once it is fair again."""

import asyncio
from random import Random

import pytest

from buffr.link import BrokenOff
from tests.torture.wire import KINDS, Fate, Weather

MESSAGE = b"0123456789"


def carried(kind: str, bytes_left: int, chunks: int = 1, *, is_bad: bool = True) -> bytes:
    """What goes on of so many messages."""
    fate = Fate(Weather(Random(1), is_bad=is_bad), kind, bytes_left)

    async def carry() -> bytes:
        return b"".join([await fate.carry(MESSAGE, is_up=True) for _ in range(chunks)])

    return asyncio.run(carry())


@pytest.mark.parametrize("kind", KINDS)
def test_in_fair_weather_everything_goes_on(kind: str) -> None:
    assert carried(kind, 3, 5, is_bad=False) == 5 * MESSAGE


@pytest.mark.parametrize("kind", ["fair", "late"])
def test_what_is_only_late_goes_on_whole(kind: str) -> None:
    assert carried(kind, 3, 2) == 2 * MESSAGE


def test_what_is_broken_off_arrives_in_part() -> None:
    with pytest.raises(BrokenOff) as broken:
        carried("broken off", 13, 2)
    assert broken.value.passed == b"012"


@pytest.mark.parametrize("kind", ["reset", "half open"])
def test_what_is_reset_or_half_open_ends_with_a_reset(kind: str) -> None:
    assert carried(kind, 10) == MESSAGE
    with pytest.raises(ConnectionResetError):
        carried(kind, 9)


def test_a_seed_brings_the_same_weather_again() -> None:
    first, second = (Weather(Random(7)) for _ in range(2))
    dealt = [(fate.kind, fate.bytes_left) for fate in (first.fate() for _ in range(50))]
    assert dealt == [(fate.kind, fate.bytes_left) for fate in (second.fate() for _ in range(50))]
    assert {kind for kind, _ in dealt} == set(KINDS)
