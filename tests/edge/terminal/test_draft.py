"""An order as it is keyed in."""

from hypothesis import given
from hypothesis import strategies as st

from edge.terminal.choices import Chosen
from edge.terminal.draft import LINES_MAX, Draft, DraftLine, draft_of
from edge.terminal.search import QUANTITY_MAX
from edge.terminal.shapes.menu import MenuItem, ModifierGroup, Option

BACON = Option(id="bacon", name="Bacon", price_delta_minor=1500)
RARE = Option(id="rare", name="Rare")
GROUP = ModifierGroup(id="g", name="Extras", choices_min=0, choices_max=2, options=(BACON, RARE))
BURGER = MenuItem(id="burger", name="Burger", price_minor=9800, modifier_groups=(GROUP,))
LAGER = MenuItem(id="lager", name="Lager", price_minor=3200)


def test_the_same_item_with_the_same_options_grows_in_quantity() -> None:
    draft = Draft().added(DraftLine(BURGER, 1, (Chosen(BACON),))).added(DraftLine(BURGER, 2, (Chosen(BACON),)))
    assert [line.quantity for line in draft.lines] == [3]
    assert draft.estimate_minor == 3 * 11300


def test_other_options_or_a_note_make_another_line() -> None:
    draft = Draft().added(DraftLine(BURGER)).added(DraftLine(BURGER, 1, (Chosen(BACON),)))
    assert len(draft.added(DraftLine(BURGER, note="no onion")).lines) == 3


def test_a_quantity_stays_between_one_and_the_most() -> None:
    draft = Draft().added(DraftLine(LAGER))
    assert draft.with_quantity(0, 0).lines[0].quantity == 1
    assert draft.with_quantity(0, 10_000).lines[0].quantity == QUANTITY_MAX


def test_an_order_takes_so_many_lines_and_no_more() -> None:
    draft = Draft(lines=tuple(DraftLine(LAGER, note=str(n)) for n in range(LINES_MAX)))
    assert draft.added(DraftLine(BURGER)) == draft


def test_a_new_order_says_where_it_goes_and_more_lines_only_themselves() -> None:
    lines = (DraftLine(BURGER, 2, (Chosen(BACON),), "no onion"),)
    body = Draft(lines=lines, channel="dine_in", table="12", covers=4).body()
    assert body == {
        "channel": "dine_in",
        "table": "12",
        "covers": 4,
        "lines": [
            {
                "menu_item_id": "burger",
                "quantity": 2,
                "options": [{"option_id": "bacon", "quantity": 1}],
                "note": "no onion",
            }
        ],
    }
    assert Draft(lines=(DraftLine(LAGER),), order_id="o-1").body() == {
        "lines": [{"menu_item_id": "lager", "quantity": 1}]
    }


def test_an_item_gone_from_the_menu_is_left_out_of_a_draft_made_again() -> None:
    body = Draft().added(DraftLine(BURGER)).added(DraftLine(LAGER)).body()
    assert [line.item.name for line in draft_of(body, None, [LAGER]).lines] == ["Lager"]


@given(
    st.lists(
        st.builds(
            DraftLine,
            st.just(BURGER),
            st.integers(1, 9),
            st.sampled_from([(), (Chosen(BACON, 2),), (Chosen(RARE, 1, "left"),)]),
            st.sampled_from(["", "no onion", "extra hot"]),
        ),
        max_size=12,
    ),
    st.sampled_from(["", "7", "Terrace 2"]),
)
def test_a_draft_made_again_from_its_request_is_the_same(lines: list[DraftLine], table: str) -> None:
    draft = Draft(table=table, note=table and "birthday")
    for line in lines:
        draft = draft.added(line)
    assert draft_of(draft.body(), None, [BURGER, LAGER]) == draft
