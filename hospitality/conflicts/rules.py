"""How far a conflict or a trouble is, and what may be done about it. Values in, a decision out."""

from typing import Literal

from hospitality.ground.errors import Invalid, Refused

State = Literal["open", "restored", "dismissed", "edited"]
# how a losing value may come back: here, only at the other end, not at all, or nobody here knows its table
Restorable = Literal["here", "at_the_property", "at_head_office", "never", "not_known"]
NOTE_LENGTH_MAX = 200
# the others are decided for good (a stage that was reached never goes back) or by an edit of the row itself
BY_EDIT = ("last_writer", "set", "delete")
BUSINESS_KEY = "business_key"


def state_of(action: str | None, stands: bool | None) -> State:
    """action: what was done about it first, None for nothing; stands: whether the field is still at the edit that won,
    None where that is not known."""
    if action in ("restored", "dismissed"):
        return "restored" if action == "restored" else "dismissed"
    return "edited" if stands is False else "open"


def restorable(*, writer: str | None, kind: str | None, rule: str, side: str) -> Restorable:
    """writer, kind: what the table's declaration says, None for a table of another release; side: where we are."""
    if writer is None:
        return "not_known"
    if kind != "record" or rule not in BY_EDIT:
        return "never"
    if writer in (side, "both"):
        return "here"
    return "at_the_property" if writer == "property" else "at_head_office"


def check_open(state: State) -> None:
    """Raises Refused unless somebody may still decide about a conflict in this state."""
    if state == "edited":
        raise Refused(
            "CONFLICT_EDITED", "Somebody has edited this since, so nothing is left to decide. Edit it anew if need be."
        )
    if state != "open":
        raise Refused("CONFLICT_SETTLED", f"Somebody has {state} this already. Read it again.", state=state)


def check_restorable(found: Restorable) -> None:
    """Raises Refused unless the losing value may be set here."""
    if found == "at_the_property":
        raise Refused("WRITTEN_AT_THE_PROPERTY", "Only the property itself sets this. Restore it on its own terminals.")
    if found == "at_head_office":
        raise Refused("WRITTEN_AT_HEAD_OFFICE", "Only head office sets this. Ask them to restore it.")
    if found != "here":
        raise Refused(
            "NOT_RESTORABLE", "This value can't be set again. Dismiss the conflict, or edit what it is about."
        )


def check_note(note: str | None) -> str:
    """The note; Invalid when there is none."""
    if not note:
        raise Invalid("NOTE_MISSING", "Say in a few words why, for whoever reads this later.")
    return note
