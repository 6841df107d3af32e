from hypothesis import given, settings
from hypothesis import strategies as st

from devices.documents import Document
from devices.escpos import encode
from devices.virtual.commands import PICTURE_BYTES_MAX, Command, Name, take_command
from devices.virtual.head import ROWS_MAX, Head
from devices.virtual.paper import Strip


def commands(data: bytes) -> list[Command]:
    buffer, taken = bytearray(data), []
    while command := take_command(buffer):
        taken.append(command)
    return taken


def test_characters_and_commands_are_read_one_after_the_other() -> None:
    data = b"\x1b@ab\n\x1d!\x11C\x1dV\x42\x00\x1dV\x00\x1bp\x00\x19\xfa\x10\x04\x01\x1d(k\x03\x001Q0\x01"
    assert [(command.name, command.data) for command in commands(data)] == [
        (Name.INITIALISE, b""),
        (Name.CHARACTERS, b"ab"),
        (Name.LINE_FEED, b"\n"),
        (Name.SIZE, b"\x11"),
        (Name.CHARACTERS, b"C"),
        (Name.CUT, b"\x00"),
        (Name.CUT, b""),
        (Name.KICK, b"\x00\x19\xfa"),
        (Name.NOTHING, b"\x01"),
        (Name.CODE_2D, b"1Q0"),
        (Name.NONSENSE, b"\x01"),
    ]


def test_a_stream_in_pieces_prints_the_same(kitchen_ticket: Document) -> None:
    data = encode(kitchen_ticket)

    def printed(step: int) -> list[str]:
        slips: list[Strip] = []
        head = Head(512, lambda: None, slips.append)
        buffer = bytearray()
        for at in range(0, len(data), step):
            buffer += data[at : at + step]
            while command := take_command(buffer):
                head.carry_out(command)
        return [strip.text() for strip in slips]

    assert printed(1) == printed(7) == printed(len(data))


@settings(deadline=None)
@given(st.binary(max_size=300), st.sampled_from((b"", b"\x1d(k", b"\x1dv0", b"\x1b", b"\x1d!")))
def test_any_bytes_are_survived(data: bytes, start: bytes) -> None:
    head = Head(384, lambda: None, lambda strip: None)
    for command in commands(start + data):
        head.carry_out(command)
    head.strip.text()


def test_a_picture_beyond_all_bounds_is_not_waited_for() -> None:
    (command, *_) = commands(b"\x1dv0\x00\xff\xff\xff\xffrest")
    assert command.name is Name.NONSENSE
    assert PICTURE_BYTES_MAX < 0xFFFF * 0xFFFF


def test_a_stream_without_cuts_tears_the_strip() -> None:
    slips: list[Strip] = []
    head = Head(384, lambda: None, slips.append)
    for _ in range(ROWS_MAX + 10):
        head.carry_out(Command(Name.LINE_FEED))
    assert [len(strip.rows) for strip in slips] == [ROWS_MAX]


def test_a_line_that_is_too_long_goes_on_in_the_next() -> None:
    head = Head(120, lambda: None, lambda strip: None)
    for command in commands(b"abcdefghijklmno\n\x1d!\x11abcdefg\n"):
        head.carry_out(command)
    assert head.strip.text() == "abcdefghij\nklmno\nabcde\nfg"


def test_the_printer_aligns_within_its_area() -> None:
    head = Head(240, lambda: None, lambda strip: None)
    for command in commands(b"\x1dW\x78\x00\x1ba\x01ab\n\x1ba\x02ab\n\x1dL\x18\x00\x1ba\x00ab\n"):
        head.carry_out(command)
    assert head.strip.text() == "    ab\n        ab\n  ab"
