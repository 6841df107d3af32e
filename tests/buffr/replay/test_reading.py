from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buffr.replay import reading
from buffr.replay.choices import Choices
from buffr.replay.reading import (
    COLUMNS,
    LINE_BYTES_MAX,
    ExportUnreadable,
    Line,
    Reading,
    Refusal,
    format_export,
    parse_export,
    read_export,
)
from tests.buffr.replay.exports import ANY_LINES

HEADER = "\t".join(COLUMNS).encode() + b"\n"
GOOD = b"7\t2\tBowl\t[Salsa, [Rice, Beans]]\t$16.98 \n"
GOOD_LINE = Line("7", 2, "Bowl", Choices(("Salsa",), ("Rice", "Beans")), 1698)


def parsed(content: bytes) -> Reading:
    return parse_export(BytesIO(content))


def test_the_price_is_the_lines_total_and_a_unit_costs_its_share() -> None:
    found = parsed(HEADER + GOOD)
    assert found == Reading((GOOD_LINE,), ())
    assert found.lines[0].unit_price_minor == 849
    assert (found.orders, found.revenue_minor) == (1, 1698)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"7\t2\tBowl\tNULL", "4 columns instead of 5"),
        (b"7\t2\tBowl\tNULL\t$1.00\tmore", "6 columns instead of 5"),
        (b"", "1 columns instead of 5"),
        (b"7\ttwo\tBowl\tNULL\t$1.00", "quantity 'two' is not a whole number"),
        (b"7\t1.5\tBowl\tNULL\t$1.00", "quantity '1.5' is not a whole number"),
        ("7\t٣\tBowl\tNULL\t$3.00".encode(), "quantity '\\u0663' is not a whole number"),
        (b"7\tNULL\tBowl\tNULL\t$1.00", "quantity 'NULL' is not a whole number"),
        (b"7\t0\tBowl\tNULL\t$1.00", "quantity 0 is less than 1"),
        (b"7\t-1\tBowl\tNULL\t$1.00", "quantity -1 is less than 1"),
        (b"7\t1000\tBowl\tNULL\t$1.00", "quantity 1000 is more than 999"),
        (b"7\t1\tBowl\tNULL\tfree", "price 'free' is not an amount like $16.98"),
        (b"7\t1\tBowl\tNULL\t$1.5", "price '$1.5' is not an amount like $16.98"),
        (b"7\t1\tBowl\tNULL\t$-1.00", "price '$-1.00' is not an amount like $16.98"),
        (b"7\t1\tBowl\tNULL\t1e3", "price '1e3' is not an amount like $16.98"),
        (b"7\t1\tBowl\tNULL\t$1,000.00", "price '$1,000.00' is not an amount like $16.98"),
        (b"7\t1\tBowl\tNULL\t$1000000.00", "price '$1000000.00' is more than 99999999 minor units"),
        (b"7\t3\tBowl\tNULL\t$1.00", "price $1.00 can't be divided by quantity 3 into whole minor units"),
        (b"7\t1\tBowl\t[Salsa, [Rice]\t$1.00", "unbalanced brackets: one is never closed"),
        (b"7\t1\t \tNULL\t$1.00", "item_name is empty"),
        (b"7\t1\tNULL\tNULL\t$1.00", "item_name is empty"),
        (b"\t1\tBowl\tNULL\t$1.00", "order_id is empty"),
        (b"7\t1\t" + b"x" * 101 + b"\tNULL\t$1.00", "item_name is longer than 100 characters"),
        (b"7" * 65 + b"\t1\tBowl\tNULL\t$1.00", "order_id is longer than 64 characters"),
        (b"7\t1\tBowl\t[" + b"x" * 101 + b"]\t$1.00", "a choice is longer than 100 characters"),
        (b"7\t1\tBowl\t" + b"x" * 2001 + b"\t$1.00", "choice_description is longer than 2000 characters"),
        (b"7\t1\tBo\x1b[1mwl\tNULL\t$1.00", "item_name has a control character"),
        (b"7\t1\tBowl\t[Sal\x00sa]\t$1.00", "choice_description has a control character"),
        (b"7\t1\tB\xff\tNULL\t$1.00", "not UTF-8 text at byte 6"),
        (b"7\t1\t" + b"x" * LINE_BYTES_MAX + b"\tNULL\t$1.00", f"longer than {LINE_BYTES_MAX} bytes"),
    ],
)
def test_a_malformed_line_is_refused_by_number_and_reason_and_the_rest_goes_on(line: bytes, reason: str) -> None:
    found = parsed(HEADER + GOOD + line + b"\n" + GOOD)
    assert found == Reading((GOOD_LINE, GOOD_LINE), (Refusal(3, reason),))


def test_the_longest_line_is_read_and_the_next_longer_refused() -> None:
    short = b"7\t1\tBowl\tNULL\t$1.00"
    longest = short + b" " * (LINE_BYTES_MAX - len(short))
    for end in (b"\n", b"\r\n", b""):
        assert len(parsed(HEADER + longest + end).lines) == 1
        assert parsed(HEADER + longest + b" " + end).refusals == (Refusal(2, f"longer than {LINE_BYTES_MAX} bytes"),)


def test_a_line_longer_than_many_reads_hides_no_line_after_it() -> None:
    found = parsed(HEADER + b"x" * (5 * LINE_BYTES_MAX) + b"\n" + GOOD)
    assert [refusal.line_no for refusal in found.refusals] == [2]
    assert found.lines == (GOOD_LINE,)


def test_windows_line_ends_a_byte_order_mark_and_no_end_are_read_alike() -> None:
    content = b"\xef\xbb\xbf" + (HEADER + GOOD).replace(b"\n", b"\r\n")
    assert parsed(content) == parsed(HEADER + GOOD) == parsed((HEADER + GOOD).removesuffix(b"\n"))


def test_columns_are_found_by_name_in_any_order() -> None:
    content = (
        b"item_price\titem_name\torder_id\tchoice_description\tquantity\n$16.98\tBowl\t7\t[Salsa, [Rice, Beans]]\t2\n"
    )
    assert parsed(content).lines == (GOOD_LINE,)


@pytest.mark.parametrize(
    ("header", "problem"),
    [
        (b"", "misses the column order_id"),
        (b"order_id\tquantity\titem_name\tchoice_description\n", "misses the column item_price"),
        (HEADER.replace(b"quantity", b"item_name"), "misses the column quantity"),
        (HEADER.replace(b"\n", b"\tquantity\n"), "has the column quantity twice"),
        (HEADER.replace(b"\n", b"\ttip\n"), "has the unknown column 'tip'"),
        (b"\xff\xfe" + HEADER, "is not UTF-8 text"),
        (GOOD, "misses the column order_id"),
    ],
)
def test_a_header_that_names_other_columns_refuses_the_file(header: bytes, problem: str) -> None:
    with pytest.raises(ExportUnreadable, match=problem):
        parsed(header + GOOD)


def test_a_file_of_too_many_lines_is_refused_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LINES_MAX", 2)
    assert len(parsed(HEADER + GOOD).lines) == 1
    with pytest.raises(ExportUnreadable, match="more than 2 lines"):
        parsed(HEADER + GOOD + GOOD)


def test_an_export_is_read_from_its_file(tmp_path: Path) -> None:
    file = tmp_path / "orders.tsv"
    file.write_bytes(HEADER + GOOD + GOOD)
    assert read_export(file).lines == (GOOD_LINE, GOOD_LINE)


@given(st.lists(ANY_LINES, max_size=6))
def test_lines_are_read_back_as_they_were_written(written: list[Line]) -> None:
    found = parsed(format_export(written))
    assert found == Reading(tuple(written), ())
    assert found.revenue_minor == sum(line.unit_price_minor * line.quantity for line in written)
    assert type(found.revenue_minor) is int


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_line_by_line(content: bytes) -> None:
    found = parsed(HEADER + content)
    line_count = content.count(b"\n") + (not content.endswith(b"\n") and bool(content))
    assert len(found.lines) + len(found.refusals) == line_count


@given(st.text(st.sampled_from("\t\t\t17$.[], ab\n\r\x1c\u2028"), max_size=120))
def test_any_text_like_an_export_is_read_or_refused_line_by_line(text: str) -> None:
    found = parsed(HEADER + text.encode())
    assert len(found.lines) + len(found.refusals) == text.count("\n") + (not text.endswith("\n") and bool(text))


@given(st.text(max_size=200))
def test_any_text_as_a_header_is_read_or_refused(text: str) -> None:
    with pytest.raises(ExportUnreadable):
        parsed(text.encode() + b"\n")
