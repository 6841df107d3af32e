import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices import documents
from devices.documents import (
    QR,
    Align,
    Blank,
    Cell,
    Columns,
    Cut,
    Document,
    DocumentRefused,
    Element,
    Kick,
    Rule,
    Size,
    Text,
    from_json,
    marked_reprint,
    pair,
    to_json,
)

any_text = st.text(max_size=60)
sizes, aligns = st.sampled_from(Size), st.sampled_from(Align)
cells = st.builds(Cell, any_text, width=st.none() | st.integers(1, 40), align=aligns)
elements: st.SearchStrategy[Element] = st.one_of(
    st.builds(
        Text,
        any_text,
        bold=st.booleans(),
        size=sizes,
        align=aligns,
        inverse=st.booleans(),
        indent=st.integers(0, 16),
    ),
    st.builds(Columns, st.lists(cells, min_size=1, max_size=8).map(tuple), bold=st.booleans(), size=sizes),
    st.builds(Rule, st.booleans()),
    st.builds(Blank, st.integers(1, 20)),
    st.builds(QR, st.text("abcxyz012/:.é漢", min_size=1, max_size=100)),
    st.just(Cut()),
    st.builds(Kick, st.integers(1, 2)),
)
any_document = st.builds(Document, st.lists(elements, max_size=12).map(tuple), any_text)


@settings(deadline=None)
@given(any_document)
def test_a_document_comes_back_from_its_stored_form_as_it_was(document: Document) -> None:
    assert from_json(to_json(document)) == document


@settings(deadline=None)
@given(st.text(st.characters(codec=None), max_size=20))
def test_a_lone_surrogate_can_be_stored(text: str) -> None:
    stored = to_json(Document((Text(text + "\ud800"),)))
    assert from_json(stored).elements[0] == Text(text + "\ud800")


@pytest.mark.parametrize(
    "stored",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b'{"elements":[{"kind":"hologram"}]}',
        b'{"elements":[{"kind":"text"}]}',
        b'{"elements":[{"kind":"text","text":"a","blink":true}]}',
        b'{"elements":[{"kind":"text","text":"a","indent":99}]}',
        b'{"elements":[{"kind":"blank","lines":0}]}',
        b'{"elements":[{"kind":"columns","cells":[]}]}',
        b'{"elements":[],"elephants":[]}',
    ],
)
def test_a_stored_form_that_is_none_is_refused(stored: bytes) -> None:
    with pytest.raises(DocumentRefused):
        from_json(stored)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(stored: bytes) -> None:
    try:
        from_json(stored)
    except DocumentRefused:
        return


def test_what_breaks_its_bounds_is_refused_and_says_so() -> None:
    with pytest.raises(DocumentRefused, match="characters of a text"):
        Text("a" * (documents.TEXT_CHARACTERS_MAX + 1))
    with pytest.raises(DocumentRefused, match="number of elements"):
        Document((Cut(),) * (documents.ELEMENTS_MAX + 1))
    with pytest.raises(DocumentRefused, match="Only one cell"):
        Columns((Cell("a", grow=True), Cell("b", grow=True)))
    with pytest.raises(DocumentRefused, match="printable"):
        QR("a\nb")
    with pytest.raises(DocumentRefused, match="QR code"):
        QR("")
    with pytest.raises(DocumentRefused, match="bytes of the document"):
        to_json(Document((Text("a" * documents.TEXT_CHARACTERS_MAX),) * 200))
    with pytest.raises(DocumentRefused, match="bytes of the document"):
        from_json(b" " * (documents.DOCUMENT_BYTES_MAX + 1))


def test_a_document_cannot_be_changed() -> None:
    text = Text("a")
    with pytest.raises(AttributeError):
        text.text = "b"  # type: ignore[misc]


def test_a_reprint_is_marked_first_and_opens_no_drawer(receipt: Document) -> None:
    marked = marked_reprint(receipt, "Copy 2, 19:47, Ama")
    assert marked.elements[0] == Text("REPRINT", bold=True, size=Size.BIG, align=Align.CENTER, inverse=True)
    assert marked.elements[1] == Text("Copy 2, 19:47, Ama", align=Align.CENTER)
    assert marked.elements[3:] == tuple(element for element in receipt.elements if element != Kick())
    assert marked.title == receipt.title


def test_a_reprint_of_the_longest_slip_is_still_marked() -> None:
    longest = Document((Rule(),) * documents.ELEMENTS_MAX)
    marked = marked_reprint(longest, "again")
    assert len(marked.elements) == documents.ELEMENTS_MAX
    assert from_json(to_json(marked)) == marked


def test_a_pair_is_stored_as_columns() -> None:
    row = pair("Soup", "4.50", lead="2", lead_width=3)
    assert [cell.text for cell in row.cells] == ["2", "Soup", "4.50"]
    assert msgspec.json.decode(msgspec.json.encode(row), type=Columns) == row
