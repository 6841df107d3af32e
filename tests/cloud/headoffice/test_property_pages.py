from datetime import timedelta

from tests.cloud.headoffice import evenings, seen
from tests.cloud_fixture import HeadOffice


def test_the_rows_add_up_to_the_figures(on_friday: HeadOffice) -> None:
    there = evenings.busy(on_friday, "Harbour House", scale=0.4)
    page = on_friday.get(f"/properties/{there.id}?show=day").text
    asked = "SELECT count(*) AS n, (SELECT sum(amount_minor) FROM order_lines l WHERE l.org_id = o.org_id AND"
    with on_friday.cloud.database.transaction(on_friday.org_id) as connection:
        row = connection.execute(
            f"{asked} l.business_date = '2026-06-12' AND NOT EXISTS (SELECT 1 FROM line_voids v WHERE"
            " v.org_id = l.org_id AND v.line_id = l.id)) AS sales FROM orders o"
            " WHERE o.business_date = '2026-06-12' GROUP BY o.org_id"
        ).fetchone()
    assert row is not None
    assert seen.tile(page, "NAD", "orders") == str(row["n"])
    assert seen.tile(page, "NAD", "sales").replace(",", "") == f"N${row['sales'] / 100:.2f}"
    orders = [text for text in seen.rows(page) if text.startswith("A1-")]
    assert len(orders) == row["n"]
    sales = sum(int(text.split("N$")[1].replace(",", "").replace(".", "")) for text in orders)
    assert sales == row["sales"]


def test_devices_are_shown_as_their_node_tells_them(on_friday: HeadOffice) -> None:
    there = on_friday.add_property("Harbour House", zone=evenings.ZONE)
    path, since = f"/properties/{there.id}", "2026-06-12T18:30:00.000Z"
    assert 'id="devices"' not in on_friday.get(path).text
    told = {"kind": "scanner", "detail": "The line broke.", "since": since, "node_code": "A", "active": True}
    on_friday.push(there, [("device_states", {"name": "Counter scanner", "state": "lost", **told})])
    on_friday.push(there, [("device_states", {"name": "Old one", "state": "lost", **told, "active": False})])
    rows = seen.rows(on_friday.get(path).text)
    assert "Counter scanner Lost The line broke. 20:30 A" in rows
    assert not any("Old one" in row for row in rows)


def test_open_orders_are_shown_first_while_there_are_any(on_friday: HeadOffice) -> None:
    there = on_friday.add_property("Harbour House", zone=evenings.ZONE)
    on_friday.open_day(there)
    on_friday.sell(there, [("Burger", 1, 10000)], paid="cash")
    path = f"/properties/{there.id}"
    assert "A1-1" in on_friday.get(path).text
    on_friday.sell(there, [("Steak", 1, 20000)], table="7")
    page = on_friday.get(path).text
    assert [row for row in seen.rows(page) if row.startswith("A1-")] == [
        "A1-2 20:42 Dine in 7 – Placed Open N$200.00 N$200.00 N$0.00"
    ]
    assert len([row for row in seen.rows(on_friday.get(f"{path}?show=day").text) if row.startswith("A1-")]) == 2


def test_payments_of_the_day_lead_to_their_orders(on_friday: HeadOffice) -> None:
    there = on_friday.add_property("Harbour House", zone=evenings.ZONE)
    on_friday.open_day(there)
    order_id = on_friday.sell(there, [("Burger", 1, 10000)], paid="card")
    page = on_friday.get(f"/properties/{there.id}?show=payments").text
    assert "20:42 A1-1 Card T-1 – – N$100.00" in seen.rows(page)
    assert f"/properties/{there.id}/orders/{order_id}" in seen.links(page)


def test_an_order_is_shown_whole(on_friday: HeadOffice) -> None:
    there = on_friday.add_property("Harbour House", zone=evenings.ZONE)
    on_friday.open_day(there)
    order_id = on_friday.sell(
        there, [("Burger", 2, 9500), ("Tart", 1, 6200)], voided=[1], tax_on_top_bp=1500, paid="cash"
    )
    page = on_friday.get(f"/properties/{there.id}/orders/{order_id}").text
    assert "2 Burger N$95.00 each · Placed N$190.00" in seen.rows(page)
    assert "1 Tart N$62.00 each · Voided: Changed their mind N$62.00" in seen.rows(page)
    assert {"Sales N$190.00", "Tax 15 % N$28.50", "Total N$218.50", "Due N$0.00"} <= set(seen.rows(page))


def test_orders_are_paged_newest_first_without_a_gap(on_friday: HeadOffice) -> None:
    there = on_friday.add_property("Harbour House", zone=evenings.ZONE)
    on_friday.open_day(there)
    rows = []
    for n in range(120):
        rows += on_friday.order(there, [("Burger", 1, 10000)], at=evenings.FRIDAY - timedelta(seconds=120 - n))
    on_friday.push(there, rows)
    for show in ("open", "day", "all"):
        found, path = [], f"/properties/{there.id}?show={show}"
        for _ in range(3):
            page = on_friday.get(path).text
            found += [row.split()[0] for row in seen.rows(page) if row.startswith("A1-")]
            older = [href for href in seen.links(page) if "cursor=" in href]
            path = f"/properties/{there.id}{older[0].partition('#')[0]}" if older else ""
        assert path == ""
        assert found == [f"A1-{n}" for n in range(120, 0, -1)], show


def test_sales_by_hour_stand_in_a_table_as_well(on_friday: HeadOffice) -> None:
    there = on_friday.add_property("Harbour House", zone=evenings.ZONE)
    on_friday.open_day(there)
    on_friday.sell(there, [("Burger", 1, 10000)], at=evenings.FRIDAY - timedelta(hours=2))
    on_friday.sell(there, [("Steak", 1, 20000)])
    page = on_friday.get(f"/properties/{there.id}").text
    assert {"18:00 N$100.00", "19:00 N$0.00", "20:00 N$200.00"} <= set(seen.rows(page))


def test_what_is_not_there_is_told_in_a_sentence(on_friday: HeadOffice) -> None:
    there = on_friday.add_property("Harbour House")
    missing = "01890000-0000-7000-8000-000000000000"
    for path in (
        f"/properties/{missing}",
        f"/properties/{there.id}/orders/{missing}",
        f"/conflicts?property={missing}",
    ):
        answer = on_friday.get(path)
        assert answer.status_code == 404
        assert "There is no such" in answer.text
        assert answer.headers["content-type"].startswith("text/html")
    assert on_friday.get("/properties/nonsense").status_code == 404
    assert on_friday.get("/conflicts?cursor=nonsense").status_code == 400


def test_business_days_are_listed_with_their_reports_to_keep(on_friday: HeadOffice) -> None:
    there = on_friday.add_property("Harbour House", zone=evenings.ZONE)
    on_friday.open_day(there)
    on_friday.sell(there, [("Burger", 1, 10000)], paid="cash")
    page = on_friday.get(f"/properties/{there.id}?show=days").text
    (report,) = [href for href in seen.links(page) if href.endswith("/pdf")]
    assert on_friday.get(report).headers["content-type"] == "application/pdf"
    assert on_friday.get(report.replace("/pdf", "?format=csv")).headers["content-type"].startswith("text/csv")
    assert on_friday.get(f"/properties/{there.id}?show=days&cursor=yesterday").status_code == 200
