import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.answers import Answer, Kind, paper_is_out, question, read_status, take_answer
from devices.printer import Paper, Trouble

FINE = 0x12


def test_each_kind_of_answer_is_told_by_its_fixed_bits() -> None:
    received = bytearray(b"\x11\x12\x13\x16\x00\x0f\x37\x22abcd\x00\xff")
    taken = []
    while answer := take_answer(received):
        taken.append(answer)
    assert taken == [
        Answer(Kind.REAL_TIME, 0x12),
        Answer(Kind.REAL_TIME, 0x16),
        Answer(Kind.PAPER, 0x00),
        Answer(Kind.PAPER, 0x0F),
        Answer(Kind.PROCESS, process=b"abcd"),
        Answer(Kind.GARBAGE, 0xFF),
    ]


def test_half_an_answer_waits_for_its_rest() -> None:
    received = bytearray(b"\x37\x22ab")
    assert take_answer(received) is None
    received += b"cd\x00"
    assert take_answer(received) == Answer(Kind.PROCESS, process=b"abcd")


@settings(deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_are_taken_without_end_or_error(data: bytes) -> None:
    received = bytearray(data)
    taken = 0
    while take_answer(received):
        taken += 1
    assert taken <= len(data)
    assert not received or received[0] == 0x37


def test_the_question_is_dle_eot() -> None:
    assert question(4) == b"\x10\x04\x04"


@pytest.mark.parametrize(
    ("answers", "trouble", "paper"),
    [
        ((FINE, FINE, FINE, FINE), None, Paper.PRESENT),
        ((FINE, FINE, FINE, 0x1E), None, Paper.LOW),
        ((0x1A, 0x32, FINE, 0x7E), Trouble.PAPER_OUT, Paper.OUT),
        ((FINE, FINE, FINE, 0x72), Trouble.PAPER_OUT, Paper.OUT),
        ((0x1A, 0x32, FINE, FINE), Trouble.PAPER_OUT, Paper.OUT),
        ((0x1A, 0x36, FINE, 0x7E), Trouble.COVER_OPEN, Paper.OUT),
        ((0x1A, 0x16, FINE, FINE), Trouble.COVER_OPEN, Paper.PRESENT),
        ((0x1A, 0x52, 0x1A, FINE), Trouble.CUTTER, Paper.PRESENT),
        ((0x1A, 0x52, 0x52, FINE), Trouble.OVERHEATED, Paper.PRESENT),
        ((0x1A, 0x52, 0x32, FINE), Trouble.BROKEN, Paper.PRESENT),
        ((0x1A, 0x52, FINE, FINE), Trouble.BROKEN, Paper.PRESENT),
        ((0x1A, FINE, FINE, FINE), Trouble.OFFLINE, Paper.PRESENT),
    ],
)
def test_the_four_answers_make_one_state(
    answers: tuple[int, int, int, int], trouble: Trouble | None, paper: Paper
) -> None:
    status = read_status(*answers)
    assert (status.trouble, status.paper, status.ready) == (trouble, paper, trouble is None)


def test_the_end_marker_says_whether_paper_is_left() -> None:
    assert not paper_is_out(0x00)
    assert not paper_is_out(0x03)
    assert paper_is_out(0x0F)
