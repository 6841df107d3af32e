"""Scales, customer displays and cash drawers, each against its emulator on a pseudo-terminal, and against bad answers."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.cash_drawer import Contact, SerialDrawer
from devices.customer_display import Cd5220Display, CustomerDisplay, EscposDisplay, fitted
from devices.heard import DrawerMoved, Garbled, LeftOpen, OpenDrawer, Show, Unready, Weigh, Weighed, Well
from devices.line import Line, LineBroken, Reach, open_line
from devices.scale import Scale8217, ScaleDialog06, heard_8217, heard_dialog06
from devices.virtual.counter import VirtualDisplay, VirtualDrawer, VirtualScale
from devices.virtual.plug import Plug

Scale = Scale8217 | ScaleDialog06
WAYS: list[tuple[type[Scale], Callable[[VirtualScale], Callable[[bytes], bytes]]]] = [
    (Scale8217, lambda virtual: virtual.hear_8217),
    (ScaleDialog06, lambda virtual: virtual.hear_dialog06),
]


@contextmanager
def line_to(folder: Path, hear: Callable[[bytes], bytes]) -> Iterator[Line]:
    with Plug(folder / "plug", hear) as plug, open_line(Reach("serial", str(plug.path))) as line:
        yield line


@pytest.mark.parametrize(("driver", "way"), WAYS)
def test_a_scale_tells_what_lies_on_it_once_it_is_at_rest(
    driver: type[Scale], way: Callable[[VirtualScale], Callable[[bytes], bytes]], tmp_path: Path
) -> None:
    virtual, scale = VirtualScale(), driver()
    with line_to(tmp_path, way(virtual)) as line:
        assert scale.begin(line) == [Well()]
        virtual.put(1_250)
        assert scale.do(line, Weigh(unit_price_minor=8_990)) == Weighed(1_250)
        why = []
        for grams, moving in ((1_250, True), (99_000, False), (-5, False)):
            virtual.put(grams)
            virtual.moving = moving
            said = scale.do(line, Weigh())
            assert isinstance(said, Unready)
            why.append(said.why)
        assert why == ["moving", "overload", "underload"]
        assert scale.turn(line, 0.0) == [Well()]


def test_a_dialog06_scale_tells_each_putting_down_once_and_shows_the_price(tmp_path: Path) -> None:
    virtual, scale = VirtualScale(), ScaleDialog06()
    with line_to(tmp_path, virtual.hear_dialog06) as line:
        virtual.put(400)
        assert scale.do(line, Weigh(unit_price_minor=12_345)) == Weighed(400)
        assert virtual.unit_price == 12_345
        again = scale.do(line, Weigh())
        assert isinstance(again, Unready)
        assert again.why == "unmoved"


@pytest.mark.parametrize(("driver", "way"), WAYS)
@pytest.mark.parametrize("answer", [b"hello world\r\x03", b"\x02" + b"9" * 1_000_000, b"\x0211\x1b3\x1b77\x03"])
def test_a_scale_that_talks_nonsense_is_told_as_such(
    driver: type[Scale],
    way: Callable[[VirtualScale], Callable[[bytes], bytes]],
    answer: bytes,
    tmp_path: Path,
) -> None:
    with line_to(tmp_path, way(VirtualScale(answers=answer))) as line:
        assert isinstance(driver().do(line, Weigh()), Garbled)


def test_silence_is_a_loss(tmp_path: Path) -> None:
    with line_to(tmp_path, lambda data: b"") as line, pytest.raises(LineBroken) as why:
        Scale8217().begin(line)
    assert why.value.trouble == "silent"


def test_pounds_are_grams(tmp_path: Path) -> None:
    with line_to(tmp_path, lambda data: b"\x0201.50N\r") as line:
        assert Scale8217(unit="lb").do(line, Weigh()) == Weighed(680, net=True)


@given(st.binary(max_size=80))
@settings(max_examples=100, deadline=None)
def test_no_answer_is_a_weight_by_chance(answer: bytes) -> None:
    for told in (heard_8217(answer), heard_dialog06(answer)):
        assert isinstance(told, Garbled) or answer.startswith(b"\x02")


@pytest.mark.parametrize("driver", [Cd5220Display, EscposDisplay])
def test_a_display_shows_two_lines_in_the_letters_that_it_has(driver: type[CustomerDisplay], tmp_path: Path) -> None:
    virtual = VirtualDisplay()
    with line_to(tmp_path, virtual.hear) as line:
        display = driver()
        display.begin(line)
        assert display.do(line, Show("1 Crème brûlée", "TOTAL  1 234,50 NAD and more")) == Well()
        for _ in range(200):
            if virtual.rows[1]:
                break
            line.receive(0.05)
    assert virtual.rows == ["1 Crème brûlée", "TOTAL  1 234,50 NAD"]


@given(st.text(max_size=40))
@settings(max_examples=100, deadline=None)
def test_no_text_can_command_a_display_or_run_over_its_line(text: str) -> None:
    line = fitted(text, 20, "cp437")
    assert len(line) == 20
    assert all(byte >= 0x20 for byte in line)


def test_a_drawer_opens_and_tells_when_it_is_pushed_in(tmp_path: Path) -> None:
    virtual, drawer = VirtualDrawer(), SerialDrawer()
    with line_to(tmp_path, virtual.hear) as line:
        assert drawer.begin(line) == [DrawerMoved(False)]
        assert drawer.do(line, OpenDrawer()) == Well()
        assert drawer.turn(line, 0.2) == [DrawerMoved(True)]
        virtual.is_open = False
        assert drawer.turn(line, 0.0) == [DrawerMoved(False)]
        assert drawer.turn(line, 0.0) == [Well()]
        virtual.answers = b"\xff"
        assert [type(one) for one in drawer.turn(line, 0.0)] == [Garbled]


def test_a_drawer_that_stands_open_for_too_long_says_so_until_it_is_pushed_in() -> None:
    now = [0.0]
    contact, patient = (Contact("high", seconds, lambda: now[0]) for seconds in (60, 0))
    assert contact.told(True) == patient.told(True) == [DrawerMoved(True)]
    now[0] = 59.9
    assert contact.told(True) == [Well()]
    now[0] = 60.0
    ajar = LeftOpen("The drawer has stood open for more than 60 seconds: push it in.")
    assert (contact.told(True), contact.told(True), patient.told(True)) == ([ajar], [ajar], [Well()])
    assert contact.told(False) == [DrawerMoved(False)]
    now[0] = 600.0
    assert contact.told(False) == [Well()]
    assert contact.told(True) == [DrawerMoved(True)]  # from now on anew


class Modem:
    """A serial port's control lines."""

    cts = False


def test_a_drawer_may_tell_by_a_control_line(tmp_path: Path) -> None:
    drawer = SerialDrawer(told_by="cts", open_is="low")
    with line_to(tmp_path, lambda data: b"") as line:
        modem = Modem()
        line.modem = modem  # a pseudo-terminal has none
        assert drawer.begin(line) == [DrawerMoved(True)]
        modem.cts = True
        assert drawer.turn(line, 0.0) == [DrawerMoved(False)]
        line.modem = None
        with pytest.raises(LineBroken, match="serial port"):
            drawer.turn(line, 0.0)
