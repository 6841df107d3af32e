"""Roles and what each may do; PINs, lock-outs and codes. Values in, a decision out.

Nobody gives, or opens the way to, a role that may more than they may themselves.
"""

import re
from datetime import timedelta

from hospitality.ground.errors import Forbidden, Invalid

# Who may look at the property's orders, tickets, payments and people; a room tablet in guests' hands may not.
READ = "property.read"

_STAFF = frozenset(
    {
        *(READ, "orders.place", "kitchen.bump", "payments.take", "cash.drawer"),
        *("tables.seat", "menu.count", "rooms.serve"),
    }
)
_SERVICE_MANAGER = _STAFF | {
    *("orders.void", "orders.open_price", "menu.manage", "tables.manage", "kitchen.pause", "orders.despite_pause"),
    *("orders.open_item", "orders.comp", "orders.discount", "orders.service_charge"),
    *("orders.exempt", "orders.reopen", "invoices.cancel"),
    *("payments.refund", "payments.decide", "payments.offline", "cash.pay_out"),
}
_HOSPITALITY_MANAGER = _SERVICE_MANAGER | {
    *("people.manage", "terminals.manage", "sync.resolve", "reports.read"),
    *("cash.manage", "days.close", "property.manage"),
}
ROLES: dict[str, frozenset[str]] = {
    "owner": frozenset({"*"}),
    "hospitality_manager": _HOSPITALITY_MANAGER,
    "service_manager": _SERVICE_MANAGER,
    "staff": _STAFF,
}
TERMINAL_PERMISSIONS: dict[str, frozenset[str]] = {
    "till": frozenset({READ}),
    "kitchen": frozenset({READ, "kitchen.bump", "kitchen.pause", "menu.count"}),
    "room": frozenset(),
}

PIN_LENGTH_MIN = 4
PIN_LENGTH_MAX = 12
MANAGER_PIN_LENGTH_MIN = 6
FAILURES_BEFORE_WAIT = 5
FAILURES_MAX = 10
FIRST_WAIT = timedelta(seconds=30)
PIN_CODE_LIFETIME = timedelta(hours=24)
TERMINAL_CODE_LIFETIME = timedelta(hours=1)
SESSION_LIFETIME = timedelta(hours=12)
_PIN = re.compile(r"[0-9]+")


def permissions_of(role: str) -> frozenset[str]:
    """What a role may do; a role that this release doesn't know may nothing."""
    return ROLES.get(role, frozenset())


def check_role(role: str) -> str:
    """The role; Invalid when there is none of that name."""
    if role not in ROLES:
        raise Invalid("ROLE_INVALID", f"Choose one of the roles {', '.join(ROLES)}.", role=role)
    return role


def check_may_give(mine: frozenset[str], role: str) -> None:
    """Raises Forbidden unless all that the role may is also `mine`."""
    if "*" not in mine and not permissions_of(role) <= mine:
        raise Forbidden("ROLE_ABOVE_YOURS", "That role may do more than yours. Ask someone who holds it.", role=role)


def check_pin(pin: str) -> None:
    """Raises Invalid unless the PIN is of digits and of a PIN's length."""
    if _PIN.fullmatch(pin) is None or not PIN_LENGTH_MIN <= len(pin) <= PIN_LENGTH_MAX:
        raise Invalid("PIN_INVALID", f"A PIN has {PIN_LENGTH_MIN} to {PIN_LENGTH_MAX} digits.")


def check_pin_length(length: int, role: str) -> None:
    """Raises Invalid when the role wants a longer PIN."""
    least = PIN_LENGTH_MIN if role == "staff" else MANAGER_PIN_LENGTH_MIN
    if length < least:
        raise Invalid("PIN_TOO_SHORT", f"Choose a PIN of at least {least} digits.", length_min=least)


def wait_after(failures: int) -> timedelta | None:
    """How long the next try must wait after so many failures in a row: from the fifth on, 30 s doubling."""
    if failures < FAILURES_BEFORE_WAIT:
        return None
    doublings: int = 2 ** (failures - FAILURES_BEFORE_WAIT)
    return FIRST_WAIT * doublings
