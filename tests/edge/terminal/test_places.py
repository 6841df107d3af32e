"""Where an order goes, in words."""

import pytest

from edge.terminal.acts import place_words


@pytest.mark.parametrize(
    ("table", "channel", "words"),
    [
        ("12", "dine_in", "Table 12"),
        ("301", "room_service", "Room 301"),
        (None, "room_service", "Room service"),
        (None, "takeaway", "Take-away"),
    ],
)
def test_a_room_is_not_a_table(table: str | None, channel: str, words: str) -> None:
    assert place_words(table, channel) == words
