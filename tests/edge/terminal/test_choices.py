"""Options keep to each group's min and max."""

from hypothesis import given
from hypothesis import strategies as st

from edge.terminal.choices import Choices
from edge.terminal.shapes import ModifierGroup, Option


def group(least: int, most: int, options: int, name: str = "g") -> ModifierGroup:
    choices = tuple(Option(id=f"{name}{n}", name=f"{name}{n}", price_delta_minor=n * 100) for n in range(options))
    return ModifierGroup(id=name, name=name, choices_min=least, choices_max=most, options=choices)


def test_a_group_of_one_takes_the_new_choice_for_the_old() -> None:
    choices = Choices.of((group(1, 1, 3),)).toggled(0, 0).toggled(0, 2)
    assert choices.picked == ((2,),)
    assert choices.delta_minor == 200


def test_a_full_group_takes_no_more() -> None:
    choices = Choices.of((group(0, 2, 4),)).toggled(0, 0).toggled(0, 1)
    assert choices.toggled(0, 3) == choices


def test_a_choice_taken_twice_is_given_back() -> None:
    assert Choices.of((group(0, 2, 4),)).toggled(0, 1).toggled(0, 1).picked == ((),)


def test_a_group_says_how_many_it_still_needs() -> None:
    choices = Choices.of((group(0, 1, 2, "a"), group(2, 3, 4, "b")))
    assert (choices.unfinished, choices.missing(1)) == (1, 2)
    assert choices.toggled(1, 0).toggled(1, 3).unfinished is None


def test_options_chosen_before_are_chosen_again() -> None:
    choices = Choices.of((group(0, 1, 2, "a"), group(0, 2, 3, "b")), ("a1", "b0", "b2"))
    assert [option.id for _group, option in choices.chosen] == ["a1", "b0", "b2"]


@given(st.integers(1, 4), st.lists(st.integers(0, 5), max_size=30))
def test_no_run_of_keys_ever_chooses_more_than_the_most(most: int, keys: list[int]) -> None:
    choices = Choices.of((group(0, most, 6),))
    for key in keys:
        choices = choices.toggled(0, key)
        assert len(choices.picked[0]) <= most
        assert len(set(choices.picked[0])) == len(choices.picked[0])
