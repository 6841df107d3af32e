"""Which business date an act belongs to, and what a property must say about itself."""

import re
from datetime import date, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from hospitality.ground.errors import Invalid

CASH_STEP_MAX = 100_000
OFFLINE_MINOR_MAX = 10**12
_CURRENCY = re.compile(r"[A-Z]{3}")


def date_to_book(trading: date, *, latest: date | None, latest_is_open: bool) -> date:
    """The business date that an act belongs to.

    trading: the date that the property's clock and cut-off hour give. latest: the newest business day there is.
    An open day stays until the trading date has passed it, so a clock that went back never reopens a day; after a
    close that came before the cut-off, the next day begins.
    """
    if latest is None or trading > latest:
        return trading
    return latest if latest_is_open else latest + timedelta(days=1)


def check_property(*, zone: str, currency: str, cut_off_hour: int) -> None:
    """Raises Invalid unless zone and hour exist and the currency has the form of an ISO 4217 code."""
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Invalid(
            "ZONE_UNKNOWN", "Name the time zone as in Africa/Windhoek or Europe/Berlin.", zone=zone
        ) from error
    if _CURRENCY.fullmatch(currency) is None:
        raise Invalid("CURRENCY_INVALID", "Name the currency by its three letters, such as NAD.", currency=currency)
    if not 0 <= cut_off_hour <= 23:
        raise Invalid(
            "CUT_OFF_INVALID",
            "The business day ends at an hour from 0 (midnight) to 23.",
            cut_off_hour=cut_off_hour,
        )


def check_step(cash_step_minor: int) -> None:
    """Raises Invalid unless cash can be rounded to it; 1 rounds nothing."""
    if not 1 <= cash_step_minor <= CASH_STEP_MAX:
        raise Invalid(
            "CASH_STEP_INVALID",
            f"The smallest coin has 1 to {CASH_STEP_MAX} minor units.",
            cash_step_minor=cash_step_minor,
        )


def check_offline_limit(limit_minor: int) -> None:
    """Raises Invalid unless so much can be risked on cards taken offline; 0 risks nothing."""
    if not 0 <= limit_minor <= OFFLINE_MINOR_MAX:
        raise Invalid(
            "OFFLINE_LIMIT_INVALID", "Risk zero or more; zero takes no card offline.", limit_minor=limit_minor
        )
