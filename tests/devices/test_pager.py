"""Pagers by TAP, and buzzers: what is sent, byte for byte where makers print examples, and what is made of the answers."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from devices.buzzer import EscposBuzzer
from devices.heard import Buzz, Garbled, Page, Well
from devices.line import Line, LineBroken, Reach, open_line
from devices.pager import NONSENSE, TapPager, block
from devices.virtual.pager import VirtualBuzzer, VirtualPager
from devices.virtual.plug import Plug

TABLE = Page("123", "ABC")


@contextmanager
def line_to(folder: Path, virtual: VirtualPager | VirtualBuzzer) -> Iterator[Line]:
    with Plug(folder / "tty", virtual.hear) as plug, open_line(Reach("serial", str(plug.path))) as line:
        yield line


def test_a_block_is_as_its_makers_print_it() -> None:
    assert block("123", "ABC") == b"\x02123\rABC\r\x0317;\r"  # Zetron, series 2000, appendix A
    assert b"\x02" not in block("7", "Tisch für\x02\r2")[1:]


def test_a_pager_is_called_also_where_the_transmitter_first_mishears(tmp_path: Path) -> None:
    virtual = VirtualPager(mishears=2)
    with line_to(tmp_path, virtual) as line:
        driver = TapPager()
        assert driver.begin(line) == [Well()]
        assert [driver.do(line, TABLE), driver.do(line, Page("7", "Your table"))] == [Well(), Well()]
    assert virtual.paged == [("123", "ABC"), ("7", "Your table")]


def test_what_the_transmitter_does_not_take_was_not_paged(tmp_path: Path) -> None:
    virtual = VirtualPager(knows=frozenset({"7"}))
    with line_to(tmp_path, virtual) as line:
        refused = TapPager().do(line, TABLE)
        assert isinstance(refused, Garbled)
        assert "pager 123" in refused.detail
        virtual.knows, virtual.mishears = None, 9
        assert isinstance(TapPager().do(line, TABLE), Garbled)
        virtual.answers = b"LOGIN: "
        assert TapPager(answer_seconds=0.2).do(line, TABLE) == NONSENSE
        virtual.answers = b"?" * 600
        assert TapPager().begin(line) == [NONSENSE]
    assert virtual.paged == []


def test_a_transmitter_that_falls_silent_is_gone(tmp_path: Path) -> None:
    with line_to(tmp_path, VirtualPager(answers=b"")) as line, pytest.raises(LineBroken) as gone:
        TapPager(answer_seconds=0.05).begin(line)
    assert gone.value.trouble == "silent"


def test_a_buzzer_sounds_and_is_there_while_it_answers(tmp_path: Path) -> None:
    virtual = VirtualBuzzer()
    with line_to(tmp_path, virtual) as line:
        assert EscposBuzzer().begin(line) == [Well()]
        assert EscposBuzzer().do(line, Buzz(2)) == Well()
        assert EscposBuzzer().begin(line) == [Well()]
    assert virtual.sounded == [2]
