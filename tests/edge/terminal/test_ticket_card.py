"""Tickets as cards that flow into columns."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from rich.cells import cell_len

from edge.terminal.changes import Mark
from edge.terminal.shapes.kitchen import Ticket, TicketLine
from edge.terminal.shapes.orders import LineOption
from edge.terminal.widgets.ticket_card import Card, age_words, card_of, flow, urgency
from edge.terminal.words import speak

PLACED = datetime(2026, 11, 22, 19, 0, tzinfo=UTC)


def ticket(*lines: TicketLine, note: str | None = None) -> Ticket:
    return Ticket(
        id="t-1",
        order_id="o-1",
        order_number="A1-101",
        station_id="s-1",
        state="placed",
        placed_at=PLACED,
        prep_seconds=600,
        lines=lines,
        order_note=note,
        table="12",
        server="Anna",
    )


def text_of(card: Card) -> str:
    return "\n".join("".join(text for text, _tone in line) for line in card.lines)


@pytest.mark.parametrize(("seconds", "words"), [(0, "0:00"), (200, "3:20"), (3800, "1:03:20"), (-5, "0:00")])
def test_ages_run_in_minutes_then_in_hours(seconds: int, words: str) -> None:
    assert age_words(seconds) == words


@pytest.mark.parametrize(("minutes", "tone", "word"), [(7, "good", ""), (8, "warn", "due"), (10, "alarm", "LATE")])
def test_a_tickets_age_is_measured_against_its_own_prep_time(minutes: int, tone: str, word: str) -> None:
    assert urgency(ticket(), PLACED + timedelta(minutes=minutes)) == (tone, word)


def test_a_rush_a_course_and_what_a_dish_contains_are_on_the_card_and_loud_where_a_guest_is_allergic() -> None:
    plain = TicketLine(id="a", name="Soup", quantity=1, allergens=("milk",))
    loud = TicketLine(id="b", name="Cake", quantity=1, allergens=("nuts",), note="Allergy: nuts")
    rushed = structs.replace(ticket(plain, loud), rush=True, course=2)
    card = card_of(rushed, 30, number="1", now=PLACED, chosen=False)
    tones = {text.strip(): tone for line in card.lines for text, tone in line}
    assert tones["RUSH · course 2"] == tones["contains nuts"] == "alarm"
    assert tones["contains milk"] == "quiet"


def test_a_german_kitchen_reads_allergens_in_german_and_hears_of_allergies_in_german() -> None:
    soup = TicketLine(id="a", name="Suppe", quantity=1, allergens=("milk",), note="Unverträglichkeit: Milch")
    speak("de")
    try:
        card = card_of(ticket(soup), 30, number="1", now=PLACED, chosen=False)
    finally:
        speak("")
    assert {text.strip(): tone for line in card.lines for text, tone in line}["enthält Milch"] == "alarm"


def test_a_card_says_what_where_and_for_whom() -> None:
    burger = TicketLine(id="l", name="Burger", quantity=2, options=(LineOption(name="No onion"),), seat=3, note="nuts!")
    card = card_of(ticket(burger, note="Allergic"), 30, number="1", now=PLACED, chosen=True)
    shown = text_of(card)
    for words in ("1 A1-101", "Table 12", "Anna", "2 Burger", "No onion", "s3", "! nuts!", "! Allergic"):
        assert words in shown


def test_a_void_after_firing_is_in_an_inverted_bar() -> None:
    card = card_of(
        ticket(TicketLine(id="l", name="Chips", quantity=1, void_reason="gone")),
        30,
        number="",
        now=PLACED,
        chosen=False,
        marks={"l": Mark("void")},
    )
    assert any(tone == "alarm" and "VOID 1 Chips" in text for line in card.lines for text, tone in line)


@given(st.text(min_size=1, max_size=60), st.integers(1, 99), st.integers(25, 60))
def test_every_line_of_a_card_is_as_wide_as_the_card(name: str, quantity: int, width: int) -> None:
    words = " ".join(name.split()) or "x"
    printable = "".join(letter for letter in words if letter.isprintable()) or "x"
    card = card_of(
        ticket(TicketLine(id="l", name=printable, quantity=quantity)), width, number="1", now=PLACED, chosen=False
    )
    assert {sum(cell_len(text) for text, _tone in line) for line in card.lines} == {width}


@given(st.lists(st.integers(1, 40), max_size=15), st.integers(1, 5), st.integers(4, 30))
def test_cards_flow_in_order_and_lose_no_line(heights: list[int], columns: int, height: int) -> None:
    cards = [Card(f"t-{n}", tuple((((f"{n}.{y}", "plain"),)) for y in range(size))) for n, size in enumerate(heights)]
    pages = flow(cards, columns, height)
    pieces = [piece for page in pages for column in page for piece in column]
    assert all(len(page) <= columns for page in pages)
    assert all(sum(len(piece.lines) for piece in column) <= height for page in pages for column in page)
    shown = [line[0][0] for piece in pieces for line in piece.lines if line[0][1] != "warn"]
    assert shown == [f"{n}.{y}" for n, size in enumerate(heights) for y in range(size)]
