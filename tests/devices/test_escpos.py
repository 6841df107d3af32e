"""Bytes of our encoder read by the virtual printer's head, which shares no code with it."""

from collections.abc import Iterable
from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.documents import QR, Align, Cut, Document, Kick, Rule, Size, Text, pair
from devices.escpos import (
    RESYNC,
    EndMarker,
    encode,
    end_of_job,
    process_id,
    without_real_time_commands,
)
from devices.layout import Line, lay_out
from devices.lettering import tidy
from devices.profiles import THERMAL_80, thermal
from devices.virtual.commands import Name, take_command
from devices.virtual.head import Head
from devices.virtual.paper import PictureRow, Strip

shown_text = st.text(st.one_of(st.characters(codec="cp858"), st.characters(codec="utf-8")), min_size=1, max_size=70)


class Reader:
    """The virtual printer's head with nothing around it."""

    def __init__(self, dots: int = 512) -> None:
        self.slips: list[Strip] = []
        self.head = Head(dots, lambda: None, self.slips.append)
        self.buffer = bytearray()

    def read(self, data: bytes) -> "Reader":
        self.buffer += data
        while command := take_command(self.buffer):
            self.head.carry_out(command)
        return self

    def texts(self) -> list[str]:
        return [strip.text() for strip in self.slips]


def expected(document: Document, columns: int) -> str:
    """What must stand on the paper: text where the code page has it, else one picture for adjacent lines."""
    lines: list[str] = []
    steps = [step for step in lay_out(document, columns) if isinstance(step, Line | QR)]
    for drawn, group in groupby(steps, lambda step: isinstance(step, Line) and THERMAL_80.page_for(step.text) is None):
        if drawn:
            height = sum(max(30, 24 * step.size.tall) for step in group if isinstance(step, Line))
            lines.append(f"[picture {columns * 12}x{height}]")
        else:
            lines.extend(_as_text(group))
    return "\n".join(lines)


def _as_text(steps: Iterable[Line | QR]) -> list[str]:
    return [
        (" " * step.pad + step.text).rstrip() if isinstance(step, Line) else f"[QR {step.content}]" for step in steps
    ]


@settings(deadline=None)
@given(
    st.lists(
        st.builds(
            Text,
            shown_text,
            bold=st.booleans(),
            size=st.sampled_from(Size),
            align=st.sampled_from(Align),
            inverse=st.booleans(),
            indent=st.integers(0, 8),
        )
        | st.builds(pair, shown_text, shown_text, lead=st.sampled_from(("", "2", "10"))),
        max_size=5,
    ),
    st.sampled_from((32, 42)),
)
def test_what_is_laid_out_is_what_stands_on_the_paper(texts: list[Text], columns: int) -> None:
    document = Document((Text("top"), *texts, Text("end"), Cut()))
    reader = Reader().read(encode(document, thermal(columns)))
    assert reader.texts() == [expected(document, columns)]
    assert reader.head.tally.nonsense == 0
    assert not reader.buffer


@settings(deadline=None)
@given(st.characters(codec="utf-8"))
def test_no_character_turns_into_a_question_mark_or_nothing(character: str) -> None:
    text = tidy(character).replace("\n", "")
    reader = Reader().read(encode(Document((Text(f"<{character}>"), Rule(), Cut()))))
    (strip,) = reader.slips
    shown = strip.text()
    assert "?" not in shown or character == "?"
    if THERMAL_80.page_for(text):
        assert text in shown
    else:
        picture = strip.rows[0]
        assert isinstance(picture, PictureRow)
        assert picture.picture.crop((12, 0, 12 * 3, 24)).getbbox() is not None


def test_cp858_letters_are_printed_as_letters() -> None:
    text = "Crème brûlée €5 Ñandú Müller Åse ½ £ ¿qué? °C × ─┐"
    (shown,) = Reader(768).read(encode(Document((Text(text), Cut())), thermal(64))).texts()
    assert shown == text


def test_two_different_texts_outside_the_code_page_are_two_different_pictures() -> None:
    def picture(text: str) -> bytes:
        row = Reader().read(encode(Document((Text(text), Cut())))).slips[0].rows[0]
        assert isinstance(row, PictureRow)
        return row.picture.tobytes()

    assert len({picture(text) for text in ("Żurek", "Žurek", "Zürek ☕", "漢", "字")}) == 5


def test_a_text_cannot_command_the_printer() -> None:
    nasty = "\x1bp\x00\x32\x32 \x1dV\x00 \x10\x14\x01\x00\x01 \x1b@"
    reader = Reader().read(encode(Document((Text(nasty), Text("still here"), Cut()))))
    assert reader.head.tally.kicks == 0
    assert reader.head.tally.cuts == 1
    assert reader.texts()[0].endswith("still here")


@settings(deadline=None)
@given(st.integers(0, 10_000), st.booleans())
def test_a_job_cut_short_anywhere_does_not_spoil_the_next(at: int, pictures: bool) -> None:
    odd = "Žluťoučký kůň 漢字 " if pictures else "Soup "
    first = Document((Text(odd * 6, size=Size.BIG), QR("https://a.example/" + "x" * 60), Text(odd), Cut()))
    second = Document((Text("REPRINT"), Text("Soup of the day"), Cut()))
    data = encode(first)
    reader = Reader().read(data[: at % len(data)])
    reader.read(encode(second, after_cut_short=True))
    assert reader.texts()[-1] == "REPRINT\nSoup of the day"
    assert reader.head.tally.kicks == 0


def test_no_command_of_ours_outlasts_the_resync(kitchen_ticket: Document) -> None:
    document = Document((Text("漢" * 300, size=Size.HUGE), QR("https://a.example/" + "x" * 380), Cut()))
    for columns in (32, 42, 48, 64):
        buffer = bytearray(encode(document, thermal(columns)) + encode(kitchen_ticket, thermal(columns)))
        while command := take_command(buffer):
            assert command.name is Name.CHARACTERS or len(command.data) + 8 < len(RESYNC)


@settings(deadline=None)
@given(st.lists(st.sampled_from((0x00, 0x04, 0x05, 0x10, 0x14, 0xFF))).map(bytes))
def test_pictures_hold_no_bytes_that_a_printer_takes_for_a_real_time_command(dots: bytes) -> None:
    sent = without_real_time_commands(dots)
    assert not any(b"\x10" + second in sent for second in (b"\x04", b"\x05", b"\x14"))
    # Dots are only added, and each is the last of its byte.
    assert [byte & 0xFE for byte in sent] == [byte & 0xFE for byte in dots]


def test_a_drawer_is_kicked_and_the_other_too() -> None:
    data = encode(Document((Kick(), Kick(2))))
    assert b"\x1bp\x00" in data
    assert b"\x1bp\x01" in data


def test_a_qr_code_shrinks_to_the_paper() -> None:
    (strip,) = Reader(384).read(encode(Document((QR("x" * 400, dots=16), Cut())), thermal(32))).slips
    assert strip.text() == f"[QR {'x' * 400}]"
    code = next(row for row in strip.rows if isinstance(row, PictureRow))
    assert code.picture.width <= 384


def test_the_end_marker_names_the_job() -> None:
    assert end_of_job("a/1", EndMarker.PAPER_STATUS) == b"\x1dr\x01"
    named = end_of_job("a/1", EndMarker.PROCESS_ID)
    assert named == b"\x1d(H\x06\x00\x30\x30" + process_id("a/1")
    assert process_id("a/1") != process_id("a/2")


@settings(deadline=None)
@given(st.text(max_size=30))
def test_a_process_id_is_four_printable_characters(job: str) -> None:
    assert len(process_id(job)) == 4
    assert all(0x21 <= letter <= 0x7E for letter in process_id(job))


@pytest.mark.parametrize("columns", [15, 65])
def test_an_impossible_paper_is_refused(columns: int) -> None:
    with pytest.raises(ValueError, match="columns"):
        encode(Document((Rule(),)), thermal(columns))
