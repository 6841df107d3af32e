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
    }
    return {**staff_texts(texts), **counted, **_state_texts(_), **_action_texts(_), **_drawing_texts(_)}


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
