"""What staff do with an order on the floor, beside adding and paying. Each answers the order as it is then."""

from typing import Any

from hospitality.checks.reading import with_standing
from hospitality.ground.work import Work
from hospitality.orders.loading import load_order
from hospitality.orders.service.fire import fire_course, rush_order
from hospitality.payments.reading import standing


def fire(work: Work, order_id: str, course: int | None = None) -> dict[str, Any]:
    """Sends a course, or all that is held, to the kitchen; what was paid beforehand is fired as well."""
    return with_standing(fire_course(work, load_order(work, order_id), course), standing(work, order_id))


def rush(work: Work, order_id: str) -> dict[str, Any]:
    """Asks the kitchen to make the order's open tickets first."""
    return with_standing(rush_order(work, load_order(work, order_id)), standing(work, order_id))
