import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.documents import Size
from devices.glyphs import CELL_HEIGHT, CELL_WIDTH, font_files, glyph, has_glyph, line_picture
from devices.lettering import tidy, width_of


def test_the_bundled_monospaced_font_is_there() -> None:
    assert font_files()[0].name == "DejaVuSansMono.ttf"


@settings(deadline=None)
@given(st.characters(codec="utf-8"), st.sampled_from(Size), st.booleans())
def test_every_character_that_is_no_blank_leaves_ink(character: str, size: Size, bold: bool) -> None:
    for shown in tidy(character).replace("\n", " "):
        ink = glyph(shown, size, bold)
        assert ink.size == (CELL_WIDTH * width_of(shown) * size.wide, CELL_HEIGHT * size.tall)
        assert (ink.getbbox() is None) == (shown == " ")


def test_characters_without_a_glyph_are_told_apart() -> None:
    unassigned = [chr(code) for code in (0xE123, 0xE124, 0x10FFFD, 0xF0000)]
    assert not any(has_glyph(character) for character in unassigned)
    boxes = {glyph(character, Size.BIG, False).tobytes() for character in unassigned}
    assert len(boxes) == len(unassigned)


@pytest.mark.parametrize("character", list("AgjÉßŁőЖΩ€✓→"))
def test_usual_letters_have_a_glyph(character: str) -> None:
    assert has_glyph(character), unicodedata.name(character)


def test_an_inverse_line_is_dark_across_the_paper() -> None:
    picture = line_picture("Ž", pad=3, columns=42, size=Size.NORMAL, bold=False, inverse=True)
    assert picture.size == (42 * CELL_WIDTH, 30)
    assert picture.getpixel((0, 0)) == 255
    assert picture.getpixel((picture.width - 1, CELL_HEIGHT - 1)) == 255
    assert picture.getpixel((0, 29)) == 0
