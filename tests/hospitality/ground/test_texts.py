"""What people type, made fit to keep and print."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hospitality.ground.errors import Invalid
from hospitality.ground.texts import kept_name, kept_text, one_line


@settings(max_examples=1000)
@given(text=st.text())
def test_no_control_character_is_left_and_nothing_else_is_lost(text: str) -> None:
    kept = one_line(text)
    assert not any(unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp") for sign in kept)
    assert kept == kept.strip()
    assert one_line(kept) == kept
    visible = [sign for sign in text if unicodedata.category(sign)[0] in "LNPSM"]
    assert [sign for sign in kept if unicodedata.category(sign)[0] in "LNPSM"] == visible
    kept.encode()


def test_joiners_that_scripts_need_stay() -> None:
    family, persian = "👨\u200d👩\u200d👧", "می\u200cخواهم"
    assert (one_line(family), one_line(persian)) == (family, persian)
    assert one_line(" a\r\n\x1b@b\x00 ") == "a   @b"


def test_a_text_of_nothing_is_none() -> None:
    assert kept_text(None, what="note", length_max=5) is None
    assert kept_text(" \t\n", what="note", length_max=5) is None
    assert kept_text(" 12345 ", what="note", length_max=5) == "12345"
    with pytest.raises(Invalid) as refused:
        kept_text("123456", what="note", length_max=5)
    assert refused.value.code == "TEXT_TOO_LONG"
    assert refused.value.message == "Shorten the note to 5 characters."


@pytest.mark.parametrize("name", ["", "  ", "\x00", "x" * 121])
def test_a_name_is_there_and_not_too_long(name: str) -> None:
    with pytest.raises(Invalid) as refused:
        kept_name(name, what="person")
    assert refused.value.code == "NAME_INVALID"
    assert kept_name(" Selma ", what="person") == "Selma"
