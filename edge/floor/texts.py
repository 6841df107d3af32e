"""The words of the floor plan, handed to its scripts as data so that they are translated like the rest."""

from collections.abc import Callable

from edge.staff_page.texts import staff_texts
from web.signs import count_texts
from web.texts import Texts

Gettext = Callable[[str], str]


def floor_texts(texts: Texts) -> dict[str, str]:
    """Every text that the floor plan's scripts show, by key, in the language of `texts`."""
    _ = texts.gettext
    counted = {
        **count_texts("guests", "{count} guest", "{count} guests", texts.ngettext),
        **count_texts("seats", "{count} seat", "{count} seats", texts.ngettext),
        **count_texts("taken", "{count} table taken", "{count} tables taken", texts.ngettext),
        **count_texts("waiting", "{count} party waiting", "{count} parties waiting", texts.ngettext),
    }
    return {
        **staff_texts(texts),
        **counted,
        **_state_texts(_),
        **_action_texts(_),
        **_drawing_texts(_),
        **_door_texts(_),
    }


def _state_texts(_: Gettext) -> dict[str, str]:
    return {
        "state_free": _("Free"),
        "state_seated": _("Seated"),
        "state_ordered": _("Ordered"),
        "state_served": _("Served"),
        "state_bill_asked": _("Bill asked"),
        "state_paid": _("Paid"),
        "state_dirty": _("Dirty"),
        "table": _("Table {table}"),
        "joined_with": _("with {tables}"),
        "doubled": _("Seated twice"),
        "doubled_why": _("Two screens that were apart each seated guests here. See off those who are not there."),
        "kitchen_held": _("held"),
        "kitchen_placed": _("sent"),
        "kitchen_in_preparation": _("cooking"),
        "kitchen_ready": _("ready"),
        "kitchen_served": _("served"),
        "kitchen_voided": _("voided"),
    }


def _action_texts(_: Gettext) -> dict[str, str]:
    return {
        "seat": _("Seat guests"),
        "bill_asked": _("Bill asked for"),
        "ended": _("Guests left"),
        "cleaned": _("Table is clean"),
        "join": _("Put a table to it"),
        "part": _("Part the tables"),
        "join_hint": _("Choose the free table to put to table {table}. Esc ends this."),
        "guests_label": _("Guests"),
    }


def _drawing_texts(_: Gettext) -> dict[str, str]:
    return {
        "draw": _("Draw the floor"),
        "draw_end": _("Done drawing"),
        "add_area": _("Add an area"),
        "label": _("Label"),
        "seats_label": _("Seats"),
        "shape": _("Shape"),
        "shape_round": _("Round"),
        "shape_square": _("Square"),
        "shape_rectangle": _("Rectangle"),
        "width": _("Width"),
        "height": _("Height"),
        "rotation": _("Turned by, degrees"),
        "save": _("Save"),
        "take_away": _("Take the table away"),
        "area_name": _("Name of the area"),
        "moved": _("Table {table} at {x}, {y}"),
    }


def _door_texts(_: Gettext) -> dict[str, str]:
    return {
        "party_waiting": _("Waits"),
        "party_reserved": _("Reserved"),
        "party_late": _("Late"),
        "party_no_show": _("No-show"),
        # Translators: {time} is when those who wait were told that they would sit.
        "quoted": _("told {time}"),
        "told": _("called"),
        "tables_kept": _("table {tables}"),
        # Translators: on a table that is kept: the hour of a reservation, and how many guests.
        "kept": _("{time} for {guests}"),
        "clash": _("Table given twice"),
        "clash_why": _("The same table was also given to {names} at that time. Give one of them another."),
        "door_empty": _("Nobody waits, and nobody has reserved."),
        "deposit_held": _("Deposit held: {amount}"),
        "deposit_asked": _("Deposit to ask for: {amount}"),
        "seat_at": _("Seat"),
        "seat_hint": _("Press a number, or choose any free table on the plan."),
        "seat_none": _("No table fits now. Choose a free table on the plan, or call them later."),
        "keep": _("Keep a table"),
        "keep_none": _("Keep none"),
        "keep_hint": _("No table is free for a whole stay at that hour."),
        "free_until": _("until {time}"),
        "arrived": _("They are here"),
        "tell": _("Their table is ready"),
        "no_show": _("They never came"),
        "cancel": _("They cancelled"),
        "new_party": _("Guests at the door"),
        "party_name": _("Name"),
        "area_wished": _("Where they wish to sit"),
        "any_area": _("Anywhere"),
        "phone": _("Telephone"),
        "pager_given": _("Pager that they got"),
        "pager": _("pager {number}"),
        "note": _("Note"),
        "reserves": _("They reserve for later"),
        "hour": _("For when"),
        "quote": _("They would wait about {time}"),
        "quote_now": _("They can sit down now"),
        "quote_none": _("No table here is large enough for them"),
        "add_party": _("Put them on the list"),
    }
