import pytest
from hypothesis import given
from hypothesis import strategies as st

from buffr.replay.choices import CHOICES_MAX, Choices, ChoicesMalformed, format_choices, parse_choices
from tests.buffr.replay.exports import ANY_CHOICES


@pytest.mark.parametrize(
    ("text", "choices"),
    [
        ("NULL", Choices()),
        ("", Choices()),
        ("[Sprite]", Choices(("Sprite",))),
        ("[Salsa, [Rice, Beans]]", Choices(("Salsa",), ("Rice", "Beans"))),
        ("[Salsa, Rice]", Choices(("Salsa",), ("Rice",))),
        ("[[Mild, Hot], [Rice]]", Choices(("Mild", "Hot"), ("Rice",))),
        ("[[Rice, Cheese]]", Choices((), ("Rice", "Cheese"))),
        ("[Rice, Steak, [Salsa, Cheese]]", Choices(("Rice",), ("Steak", "Salsa", "Cheese"))),
        ("  [ Salsa (Mild) ,[Rice,Rice] ] ", Choices(("Salsa (Mild)",), ("Rice", "Rice"))),
    ],
)
def test_the_first_element_leads_and_the_rest_are_the_several(text: str, choices: Choices) -> None:
    assert parse_choices(text) == choices


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[Salsa, [Rice]", "unbalanced brackets: one is never closed"),
        ("[Salsa]]", "text outside the brackets"),
        ("]Salsa[", "unbalanced brackets: one closes that was never opened"),
        ("Salsa", "text outside the brackets"),
        ("[Salsa] and more", "text outside the brackets"),
        ("[Salsa, [Rice, [Beans]]]", "brackets nest deeper than 2"),
        ("[]", "an empty choice"),
        ("[Salsa,]", "an empty choice"),
        ("[Salsa, []]", "an empty choice"),
        ("[[Rice], ]", "an empty choice"),
        ("[[Rice] Beans]", "a list is followed by text without a comma"),
        ("[Salsa [Rice]]", "a bracket inside a choice's name"),
        (f"[{', '.join(['Rice'] * (CHOICES_MAX + 1))}]", f"more than {CHOICES_MAX} choices"),
    ],
)
def test_a_malformed_list_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(ChoicesMalformed) as refused:
        parse_choices(text)
    assert str(refused.value) == reason


def test_choices_that_could_not_be_read_back_can_not_be_made() -> None:
    with pytest.raises(ChoicesMalformed):
        Choices(("Mild", "Hot"))


@given(ANY_CHOICES)
def test_choices_are_read_back_as_they_were_written(choices: Choices) -> None:
    assert parse_choices(format_choices(choices)) == choices


@given(st.text(st.sampled_from("[],ab \t")))
def test_any_text_of_brackets_is_read_or_refused(text: str) -> None:
    try:
        choices = parse_choices(text)
    except ChoicesMalformed:
        return
    assert parse_choices(format_choices(choices)) == choices
