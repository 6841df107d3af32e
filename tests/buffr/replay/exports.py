"""Order lines as an export may hold them, for property-based tests."""

from hypothesis import strategies as st

from buffr.replay.choices import Choices
from buffr.replay.reading import PRICE_MINOR_MAX, QUANTITY_MAX, Line


def words(exclude: str = "") -> st.SearchStrategy[str]:
    """Any text that a cell can hold without blanks at its ends, but for the word for nothing."""
    letters = st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"), exclude_characters=exclude)
    return st.text(letters, min_size=1, max_size=20).map(str.strip).filter(lambda text: text not in ("", "NULL"))


def choices(names: st.SearchStrategy[str]) -> st.SearchStrategy[Choices]:
    """Choices of every shape that an export knows."""
    several = st.lists(names, min_size=1, max_size=4).map(tuple)
    return st.one_of(
        st.just(Choices()),
        names.map(lambda name: Choices((name,))),
        several.map(lambda chosen: Choices((), chosen)),
        st.builds(Choices, several, several),
    )


@st.composite
def lines(
    draw: st.DrawFn, items: st.SearchStrategy[str], chosen: st.SearchStrategy[Choices], orders: st.SearchStrategy[str]
) -> Line:
    """One line whose total divides by its quantity."""
    quantity = draw(st.integers(1, QUANTITY_MAX))
    unit_minor = draw(st.integers(0, PRICE_MINOR_MAX // quantity))
    return Line(draw(orders), quantity, draw(items), draw(chosen), unit_minor * quantity)


ANY_CHOICES = choices(words(exclude="[],"))
ANY_LINES = lines(words(), ANY_CHOICES, words())
# Few names, so that lines meet each other in items, groups, options and orders.
MEETING_LINES = lines(
    st.sampled_from(["Chicken Bowl", "Steak Bowl", "Bowl", "Izze", "Soft Drink", "Chips", "Chop"]),
    choices(st.sampled_from(["Mild", "Hot", "Rice", "Beans"])),
    st.sampled_from(["1", "2", "3"]),
)
