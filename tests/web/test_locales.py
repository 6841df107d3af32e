from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hospitality.ground.money import exponent
from web.locales import count_text, day_text, is_right_to_left, money_text, time_text


@pytest.mark.parametrize(
    ("amount_minor", "currency", "locale", "written"),
    [
        (125_000, "NAD", "en-NA", "N$1,250.00"),
        (125_000, "EUR", "de", "1.250,00\u00a0€"),
        (125_000, "EUR", "fr-FR", "1\u202f250,00\u00a0€"),
        (3_450_016, "USD", "en-US", "$34,500.16"),
        (3_450_016, "USD", "en", "US$34,500.16"),
        (980, "JPY", "en", "¥980"),
        (12_345, "KWD", "en", "KWD\u00a012.345"),
        (-5, "ZAR", "en-ZA", "\u2212R0.05"),
        (0, "CHF", "de_CH", "CHF\u00a00.00"),
    ],
)
def test_money_is_written_as_the_reader_writes_it(amount_minor: int, currency: str, locale: str, written: str) -> None:
    assert money_text(amount_minor, currency, locale) == written


@given(
    amount_minor=st.integers(min_value=-(10**15), max_value=10**15),
    currency=st.sampled_from(["EUR", "JPY", "KWD", "NAD", "XAF"]),
    locale=st.sampled_from(["en", "en-US", "de", "fr", "ar", "af", "de-CH", "xx"]),
)
def test_the_digits_of_an_amount_are_all_there_whatever_the_locale(
    amount_minor: int, currency: str, locale: str
) -> None:
    written = money_text(amount_minor, currency, locale)
    digits = "".join(character for character in written if character.isdigit())
    assert int(digits) == abs(amount_minor)
    assert len(digits) >= 1 + exponent(currency)
    assert ("\u2212" in written) == (amount_minor < 0)


def test_counts_are_grouped() -> None:
    assert count_text(1834, "en") == "1,834"
    assert count_text(-1834, "de") == "\u22121.834"


def test_times_stand_in_the_property_s_zone() -> None:
    instant = datetime(2026, 11, 20, 18, 42, tzinfo=UTC)
    assert time_text(instant, "Africa/Windhoek") == "20:42"
    assert day_text(instant, "Asia/Tokyo", "en") == "21/11/2026"


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        time_text(datetime(2026, 11, 20, 18, 42), "UTC")


def test_arabic_and_hebrew_run_from_right_to_left() -> None:
    assert [is_right_to_left(locale) for locale in ("ar-EG", "he", "de", "xx")] == [True, True, False, False]
