"""The words of the connection sign, handed to the page's scripts as data, so that they are translated like the rest."""

from collections.abc import Callable

# One number of each kind that languages tell apart, under the names that browsers give to the kinds.
PLURAL_SAMPLES = {"one": 1, "two": 2, "few": 3, "many": 11, "other": 100}


def sign_texts(_: Callable[[str], str]) -> dict[str, str]:
    """The texts that `sign.js` and `kitchen_alarm.js` need, by key; `_` is the reader's `gettext`."""
    return {
        "sign_connecting": _("Connecting"),
        "sign_online": _("Online"),
        "sign_property_only": _("Property only"),
        "sign_cut_off": _("Cut off"),
        # Translators: {count} changes have not reached head office yet.
        "sign_waiting": _("{count} waiting"),
        # Translators: {since} is a time of day, {age} is a length of time such as 0:35.
        "sign_since": _("since {since} ({age})"),
        # Translators: {station} is a kitchen's station, {since} a time of day.
        "unheard": _("{station} is not receiving since {since}."),
        "unheard_shown": _("Its tickets are shown at {station}."),
        "unheard_printed": _("Its tickets are printed: {printer}."),
        "unheard_nowhere": _("Nobody sees its tickets: tell them what is ordered."),
        # Translators: {title} is a slip's name such as Ticket A1-104 Grill.
        "paper_alarm": _("Not on paper: {title} ({printer}). Cook from the screen, and look at the printer."),
        # Translators: so many other tickets are not on paper.
        "paper_alarm_more": _("And {count} more."),
    }


def count_texts(key: str, one: str, many: str, ngettext: Callable[[str, str, int], str]) -> dict[str, str]:
    """The forms of a text that counts, as `sayCount(key, …)` looks them up; `{count}` stands in the text."""
    return {f"{key}_{kind}": ngettext(one, many, sample) for kind, sample in PLURAL_SAMPLES.items()}
