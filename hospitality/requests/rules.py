"""How far a request is, from its facts and the time. Values in, a decision out.

What was asked while the property was out of reach may no longer be wanted when it is heard (R22): past `confirm_at`
nothing is done before a person at the property says so, and past `expires_at` nothing at all.
"""

from datetime import datetime, timedelta

from hospitality.ground.errors import Invalid, Refused

CONFIRM_AFTER = timedelta(minutes=15)
EXPIRE_AFTER = timedelta(hours=12)
ARGUMENTS_LENGTH_MAX = 200_000
REASON_LENGTH_MAX = 200
# in the order in which time and an answer move a request on
STATES = ("pending", "needs_confirmation", "expired", "refused", "accepted")


def state_of(accepted: bool | None, *, confirm_at: datetime, expires_at: datetime, now: datetime) -> str:
    """One of STATES. accepted: what the answer says, None while there is none; an answer stands whatever the time."""
    if accepted is not None:
        return "accepted" if accepted else "refused"
    if now >= expires_at:
        return "expired"
    return "needs_confirmation" if now >= confirm_at else "pending"


def check_open(state: str) -> None:
    """Raises Refused unless a person may still confirm or refuse a request in this state."""
    if state == "expired":
        raise Refused("REQUEST_EXPIRED", "This was asked for too long ago. Head office has to ask again.")
    if state not in ("pending", "needs_confirmation"):
        raise Refused("REQUEST_ANSWERED", f"This request was {state} already. Look at what came of it.", state=state)


def check_arguments(document: str) -> None:
    """Raises Invalid when what is asked for is longer than a request carries."""
    if len(document) > ARGUMENTS_LENGTH_MAX:
        raise Invalid(
            "REQUEST_TOO_LARGE",
            "Ask for less at a time: send the order in smaller parts.",
            length=len(document),
            length_max=ARGUMENTS_LENGTH_MAX,
        )
