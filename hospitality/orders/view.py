"""An order as the API, screens and paper show it."""

from collections.abc import Mapping
from typing import Any

from hospitality.orders.loading import LoadedLine, LoadedOrder
from hospitality.orders.rules import state_of_all
from hospitality.orders.rules.taxes import Totals

NOTHING: Mapping[str, str] = {}
_OPTION = {"half": None, "depth": 0, "of_whole": False}


def order_answer(
    order: LoadedOrder,
    sums: Totals | None = None,
    *,
    paid_minor: int = 0,
    settled: bool = False,
    refunded_minor: int = 0,
    unknown: bool = False,
    surplus_minor: int = 0,
    withdrawn: Mapping[str, str] = NOTHING,
) -> dict[str, Any]:
    """The whole order with its sums and states.

    A voided line keeps its amount and is in no sum. An order of which nothing is left owes nothing and counts as settled,
    without a receipt, unless money was taken for it; one whose receipt says less than it comes to (lines were added where
    nobody knew of it) is open until that receipt is withdrawn. refunded_minor: given back after it was settled. unknown:
    whether a card payment waits of which nobody knows if it went through. surplus_minor: taken too much. withdrawn: number
    → cause of its receipts that count no more.
    """
    row = order.row
    sums = sums or order.totals()
    kitchen_state = state_of_all(line.state for line in order.lines)
    due_minor = sums.total_minor - paid_minor
    is_settled = due_minor <= 0 if settled else kitchen_state == "voided" and not paid_minor
    return {
        "id": row["id"],
        "number": row["number"],
        "channel": row["channel"],
        "table": row["table_label"],
        "covers": row["covers"],
        "note": row["note"],
        "business_date": row["business_date"],
        "opened_at": row["opened_at"],
        "opened_by": row["opened_by"],
        "opened_by_name": order.opened_by_name,
        "server_id": row["server_id"],
        "server_name": row["server_name"],
        "tab": row["tab"],
        "promised_at": row["promised_at"] or order.reckoned_at(),
        "promise": "given" if row["promised_at"] else "reckoned",
        "currency": row["currency"],
        "lines": [_line_answer(line) for line in order.lines],
        "adjustments": _adjustments(order),
        "subtotal_minor": sums.subtotal_minor,
        "tax_minor": sums.tax_minor,
        "taxes": sums.taxes,
        "total_minor": sums.total_minor,
        "paid_minor": paid_minor,
        "due_minor": due_minor,
        "kitchen_state": kitchen_state,
        "refunded_minor": refunded_minor,
        "payment_state": "unknown" if unknown else "settled" if is_settled else "open",
        "merged_into": order.merged_into,
        "surplus_minor": surplus_minor,
        "withdrawn_receipts": [{"number": number, "cause": cause} for number, cause in withdrawn.items()],
    }


def _adjustments(order: LoadedOrder) -> list[dict[str, Any]]:
    return [
        {
            "id": one.id,
            "kind": one.kind,
            "name": one.name,
            "line_id": one.line_id,
            "percent_bp": one.percent_bp,
            "amount_minor": amount_minor,
            "reason": one.reason,
            "certificate": one.certificate,
        }
        for one, amount_minor in order.came_to()
    ]


def _line_answer(line: LoadedLine) -> dict[str, Any]:
    row = line.row
    return {
        "id": row["id"],
        "line_no": row["line_no"],
        "menu_item_id": row["menu_item_id"],
        "name": row["name"],
        "quantity": row["quantity"],
        "unit_price_minor": row["unit_price_minor"],
        "amount_minor": row["amount_minor"],
        "options": [{**_OPTION, **taken} for taken in line.options],
        "part_of": line.part_of,
        "sold_as": line.sold_as,
        "note": row["note"],
        "seat": row["seat"],
        "course": row["course"],
        "station_id": row["station_id"],
        "ticket_id": row["ticket_id"],
        "kitchen_state": line.state,
        "void_reason": line.void_reason,
        "from_order": None if line.moved is None else line.moved.from_number,
        "contested": [] if line.moved is None else list(line.moved.contested),
    }
