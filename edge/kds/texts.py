"""The words of the kitchen screen, handed to its scripts as data so that they are translated like the rest."""

from collections.abc import Callable

from web.allergens import allergen_texts
from web.signs import count_texts, sign_texts
from web.texts import Texts

Gettext = Callable[[str], str]


def kitchen_texts(texts: Texts) -> dict[str, str | list[str]]:
    """Every text that the kitchen screen's scripts show or match, by key, in the language of `texts`."""
    _ = texts.gettext
    covers = count_texts("covers", "{count} cover", "{count} covers", texts.ngettext)
    parts = (sign_texts(_), covers, _ticket_texts(_), allergen_texts(_), _step_texts(_), _board_texts(_))
    return {key: text for part in parts for key, text in part.items()}


def _ticket_texts(_: Gettext) -> dict[str, str | list[str]]:
    return {
        "table": _("Table {table}"),
        "room": _("Room {room}"),
        "room_service": _("Room service"),
        "dine_in": _("Dine in"),
        "channel_takeaway": _("Takeaway"),
        "channel_delivery": _("Delivery"),
        "channel_counter": _("Counter"),
        "seat": _("seat {seat}"),
        "course": _("course {course}"),
        "rush": _("RUSH"),
        "without": _("no {item}"),
        "half_left": _("left half: {item}"),
        "half_right": _("right half: {item}"),
        "of_whole": _("of {item}"),
        "in_preparation": _("cooking"),
        "ticket_void": _("VOID: stop cooking"),
        "line_void": _("VOID"),
        "line_placed": _("to make"),
        "line_in_preparation": _("cooking"),
        "line_ready": _("ready"),
        "line_served": _("served"),
        "line_added": _("ADDED"),
        "line_changed": _("CHANGED"),
        "line_was": _("CHANGED, was {quantity}"),
        "age_soon": _("soon"),
        "age_late": _("late"),
        "continued": _("continued"),
        "continues": _("continues"),
        "contains": _("contains {allergens}"),
        # Translators: parts of words, in small letters, separated by a bar; a note with one of them is shown as an
        # allergy.
        "allergy_words": _("allerg|anaphyla|epipen|intoleran|coeliac|celiac").split("|"),
        # Translators: first words, in small letters, separated by a bar; an option that begins with one is a removal.
        "removal_words": _("no|without|hold|skip").split("|"),
    }


def _step_texts(_: Gettext) -> dict[str, str | list[str]]:
    return {
        "action_bump": _("Bump {ticket}"),
        "action_serve": _("Serve what is ready of {ticket}"),
        "pass_complete": _("All ready. Tap to serve"),
        "action_acknowledge": _("Acknowledge the change on {ticket}"),
        "tap_to_acknowledge": _("Changed. Tap to acknowledge"),
        "pick_ticket": _("Which ticket's lines? Press its number"),
        "pick_line": _("Press a line's number. Esc ends"),
        "no_answer": _("The node does not answer."),
        "step_bump_sending": _("Bumping"),
        "step_bump_waiting": _("Not bumped yet, trying again"),
        "step_bump_done": _("Bumped"),
        "step_bump_failed": _("Could not bump. {why} Tap to try again"),
        "step_serve_sending": _("Serving"),
        "step_serve_waiting": _("Not served yet, trying again"),
        "step_serve_done": _("Served"),
        "step_serve_failed": _("Could not serve. {why}"),
        "step_return_sending": _("Bringing back"),
        "step_return_waiting": _("Not back yet, trying again"),
        "step_return_done": _("Back at the pass"),
        "step_return_failed": _("Could not bring it back. {why}"),
        "step_start_sending": _("Starting"),
        "step_start_waiting": _("Not started yet, trying again"),
        "step_start_done": _("Started"),
        "step_start_failed": _("Could not start. {why}"),
        "step_recall_sending": _("Recalling"),
        "step_recall_waiting": _("Not recalled yet, trying again"),
        "step_recall_done": _("Recalled"),
        "step_recall_failed": _("Could not recall. {why}"),
    }


def _board_texts(_: Gettext) -> dict[str, str | list[str]]:
    return {
        "work": _("{items} to make"),
        "paused_until": _("PAUSED until {until}"),
        "pause": _("Pause ordering"),
        "resume": _("Take orders again"),
        "all_day_none": _("Nothing to make"),
        "nothing_bumped": _("Nothing bumped yet"),
        "last_bumped": _("Last bumped: {ticket}"),
        "recalling": _("Recalling {ticket}"),
        "more": _("{count} more · page {page} of {pages}"),
        "sound_on": _("Sound on"),
        "sound_off": _("Sound off"),
        "theme_system": _("Colours: system"),
        "theme_light": _("Colours: light"),
        "theme_dark": _("Colours: dark"),
        "cut_off_since": _("since {since}"),
    }
