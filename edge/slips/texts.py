"""The words of the print queue, handed to its scripts as data so that they are translated like the rest."""

from collections.abc import Callable

from devices.spool import State
from devices.standing import State as DeviceState
from edge.staff_page.texts import staff_texts
from web.signs import count_texts
from web.texts import Texts

Gettext = Callable[[str], str]


def slips_texts(texts: Texts) -> dict[str, str]:
    """Every text that the page's scripts show, by key, in the language of `texts`."""
    _ = texts.gettext
    states = {
        State.QUEUED: _("Waits"),
        State.SENDING: _("Is being printed"),
        State.UNKNOWN: _("May be printed"),
        State.FAILED: _("Not printed"),
        State.HELD: _("Asks: print it?"),
        State.CONFIRMED: _("Printed"),
        State.CANCELLED: _("Cancelled"),
        State.EXPIRED: _("Expired"),
    }
    of_devices = {
        DeviceState.CHECKING: _("Is being looked at"),
        DeviceState.LIVE: _("There"),
        DeviceState.GARBLED: _("Can't be understood"),
        DeviceState.LOST: _("Lost"),
        DeviceState.UNSTEADY: _("Comes and goes"),
        DeviceState.LEFT_OPEN: _("Left open"),
    }
    return {
        **staff_texts(texts),
        **count_texts("slips", "{count} slip waits", "{count} slips wait", texts.ngettext),
        **{f"state_{state.value}": words for state, words in states.items()},
        **{f"device_{state.value}": words for state, words in of_devices.items()},
        "lost_count": _("lost {count} times"),
        "only_live": _("What waits"),
        "all_slips": _("All slips"),
        "for_printer": _("{printer}, for {home}"),
        "copies": _("{count} on paper already"),
        "do_release": _("Print now"),
        "do_cancel": _("Don't print"),
        "do_print_again": _("Print again"),
        "do_move": _("Move to …"),
    }
