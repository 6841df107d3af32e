"""What the pieces of a divided line come to."""

from hypothesis import given, settings
from hypothesis import strategies as st

from hospitality.orders.rules.pieces import Division, pieces

DIVISIONS = st.lists(st.tuples(st.integers(0, 5), st.integers(1, 9)), max_size=8)


@settings(max_examples=60, deadline=None)
@given(quantity=st.integers(1, 20), asked=DIVISIONS)
def test_the_pieces_of_a_line_add_up_to_it_whatever_was_asked_for_while_apart(
    quantity: int, asked: list[tuple[int, int]]
) -> None:
    made = [
        Division("whole" if not of or of >= n else f"part {of}", f"part {n}", wanted)
        for n, (of, wanted) in enumerate(asked, 1)
    ]
    found = pieces("whole", quantity, made)
    assert found.keys() == {"whole", *(one.part_id for one in made)}
    assert sum(found.values()) == quantity
    assert min(found.values()) >= 0
    if sum(one.quantity for one in made if one.line_id == "whole") <= quantity:
        whole = {one.part_id: one.quantity for one in made if one.line_id == "whole"}
        taken = {id: sum(found[one] for one in found if one == id or _comes_of(one, id, made)) for id in whole}
        assert taken == whole, "each has what it took, where there was enough for all"


def _comes_of(id: str, of: str, made: list[Division]) -> bool:
    by = {one.part_id: one.line_id for one in made}
    while id in by:
        id = by[id]
        if id == of:
            return True
    return False
