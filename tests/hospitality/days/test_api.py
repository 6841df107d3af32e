"""A day's end over HTTP, and reports as text and CSV."""

import csv
from io import StringIO
from typing import Any

from pydantic import BaseModel

from hospitality.days.api import Days, DayShape, ServerShape, XReport
from hospitality.days.composing import Part, Report
from hospitality.days.rules import Figure
from hospitality.days.view import report_csv
from tests.hospitality.node import Restaurant
from tests.hospitality.served import Served, code_of


def agrees(body: Any, shape: type[BaseModel]) -> None:
    """Asserts that an answer has exactly the documented form, where it says something."""
    assert shape.model_validate(body).model_dump(exclude_unset=True) == body


def test_a_manager_closes_the_day_and_takes_its_figures_home(served: Served, restaurant: Restaurant) -> None:
    waiter, manager = served.person("staff"), served.person("hospitality_manager")
    body = {"channel": "counter", "lines": [{"menu_item_id": restaurant.soup, "quantity": 2}]}
    order = waiter.post("orders", body).json()
    assert code_of(waiter.post("business-days/2026-03-01/close")) == "NOT_PERMITTED"
    refused = manager.post("business-days/2026-03-01/close")
    assert (refused.status_code, code_of(refused)) == (409, "ORDERS_OPEN")
    x = manager.get("x-report").json()
    agrees(x, XReport)
    assert [one["number"] for one in x["open_orders"]] == [order["number"]]
    late = {"tender": "cash", "amount_minor": 1800, "tip_minor": 20}
    assert code_of(waiter.post(f"business-days/2026-03-01/orders/{order['id']}/payments", late)) == "NOT_PERMITTED"
    assert waiter.post(f"orders/{order['id']}/payments", late).status_code == 201
    closed = manager.post("business-days/2026-03-01/close", key="z")
    agrees(closed.json(), DayShape)
    assert manager.post("business-days/2026-03-01/close", key="z").json() == closed.json()
    assert manager.get("business-days/2026-03-01").json() == closed.json()
    assert manager.post("business-days/2026-03-01/supplements").json() == closed.json()
    agrees(manager.get("business-days").json(), Days)
    told = manager.get("business-days/2026-03-01", format="csv")
    assert told.headers["content-type"].startswith("text/csv")
    assert ["2026-03-01", "Z A1-1", "payments", "cash", "1", "18.00", "NAD"] in list(csv.reader(StringIO(told.text)))
    for path in ("x-report", "business-days", "business-days/2026-03-01"):
        assert code_of(waiter.get(path)) == "NOT_PERMITTED"
    assert code_of(manager.get("business-days/yesterday")) == "INVALID_INPUT"
    assert code_of(manager.get("business-days/2026-02-28")) == "DAY_NOT_FOUND"


def test_house_rules_are_a_managers(served: Served) -> None:
    waiter, manager = served.person("staff"), served.person("hospitality_manager")
    assert waiter.get("house-rules").json()["carries_over"] is False
    assert code_of(waiter.patch("house-rules", {"carries_over": True})) == "NOT_PERMITTED"
    assert manager.patch("house-rules", {"carries_over": True}).json()["carries_over"] is True
    assert waiter.get("house-rules").json()["carries_over"] is True
    assert served.node.journal("properties.house")[0]["data"].startswith('{"before":{"carries_over":false}')


def test_staff_check_themselves_out(served: Served) -> None:
    waiter, manager = served.person("staff"), served.person("hospitality_manager")
    rows = served.node.reading().rows("SELECT id, display_name FROM people")
    ids = {row["display_name"]: row["id"] for row in rows}
    assert code_of(waiter.get(f"servers/{ids['Staff']}")) == "DAY_NOT_FOUND"
    done = waiter.post(f"servers/{ids['Staff']}/checkouts", {"declared_tip_minor": 5})
    agrees(done.json(), ServerShape)
    assert manager.get(f"servers/{ids['Staff']}", day="2026-03-01").json() == done.json()
    assert code_of(waiter.get(f"servers/{ids['Hospitality_Manager']}")) == "NOT_PERMITTED"


def test_a_report_as_csv_holds_no_formula() -> None:
    figures = (
        Figure("tax", "A levy of the town for its beaches and parks 12.5 % on top", 0, 12_345_678, "NAD"),
        Figure("orders", "covers", 12, 0, "NAD"),
        Figure("tax", "=1+1", 0, -5, "JPY"),
    )
    report = Report("Dune House", "2026-03-01", (Part("x", figures),))
    rows = list(csv.reader(StringIO(report_csv(report))))
    assert rows[3][3:] == ["'=1+1", "0", "-5", "JPY"]
