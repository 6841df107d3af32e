"""Options keep to each group's min and max."""

from hypothesis import given
from hypothesis import strategies as st

from edge.terminal.choices import Choices, Chosen, chosen_of, leads_of, offered_by
from edge.terminal.shapes.menu import MenuItem, ModifierGroup, Option


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
    groups = (group(0, 1, 2, "a"), group(0, 2, 3, "b"))
    before = (Chosen(groups[0].options[1]), Chosen(groups[1].options[0]), Chosen(groups[1].options[2]))
    assert Choices.of(groups, before).chosen == before


@given(st.integers(1, 4), st.lists(st.integers(0, 5), max_size=30))
def test_no_run_of_keys_ever_chooses_more_than_the_most(most: int, keys: list[int]) -> None:
    choices = Choices.of((group(0, most, 6),))
    for key in keys:
        choices = choices.toggled(0, key)
        assert len(choices.picked[0]) <= most
        assert len(set(choices.picked[0])) == len(choices.picked[0])


DRESSING = group(1, 1, 2, "dressing")
SIDES = ModifierGroup(
    id="sides",
    name="Sides",
    choices_max=2,
    options=(Option(id="chips", name="Chips", preset=True), Option(id="salad", name="Salad", groups=(DRESSING,))),
)
STEAK = MenuItem(id="steak", name="Steak", price_minor=2500, modifier_groups=(SIDES,))
TOPPINGS = ModifierGroup(
    id="toppings",
    name="Toppings",
    choices_max=2,
    halves=True,
    options=(Option(id="ham", name="Ham", price_delta_minor=5),),
)
MAIN = ModifierGroup(
    id="main", name="Main", choices_min=1, options=(Option(id="main-steak", name="Steak", menu_item_id="steak"),)
)
LUNCH = MenuItem(id="lunch", name="Lunch", price_minor=2000, sold_as="set", modifier_groups=(MAIN, TOPPINGS))
MENU = {"steak": STEAK, "lunch": LUNCH}


def test_what_an_option_leads_to_opens_behind_its_group_and_is_ordered_under_it() -> None:
    choices = Choices.of(LUNCH.asks, None, leads_of(LUNCH, MENU))
    assert [slot.group.id for slot in choices.slots] == ["main", "toppings"]
    choices = choices.toggled(0, 0)
    assert [(slot.group.id, slot.depth) for slot in choices.slots] == [("main", 0), ("sides", 1), ("toppings", 0)]
    choices = choices.toggled(1, 1)
    assert choices.unfinished == 2, "the salad asks for its dressing"
    choices = choices.toggled(2, 1).toggled(1, 0)
    assert choices.unfinished is None
    (steak,) = choices.chosen
    assert [(one.option.id, one.quantity) for one in steak.under] == [("chips", 0), ("salad", 1)]
    assert [one.option.id for one in steak.under[1].under] == ["dressing1"]
    assert choices.delta_minor == 100
    bodies = [one.body() for one in choices.chosen]
    assert chosen_of(bodies, offered_by(LUNCH, MENU)) == choices.chosen
    again = Choices.of(LUNCH.asks, choices.chosen, leads_of(LUNCH, MENU))
    assert again == choices


def test_an_option_is_taken_more_than_once_and_on_halves_as_far_as_its_group_goes() -> None:
    choices = Choices.of((TOPPINGS,)).more(0, 0, 1).more(0, 0, 1)
    assert choices.more(0, 0, 1) == choices
    assert (choices.full(0), choices.delta_minor) == (True, 10)
    half = choices.more(0, 0, -1).halved(0, 0)
    assert (half.chosen[0].half, half.delta_minor, half.full(0)) == ("left", 3, False)
    assert [half.halved(0, 0).chosen[0].half, half.halved(0, 0).halved(0, 0).chosen[0].half] == ["right", None]
    assert choices.more(0, 0, -2).chosen == ()


def test_what_leaves_nothing_to_choose_asks_nothing() -> None:
    fixed = group(1, 1, 1)
    preset = ModifierGroup(id="p", name="P", choices_min=1, options=(Option(id="o", name="O", preset=True),))
    assert Choices.of((preset,)).decided
    assert not Choices.of((fixed,)).decided
