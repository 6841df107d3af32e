import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.documents import QR, Align, Blank, Cell, Columns, Cut, Document, Kick, Rule, Size, Text, pair
from devices.layout import Line, lay_out, to_text
from devices.lettering import tidy, width, wrap

any_text = st.text(max_size=120)
any_columns = st.sampled_from((32, 42, 48))


def letters(text: str) -> str:
    return "".join(text.split())


@settings(deadline=None)
@given(any_text, st.integers(2, 60))
def test_wrapping_loses_no_letter_and_exceeds_no_line(text: str, columns: int) -> None:
    lines = wrap(tidy(text), columns)
    assert letters("".join(lines)) == letters(tidy(text))
    assert all(width(line) <= columns for line in lines)


@settings(deadline=None)
@given(st.lists(st.text("abcdefg", min_size=1, max_size=10), min_size=1, max_size=20), st.integers(10, 40))
def test_words_that_fit_are_not_broken(words: list[str], columns: int) -> None:
    assert " ".join(wrap(" ".join(words), columns)).split() == words


@settings(deadline=None)
@given(st.text(st.characters(codec=None), max_size=60))
def test_a_tidy_text_has_nothing_that_could_command_a_printer(text: str) -> None:
    tidied = tidy(text)
    assert all(character == "\n" or ord(character) >= 0x20 for character in tidied)
    assert not any(0x7F <= ord(character) < 0xA0 for character in tidied)
    assert tidy(tidied) == tidied


def test_control_characters_are_shown_and_format_characters_dropped() -> None:
    assert tidy("a\x1b@b\x00\x7f") == "a␛@b␀␡"
    assert tidy("caf\u200be\u0301\ufeff") == "café"
    assert tidy("a\r\nb\rc\u2028d\te") == "a\nb\nc\nd e"
    assert tidy("“it’s” – 5…") == '"it\'s" - 5...'


@settings(deadline=None)
@given(any_text, st.sampled_from(Size), st.sampled_from(Align), st.booleans(), st.integers(0, 16), any_columns)
def test_a_text_stays_on_the_paper_and_keeps_its_letters(
    text: str, size: Size, align: Align, inverse: bool, indent: int, columns: int
) -> None:
    document = Document((Text(text, size=size, align=align, inverse=inverse, indent=indent),))
    lines = [step for step in lay_out(document, columns) if isinstance(step, Line)]
    assert letters("".join(line.text for line in lines)) == letters(tidy(text))
    assert all(line.pad + width(line.text) * size.wide <= columns for line in lines)


@settings(deadline=None)
@given(
    st.lists(
        st.builds(Cell, any_text, width=st.none() | st.integers(1, 30), align=st.sampled_from(Align)),
        min_size=1,
        max_size=6,
    ),
    st.sampled_from(Size),
    st.integers(0, 3),
    any_columns,
)
def test_columns_stay_on_the_paper_and_keep_their_letters(
    cells: list[Cell], size: Size, gap: int, columns: int
) -> None:
    document = Document((Columns(tuple(cells), size=size, gap=gap),))
    lines = [step for step in lay_out(document, columns) if isinstance(step, Line)]
    printed = sorted(letters("".join(line.text for line in lines)))
    assert printed == sorted(letters("".join(tidy(cell.text) for cell in cells)))
    assert all(width(line.text) * size.wide <= columns for line in lines)


def test_a_row_has_its_price_at_the_edge_and_hangs_under_its_quantity() -> None:
    rows = Document(
        (
            pair("Soup of the day with fresh bread and butter", "14.50", lead="2", lead_width=2),
            pair("Tea", "3.00", lead="10", lead_width=2),
        )
    )
    assert to_text(rows, 32).split("\n") == [
        " 2 Soup of the day with    14.50",
        "   fresh bread and butter",
        "10 Tea                      3.00",
    ]


def test_wide_letters_take_two_columns_in_a_row() -> None:
    assert to_text(Document((pair("餃子", "5.00"),)), 16) == "餃子        5.00"


def test_a_table_keeps_its_numbers_whole_on_narrow_paper() -> None:
    def row(*texts: str) -> Columns:
        first, *rest = texts
        return Columns((Cell(first, grow=True), *(Cell(text, width=10, align=Align.RIGHT) for text in rest)), gap=0)

    table = Document((row("Tax", "net", "tax", "gross"), row("VAT 15 %", "1034.48", "155.17", "1189.65")))
    assert to_text(table, 42).split("\n") == [
        "Tax                net       tax     gross",
        "VAT 15 %       1034.48    155.17   1189.65",
    ]
    assert to_text(table, 32).split("\n") == [
        "Tax          net     tax   gross",
        "VAT 15 % 1034.48  155.17 1189.65",
    ]


def test_a_right_text_too_long_for_its_row_gets_a_line_of_its_own() -> None:
    assert to_text(Document((pair("Total", "N$ 1,234,567.00", size=Size.BIG),)), 32).split("\n") == [
        "Total",
        " N$ 1,234,567.00",
    ]


def test_other_elements_as_text() -> None:
    document = Document((Rule(), Blank(2), Rule(double=True), QR("https://a.example"), Kick(), Cut()))
    assert to_text(document, 16) == "─" * 16 + "\n\n\n" + "═" * 16 + "\n[QR https://a.example]"


@pytest.mark.parametrize("columns", [0, 15, 65])
def test_a_paper_of_no_size_is_refused(columns: int) -> None:
    with pytest.raises(ValueError, match="columns"):
        to_text(Document(()), columns)
