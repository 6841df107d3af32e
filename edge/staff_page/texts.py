"""The words that every page of staff hands to its scripts."""

from web.signs import sign_texts
from web.texts import Texts


def staff_texts(texts: Texts) -> dict[str, str]:
    """By key, in the language of `texts`: the connection sign, the switches, signing in, how long something lasts."""
    _ = texts.gettext
    return {
        **sign_texts(_),
        "since_minutes": _("{minutes} min"),
        "since_hours": _("{hours} h {minutes}"),
        "sign_in": _("Sign in"),
        "signed_in": _("Sign out {name}"),
        "close": _("Close"),
        "no_answer": _("The node does not answer. Nothing is lost: try again."),
        "theme_system": _("Colours: system"),
        "theme_light": _("Colours: light"),
        "theme_dark": _("Colours: dark"),
    }
