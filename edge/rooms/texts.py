"""The words of the rooms' page, handed to its scripts as data so that they are translated like the rest."""

from edge.staff_page.texts import staff_texts
from web.signs import count_texts
from web.texts import Texts


def rooms_texts(texts: Texts) -> dict[str, str]:
    """Every text that the page's scripts show, by key, in the language of `texts`."""
    _ = texts.gettext
    return {
        **staff_texts(texts),
        **count_texts("asks", "{count} room asks", "{count} rooms ask", texts.ngettext),
        **count_texts("away", "{count} terminal cut off", "{count} terminals cut off", texts.ngettext),
        "room": _("Room {number}"),
        "no_floor": _("No floor"),
        "no_terminal": _("No terminal"),
        "online": _("Online"),
        "cut_off": _("Cut off since {time}"),
        "not_heard": _("Cut off, not heard since the node was started"),
        "guest_left": _("Guest left"),
        "guest_left_sure": _("Yes, the guest of {number} left"),
        "guest_left_about": _("What the terminal shows of this guest is gone then. Orders stay as they are."),
        "new_terminal": _("New terminal"),
        "remove_terminal": _("Remove {name}"),
        "link_about": _("Open this link on the terminal, or scan it there. It works once, within an hour."),
        "code": _("The link as a code"),
        "done": _("Done"),
        "answer": _("Answer"),
        "answer_to": _("Answer to room {number}"),
        "wish_cleaning": _("Cleaning"),
        "wish_towels": _("Towels"),
        "wish_toiletries": _("Toiletries"),
        "wish_pillows": _("Pillows"),
        "wish_turndown": _("Turndown"),
    }
