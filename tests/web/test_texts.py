import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.texts import CatalogueBroken, about, load_texts, parse_catalogue

POLISH = r"""
# A catalogue as a translator's tool writes it.
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);\n"

#: edge/kds/texts.py
msgid "Cut off"
msgstr "Odcięty"

msgid ""
"a long "
"text"
msgstr ""
"długi "
"\"tekst\""

#, fuzzy
msgid "Online"
msgstr "Może online"

msgid "Recall"
msgstr ""

msgctxt "money"
msgid "Change"
msgstr "Reszta"

msgid "Change"
msgstr "Zmień"

msgid "{count} cover"
msgid_plural "{count} covers"
msgstr[0] "{count} gość"
msgstr[1] "{count} goście"
msgstr[2] "{count} gości"
"""


def test_a_catalogue_translates_what_it_holds_and_leaves_the_rest_in_english() -> None:
    texts = parse_catalogue(POLISH, locale="pl")
    assert texts.gettext("Cut off") == "Odcięty"
    assert texts.gettext("a long text") == 'długi "tekst"'
    assert texts.gettext("Online") == "Online"
    assert texts.gettext("Recall") == "Recall"
    assert texts.gettext("nobody wrote this") == "nobody wrote this"


def test_one_word_for_two_things_is_said_by_what_it_is_about() -> None:
    texts = parse_catalogue(POLISH, locale="pl")
    assert (texts.gettext("Change"), texts.gettext(about("money", "Change"))) == ("Zmień", "Reszta")
    assert texts.gettext(about("places", "Open")) == "Open"


def test_counting_follows_the_language_s_own_rule() -> None:
    texts = parse_catalogue(POLISH, locale="pl")
    forms = [texts.ngettext("{count} cover", "{count} covers", count) for count in (1, 3, 5, 22)]
    assert forms == ["{count} gość", "{count} goście", "{count} gości", "{count} goście"]
    assert [texts.ngettext("{n} egg", "{n} eggs", count) for count in (1, 2)] == ["{n} egg", "{n} eggs"]


def test_a_locale_finds_its_own_catalogue_then_its_language_s_then_english(tmp_path: Path) -> None:
    (tmp_path / "pl.po").write_text(POLISH, encoding="utf-8")
    assert load_texts("pl_PL", tmp_path).gettext("Cut off") == "Odcięty"
    assert load_texts("de", tmp_path).gettext("Cut off") == "Cut off"


def test_a_locale_never_leads_out_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "secret.po").write_text(POLISH, encoding="utf-8")
    inner = tmp_path / "catalogues"
    inner.mkdir()
    assert load_texts("../secret", inner).gettext("Cut off") == "Cut off"


@pytest.mark.parametrize("broken", ['"adrift"', "msgid unquoted", 'msgid "open', "msgid 12"])
def test_a_broken_catalogue_says_which_line_to_mend(broken: str) -> None:
    with pytest.raises(CatalogueBroken, match="line 2"):
        parse_catalogue(f"\n{broken}", locale="pl")


def test_a_plural_rule_that_is_no_rule_is_refused() -> None:
    header = r'msgid ""' + "\n" + r'msgstr "Plural-Forms: nplurals=2; plural=__import__(1);\n"'
    with pytest.raises(CatalogueBroken, match="plural rule"):
        parse_catalogue(header, locale="pl")


printable = st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"]), min_size=1)


@given(st.dictionaries(printable, printable, max_size=8))
def test_whatever_a_translator_writes_comes_back(messages: dict[str, str]) -> None:
    def quoted(text: str) -> str:
        return json.dumps(text, ensure_ascii=False)

    source = "\n\n".join(f"msgid {quoted(key)}\nmsgstr {quoted(value)}" for key, value in messages.items())
    texts = parse_catalogue(source, locale="xx")
    assert {key: texts.gettext(key) for key in messages} == messages
