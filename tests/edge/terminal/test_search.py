"""Items are found from whatever letters are typed."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from edge.terminal.search import Catalogue, Named, find

MENU = [
    Named("Crème brûlée", "Desserts"),
    Named("Beef burger", "Mains"),
    Named("7 Up", "Drinks"),
    Named("Cheeseburger", "Mains"),
    Named("Still water", "Drinks"),
]


def names(typed: str) -> list[str]:
    return [MENU[place].name for place in find(typed, MENU).order]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("creme", "Crème brûlée"),
        ("bb", "Beef burger"),
        ("chbrgr", "Cheeseburger"),
        ("water st", "Still water"),
        ("burg cheese", "Cheeseburger"),
        ("EEF", "Beef burger"),
        ("7 up", "7 Up"),
        ("rtaew", "Still water"),
    ],
)
def test_any_letters_of_an_item_find_it(typed: str, first: str) -> None:
    assert names(typed)[0] == first


def test_a_menu_made_ready_once_is_searched_whole() -> None:
    menu = [Named(f"Dish {n} with {'pepper' if n % 100 else 'Käse'}", "Mains") for n in range(20_000)]
    ready = Catalogue(menu)
    for typed in ("19999", "käse 700", "kse", "mai", "2 pepper", "eppep", "zz"):
        assert find(typed, ready) == find(typed, menu)
    assert find("19999", ready).order == (19_999,)
    assert find("kase 700", ready).order[:1] == (700,)


def test_a_category_finds_its_items() -> None:
    assert names("drinks") == ["7 Up", "Still water"]


def test_nothing_typed_shows_everything_in_the_menus_order() -> None:
    assert names("") == [thing.name for thing in MENU]


def test_letters_that_no_item_has_find_nothing() -> None:
    assert names("zzz") == []


@pytest.mark.parametrize("typed", ["3 burg", "3xburg", "3 x burg", "3*burg"])
def test_a_number_before_the_words_is_a_quantity(typed: str) -> None:
    found = find(typed, MENU)
    assert (found.quantity, MENU[found.order[0]].name) == (3, "Beef burger")


def test_a_digit_after_the_words_picks_a_row() -> None:
    found = find("burg2", MENU)
    assert MENU[found.order[found.pick]].name == "Cheeseburger"
    both = find("4 burg 2", MENU)
    assert (both.quantity, MENU[both.order[both.pick]].name) == (4, "Cheeseburger")


def test_a_digit_alone_picks_from_everything() -> None:
    assert find("3", MENU).pick == 2


def test_an_item_whose_name_has_a_number_keeps_it() -> None:
    found = find("7 up", MENU)
    assert (found.quantity, found.pick) == (1, 0)


@given(st.sampled_from(MENU), st.data())
def test_letters_in_their_order_always_find_the_item(thing: Named, data: st.DataObject) -> None:
    letters = [letter for letter in thing.name if letter.isalpha()]
    kept = data.draw(st.lists(st.booleans(), min_size=len(letters), max_size=len(letters)))
    typed = "".join(letter for letter, keep in zip(letters, kept, strict=True) if keep)
    assert thing.name in names(typed)


@given(st.text(max_size=20))
@example("¯")
@example("9")
def test_whatever_is_typed_gives_a_pick_within_the_list(typed: str) -> None:
    found = find(typed, MENU)
    assert found.quantity >= 1
    assert set(found.order) <= set(range(len(MENU)))
    assert found.pick < max(1, len(MENU))


def test_a_number_finds_what_has_it_and_its_beginning_what_begins_so() -> None:
    menu = [Named("12 oysters"), Named("Apple", codes=("4011", "73513537")), Named("Cola", codes=("12",))]

    def chosen(typed: str) -> tuple[str, int]:
        found = find(typed, menu)
        return menu[found.order[found.pick]].name, found.quantity

    assert chosen("4011") == chosen("73513537") == ("Apple", 1)
    assert chosen("3x4011") == chosen("3 4011") == ("Apple", 3)
    assert chosen("12") == ("Cola", 1), "a whole number before a name that begins with it"
    assert chosen("12 o") == ("12 oysters", 1)
    assert [menu[place].name for place in find("40", menu).order] == ["Apple"]
    assert find("4012", menu).order == ()
    assert find("4011 @2", menu).seat == 2
