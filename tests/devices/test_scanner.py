"""Scanners and bump bars, on real pseudo-terminals and on bytes alone."""

from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from random import Random
from threading import Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.bump_bar import BumpBar
from devices.heard import Garbled, Heard, Pressed, Scanned
from devices.input_events import EV_SYN, EVENT, SYN_DROPPED, Keyboard, events_of
from devices.line import Line, LineBroken, Reach, open_line, read_reach
from devices.scanner import CODE_LENGTH_MAX, ENDLESS, Codes, KeyboardScanner, SerialScanner
from devices.virtual.plug import Plug

WAIT_SECONDS = 10.0
TURNS_MAX = 2_000
CODE = "5449000000996"
Driver = SerialScanner | KeyboardScanner | BumpBar


@pytest.fixture
def plug(tmp_path: Path) -> Iterator[Plug]:
    with Plug(tmp_path / "plug") as plug:
        yield plug


def told(driver: Driver, line: Line, count: int) -> list[Heard]:
    """The next things that a driver tells."""
    found: list[Heard] = []
    for _ in range(TURNS_MAX):
        if len(found) >= count:
            break
        found += driver.turn(line, WAIT_SECONDS)
    return found


def open_at(plug: Plug, way: str = "serial") -> Line:
    return open_line(Reach(way, str(plug.path)))


@pytest.mark.parametrize(
    ("way", "driver", "sent"), [("serial", SerialScanner(), str.encode), ("input", KeyboardScanner(), events_of)]
)
def test_a_scanner_tells_whole_codes(way: str, driver: Driver, sent: Callable[[str], bytes], plug: Plug) -> None:
    with open_at(plug, way) as line:
        plug.say(sent(f"{CODE}\nTray-7 #b\n"))
        assert told(driver, line, 2) == [Scanned(CODE), Scanned("Tray-7 #b")]


def test_a_megabyte_without_an_end_is_told_once_and_the_next_code_is_read(plug: Plug) -> None:
    with open_at(plug) as line:
        flood = Thread(target=plug.say, args=(b"7" * 1_000_000 + b"\r" + CODE.encode() + b"\r",))
        flood.start()
        found = told(SerialScanner(), line, 2)
        flood.join(WAIT_SECONDS)
    too_long = ENDLESS
    assert found == [Garbled(too_long), Scanned(CODE)]


def test_a_bump_bar_tells_its_keys_by_the_names_that_browsers_have(plug: Plug) -> None:
    with open_at(plug, "input") as line:
        plug.say(events_of("10\nR"))
        assert told(BumpBar(), line, 4) == [Pressed("1"), Pressed("0"), Pressed("Enter"), Pressed("R")]


def test_a_plug_pulled_out_breaks_the_line_and_put_back_is_found_again(plug: Plug) -> None:
    with open_at(plug) as line:
        plug.pull_out()
        with pytest.raises(LineBroken, match="the line"):
            told(SerialScanner(), line, 1)
    with pytest.raises(LineBroken, match=r"can't be reached at serial:.*No such file"):
        open_at(plug)
    plug.plug_in()
    with open_at(plug) as line:
        plug.say(b"1\r")
        assert told(SerialScanner(), line, 1) == [Scanned("1")]


def test_a_line_that_is_woken_comes_back_at_once(plug: Plug) -> None:
    with open_at(plug) as line:
        line.wake()
        assert line.receive(WAIT_SECONDS) == b""


def test_half_a_code_is_dropped_and_told_once() -> None:
    codes = Codes()
    assert codes.take("54490") == []
    (garbled,) = codes.quiet()
    assert isinstance(garbled, Garbled)
    assert codes.take("5449") + codes.quiet() == []
    assert codes.take(f"{CODE}\r\n") == [Scanned(CODE)]
    assert len(codes.take("1\x002\n")) == 1  # told anew, since a code was read between


def test_events_that_the_kernel_dropped_spoil_the_code_that_they_are_of() -> None:
    keyboard, whole = Keyboard(), events_of("12\n")
    dropped = EVENT.pack(0, 0, EV_SYN, SYN_DROPPED, 0)
    keys = keyboard.take(whole[: 4 * EVENT.size] + dropped + whole[4 * EVENT.size :])
    assert [key and key.name for key in keys] == ["1", None, "2", "Enter"]


@given(st.text(st.sampled_from("aZ09-_/ $\n"), max_size=60), st.integers(0, 2**16))
@settings(max_examples=60, deadline=None)
def test_whatever_pieces_events_come_in_they_are_the_same_keys(text: str, seed: int) -> None:
    chance, keyboard, data, typed = Random(seed), Keyboard(), events_of(text), ""
    while data:
        size = chance.randint(1, 60)
        typed += "".join(key.text or "\n" for key in keyboard.take(data[:size]) if key)
        data = data[size:]
    assert typed == text


@given(st.lists(st.binary(max_size=300), max_size=20))
@settings(max_examples=60, deadline=None)
def test_noise_is_no_code_and_is_told_once(pieces: list[bytes]) -> None:
    keyboard, codes = Keyboard(), Codes()
    said: list[Heard] = []
    for piece in pieces:
        said += codes.take(piece.decode("latin-1"))
        keyboard.take(piece)
    kinds = [type(one) for one in said]
    assert (Garbled, Garbled) not in pairwise(kinds)
    assert all(len(one.code) <= CODE_LENGTH_MAX for one in said if isinstance(one, Scanned))


@pytest.mark.parametrize(
    ("text", "reach"),
    [
        ("serial:/dev/ttyUSB0", Reach("serial", "/dev/ttyUSB0")),
        ("input:/dev/input/by-id/usb-Scan_1-event-kbd", Reach("input", "/dev/input/by-id/usb-Scan_1-event-kbd")),
        ("tcp:[fd00::7]:4001", Reach("tcp", "fd00::7", 4001)),
        ("serial:/etc/shadow", None),
        ("serial:/dev/../etc/shadow", None),
        ("tcp:scale.lan", None),
        ("tcp:scale.lan:99999", None),
        ("", None),
    ],
)
def test_an_address_is_a_device_of_this_machine_or_a_port_of_another(text: str, reach: Reach | None) -> None:
    assert read_reach(text) == reach
