"""What may go in and out of a drawer. Values in, a decision out."""

import re

from hospitality.ground.errors import Invalid, Refused
from hospitality.ground.texts import kept_text

AMOUNT_MINOR_MAX = 10_000_000_000_000
REASON_LENGTH_MAX = 200
REFERENCE_LENGTH_MAX = 64
RATE_MICRO_MAX = 10**15
_CURRENCY = re.compile(r"[A-Z]{3}")
# what each kind does to the sum that a drawer should hold
KINDS = {"paid_in": 1, "paid_out": -1, "drop": -1, "tip_out": -1}


def check_float(float_minor: int) -> int:
    """The cash that a drawer begins with."""
    if not 0 <= float_minor <= AMOUNT_MINOR_MAX:
        raise Invalid("AMOUNT_INVALID", "Count the float: zero or more.", amount_minor=float_minor)
    return float_minor


def check_move(kind: str, amount_minor: int) -> None:
    """Raises Invalid unless the kind is one of KINDS and the amount above zero."""
    if kind not in KINDS:
        raise Invalid("MOVE_INVALID", f"Choose one of {', '.join(KINDS)}.", kind=kind)
    if not 0 < amount_minor <= AMOUNT_MINOR_MAX:
        raise Invalid("AMOUNT_INVALID", "Take an amount above zero.", amount_minor=amount_minor)


def kept_reason(reason: str | None) -> str:
    """Why cash went in or out; Invalid REASON_MISSING when nothing is said."""
    why = kept_text(reason, what="reason", length_max=REASON_LENGTH_MAX)
    if why is None:
        raise Invalid("REASON_MISSING", "Say what the cash is for.")
    return why


def check_open(*, counted: bool, name: str) -> None:
    """Raises Refused DRAWER_COUNTED when a session has ended."""
    if counted:
        raise Refused("DRAWER_COUNTED", f"{name} was counted already. Open it anew with its float.")


def check_closed(*, is_open: bool, name: str) -> None:
    """Raises Refused DRAWER_OPEN when a drawer has a session that was not counted."""
    if is_open:
        raise Refused("DRAWER_OPEN", f"{name} is open already. Count it before somebody begins anew.")


def check_rate(currency: str, rate_micro: int, *, house: str) -> None:
    """Raises Invalid unless the currency is another than the house's and the rate zero (no longer taken) or more."""
    if _CURRENCY.fullmatch(currency) is None or currency == house:
        raise Invalid(
            "CURRENCY_INVALID", f"Name another currency than {house} by its three letters.", currency=currency
        )
    if not 0 <= rate_micro <= RATE_MICRO_MAX:
        raise Invalid("RATE_INVALID", "A house rate is zero or more.", rate_micro=rate_micro)
