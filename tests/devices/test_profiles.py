"""Every kind of printer prints every kind of element: as letters where it has them, as dots where it has not."""

import io
import os
import subprocess
import sys
from itertools import groupby
from pathlib import Path

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from devices.documents import (
    QR,
    Align,
    Barcode,
    Buzz,
    Cell,
    Columns,
    Cut,
    Document,
    DocumentRefused,
    Kick,
    Picture,
    Rule,
    Size,
    Symbology,
    Text,
    from_json,
    pair,
    to_json,
)
from devices.escpos import encode
from devices.layout import Line, lay_out, to_text
from devices.lettering import letters, width
from devices.pictures import PictureRefused, black_and_white, dots_of
from devices.preview import preview, printed
from devices.profiles import FAMILIES, IMPACT_76, THERMAL_58, THERMAL_80, Profile, profile_named, profile_names
from devices.virtual.paper import PictureRow

WORDS = ("Soup", "Żurek śląski", "Борщ", "水餃子", "ต้มยำกุ้ง", "Crème brûlée €5", "Ḉ̌ả", "Ελληνική")
profiles = st.sampled_from(profile_names()).map(profile_named)


def logo(width: int = 300, height: int = 120) -> bytes:
    drawn = Image.linear_gradient("L").resize((width, height))
    kept = io.BytesIO()
    drawn.save(kept, "PNG")
    return kept.getvalue()


def codes_in(document: Document, profile: Profile) -> set[str]:
    return {found.text for found in zxingcpp.read_barcodes(preview(document, profile))}


@settings(deadline=None, max_examples=40)
@given(profiles, st.lists(st.sampled_from(WORDS), min_size=1, max_size=4), st.sampled_from(Size), st.booleans())
def test_whatever_a_printer_lacks_a_text_comes_out_in_letters_or_dots(
    profile: Profile, words: list[str], size: Size, inverse: bool
) -> None:
    texts = [Text(word, size=size, inverse=inverse, red=inverse, align=Align.CENTER) for word in words]
    document = Document((*texts, pair("Zürich", "1.00"), Buzz(), Kick(), Rule(), Cut()))
    (strip,) = printed(document, profile)
    assert "?" not in strip.text()
    lines = [line for line in lay_out(document, profile.columns, largest=profile.largest) if isinstance(line, Line)]
    drawn = sum(isinstance(row, PictureRow) for row in strip.rows)
    assert drawn == sum(is_drawn for is_drawn, _ in groupby(lines, lambda line: profile.page_for(line.text) is None))
    for line in lines:
        if profile.page_for(line.text):
            assert line.text.strip() in strip.text()


def test_a_wide_letter_takes_two_columns_and_a_mark_none() -> None:
    assert [width(word) for word in ("水餃子", "ต้มยำกุ้ง", "Soup", "🍣")] == [6, 6, 4, 2]
    assert list(letters("กุ้ง")) == ["กุ้", "ง"]
    rows = [Columns((Cell(name, grow=True), Cell("10.00", align=Align.RIGHT))) for name in WORDS]
    assert {width(line) for line in to_text(Document(tuple(rows)), 42).splitlines()} == {42}


@pytest.mark.parametrize("profile", [*FAMILIES.values(), profile_named("POS-5890")], ids=lambda found: found.name)
def test_codes_can_be_read_back_from_every_paper(profile: Profile) -> None:
    document = Document((QR("https://a.example/f/A1-88"), Barcode("A1-0042"), Cut()))
    assert codes_in(document, profile) == {"https://a.example/f/A1-88", "A1-0042"}
    assert codes_in(Document((Barcode("4006381333931", Symbology.EAN13), Cut())), profile) == {"4006381333931"}


def test_a_barcode_that_does_not_fit_stands_as_text() -> None:
    narrow = Profile("narrow", 16)
    (strip,) = printed(Document((Barcode("AbCdEfGhIjKlMn"), Cut())), narrow)
    assert strip.text().split() == ["AbCdEfGhIjKlMn"]


@pytest.mark.parametrize(
    "content", ["4006381333932", "400638133393", "40063813339３１", "abc"], ids=["check", "short", "wide", "letters"]
)
def test_an_ean_that_checks_wrong_is_refused(content: str) -> None:
    with pytest.raises(DocumentRefused):
        Barcode(content, Symbology.EAN13)


@pytest.mark.parametrize("profile", [THERMAL_80, THERMAL_58, IMPACT_76], ids=lambda found: found.name)
def test_a_picture_is_stored_with_its_document_and_shrinks_to_the_paper(profile: Profile) -> None:
    document = Document((Picture(black_and_white(logo(900, 300), width=576), "Seaview"), Text("Below"), Cut()))
    assert from_json(to_json(document)) == document
    assert to_text(document, 42) == "[Seaview]\nBelow"
    (strip,) = printed(document, profile)
    drawn = strip.rows[0]
    assert isinstance(drawn, PictureRow)
    ink = drawn.picture.getbbox()
    assert ink is not None
    assert 2.4 < (ink[2] - ink[0]) / (ink[3] - ink[1]) < 3.6  # three to one, as it was given


@pytest.mark.parametrize("given_bytes", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n" + bytes(40), logo()[:200]])
def test_what_is_no_picture_for_paper_is_refused(given_bytes: bytes) -> None:
    with pytest.raises(DocumentRefused):
        Picture(given_bytes)
    with pytest.raises(PictureRefused):
        black_and_white(given_bytes, width=300)


def test_what_is_transparent_stays_paper() -> None:
    kept = io.BytesIO()
    Image.new("RGBA", (40, 20), (0, 0, 0, 0)).save(kept, "PNG")
    assert dots_of(black_and_white(kept.getvalue(), width=300)).getbbox() is None


def test_a_ribbon_prints_red_where_a_thermal_head_prints_a_bar() -> None:
    document = Document((Text("ALLERGY: NUTS", inverse=True, align=Align.CENTER), Text("x", red=True), Cut()))
    on_ribbon, on_thermal = encode(document, IMPACT_76), encode(document, THERMAL_80)
    assert on_ribbon.count(b"\x1br\x01") == 2
    assert b"\x1dB" not in on_ribbon
    assert b"\x1br" not in on_thermal
    (strip,) = printed(document, IMPACT_76)
    assert strip.text().splitlines()[0] == "************ ALLERGY: NUTS *************"
    red, green, _ = preview(document, IMPACT_76).split()
    assert ImageChops.subtract(red, green).point(lambda level: level > 100).getbbox() is not None


def test_models_of_other_languages_and_displays_are_not_offered() -> None:
    names = set(profile_names())
    assert {"TM-T20II", "TM-U220", "NT-5890K"} < names
    assert not {"TSP600", "OCD-300", "default"} & names
    with pytest.raises(LookupError):
        profile_named("TSP600")


def test_a_process_that_prints_leaves_nothing_among_the_temporary_files(tmp_path: Path) -> None:
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    subprocess.run([sys.executable, "-c", "import devices.escpos"], env=environment, check=True, timeout=60)
    assert not list(tmp_path.iterdir())
