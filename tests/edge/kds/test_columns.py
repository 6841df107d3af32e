"""The arithmetic that packs tickets into columns, against what must hold for any evening."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page
from starlette.applications import Starlette

from tests.browser_fixture import open_page
from tests.serving import serve
from web.pages import Pages

HEIGHT, GAP = 900, 12
heights = st.integers(min_value=30, max_value=160)
cards = st.lists(
    st.fixed_dictionaries(
        {
            "head": st.integers(min_value=64, max_value=120),
            "again": st.just(44),
            "more": st.just(36),
            "foot": st.sampled_from([0, 48]),
            "lines": st.lists(heights, min_size=1, max_size=30),
        }
    ),
    max_size=20,
)


@pytest.fixture(scope="module")
def packer(browser: Browser) -> Any:
    app = Starlette()
    Pages({}).mount(app)
    with serve(app) as url:
        page: Page = open_page(browser)
        page.goto(f"{url}/static/mark.svg")
        page.evaluate("async () => { window.packer = await import('/static/kds/columns.js'); }")
        yield lambda given_cards: page.evaluate(
            "([cards, room]) => window.packer.pack(cards, room)", [given_cards, {"height": HEIGHT, "gap": GAP}]
        )
        page.context.close()


@settings(deadline=None, max_examples=150)
@given(evening=cards)
def test_every_line_stands_once_in_order_and_no_column_overflows(packer: Any, evening: list[dict[str, Any]]) -> None:
    numbered = [{**card, "id": str(number)} for number, card in enumerate(evening)]
    columns = packer(numbered)
    by_id = {card["id"]: card for card in numbered}
    pieces = [piece for column in columns for piece in column]
    assert [piece["id"] for piece in pieces if piece["part"] == 0] == [card["id"] for card in numbered]
    assert [int(piece["id"]) for piece in pieces] == sorted(int(piece["id"]) for piece in pieces)
    for card in numbered:
        parts = [piece for piece in pieces if piece["id"] == card["id"]]
        assert parts[0]["from"] == 0
        assert parts[-1]["to"] == len(card["lines"])
        assert all(one["to"] == other["from"] for one, other in pairwise(parts))
        assert [piece["last"] for piece in parts] == [False] * (len(parts) - 1) + [True]
    for column in columns:
        assert column, "an empty column"
        assert sum(tall(by_id[piece["id"]], piece) for piece in column) + GAP * (len(column) - 1) <= HEIGHT


def tall(card: dict[str, Any], piece: dict[str, Any]) -> int:
    head = card["head"] if piece["part"] == 0 else card["again"]
    end = card["foot"] if piece["last"] else card["more"]
    return int(head + sum(card["lines"][piece["from"] : piece["to"]]) + end)


def test_a_short_ticket_is_never_torn(packer: Any) -> None:
    short = {"head": 80, "again": 44, "more": 36, "foot": 0, "lines": [60, 60, 60]}
    columns = packer([{**short, "id": str(number)} for number in range(9)])
    assert [len(column) for column in columns] == [3, 3, 3]
    assert all(piece["last"] and piece["part"] == 0 for column in columns for piece in column)


def test_a_line_taller_than_the_screen_ends_all_the_same(packer: Any) -> None:
    columns = packer([{"id": "a", "head": 80, "again": 44, "more": 36, "foot": 48, "lines": [2000, 50, 3000]}])
    assert [(piece["from"], piece["to"]) for column in columns for piece in column] == [(0, 1), (1, 2), (2, 3)]
