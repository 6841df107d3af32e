import re
from datetime import timedelta

from hospitality.ground.ids import new_id
from tests.cloud.headoffice import evenings, seen
from tests.cloud_fixture import HeadOffice


def test_who_is_not_signed_in_is_asked_to_sign_in(office: HeadOffice) -> None:
    with office.client() as nobody:
        assert nobody.get("/").headers["location"] == "/sign-in"
        assert nobody.get("/conflicts?from=2026-06-01").headers["location"] == (
            "/sign-in?next=%2Fconflicts%3Ffrom%3D2026-06-01"
        )
        part = nobody.get("/", headers={"HX-Request": "true"})
    assert (part.status_code, part.headers["hx-redirect"]) == (204, "/sign-in")


def test_a_group_without_properties_is_told_what_to_run(office: HeadOffice) -> None:
    page = office.get("/").text
    assert "No properties yet" in page
    assert f"buffr cloud property add {office.org_id}" in page


def test_a_property_without_a_node_is_told_what_to_run(office: HeadOffice) -> None:
    there = office.add_property("Harbour House", node=False)
    front, page = office.get("/").text, office.get(f"/properties/{there.id}").text
    assert "no machine is enrolled yet" in front
    assert f"buffr cloud node code {there.id} --org {office.org_id}" in page


def test_the_figures_are_those_of_the_days_rows(on_friday: HeadOffice) -> None:
    there = on_friday.add_property("Harbour House", zone=evenings.ZONE)
    on_friday.open_day(there)
    on_friday.sell(there, [("Burger", 2, 9500), ("Cola", 1, 2000)], paid="cash")
    on_friday.sell(there, [("Steak", 1, 21000), ("Salad", 1, 7800)], voided=[1])
    on_friday.sell(there, [("Tart", 1, 6200)], voided=[0])
    on_friday.sell(there, [("Wine", 1, 5000)], paid="card", paid_minor=2000)
    page = on_friday.get("/").text
    assert seen.tile(page, "NAD", "sales") == "N$470.00"
    assert seen.tile(page, "NAD", "taken") == "N$230.00"
    assert seen.tile(page, "NAD", "orders") == "3"
    assert seen.change(page, "NAD", "orders") == "and 1 voided, not counted"
    assert seen.tile(page, "NAD", "open") == "2"
    assert seen.tile(page, "NAD", "check") == "N$156.67"


def test_taxes_on_top_are_not_sales_but_are_taken(on_friday: HeadOffice) -> None:
    there = on_friday.add_property("Harbour House", zone=evenings.ZONE)
    on_friday.open_day(there)
    on_friday.sell(there, [("Burger", 1, 9999)], tax_on_top_bp=1500, paid="card")
    page = on_friday.get("/").text
    assert (seen.tile(page, "NAD", "sales"), seen.tile(page, "NAD", "taken")) == ("N$99.99", "N$114.99")


def test_two_currencies_are_never_added_up(on_friday: HeadOffice) -> None:
    for name, currency in (("Harbour House", "NAD"), ("Dune Lodge", "NAD"), ("Café", "EUR")):
        there = on_friday.add_property(name, zone=evenings.ZONE, currency=currency)
        on_friday.open_day(there)
        on_friday.sell(there, [("Burger", 1, 10000)], paid="cash")
    page = on_friday.get("/").text
    assert seen.tile(page, "NAD", "sales") == "N$200.00"
    assert seen.tile(page, "EUR", "sales") == "€100.00"


def test_noon_is_held_against_noon(on_friday: HeadOffice) -> None:
    there = on_friday.add_property("Harbour House", zone=evenings.ZONE)
    week = timedelta(days=7)
    for day in (evenings.FRIDAY - week, evenings.FRIDAY):
        on_friday.open_day(there, there.day_of(day))
    on_friday.sell(there, [("Burger", 1, 10000)], at=evenings.FRIDAY - week - timedelta(minutes=5), paid="cash")
    on_friday.sell(there, [("Late steak", 1, 50000)], at=evenings.FRIDAY - week + timedelta(minutes=5), paid="cash")
    on_friday.sell(there, [("Burger", 1, 12500)], at=evenings.FRIDAY - timedelta(minutes=5))
    page = on_friday.get("/").text
    assert seen.change(page, "NAD", "sales") == "▲ 25 % up from N$100.00"
    assert seen.change(page, "NAD", "taken") == "▼ 100 % down from N$100.00"
    assert seen.change(page, "NAD", "orders") == "= 0 % unchanged from 1"
    assert "against Friday last week up to this time of day" in seen.plain(page)


def test_without_a_day_of_last_week_nothing_is_held_against_it(on_friday: HeadOffice) -> None:
    there = on_friday.add_property("Harbour House", zone=evenings.ZONE)
    on_friday.open_day(there)
    on_friday.sell(there, [("Burger", 1, 10000)])
    page = on_friday.get("/").text
    assert seen.change(page, "NAD", "sales") == ""
    assert "last week" not in page


def test_a_property_that_has_not_begun_today_is_not_in_todays_figures(on_friday: HeadOffice) -> None:
    for name, days_ago in (("Harbour House", 0), ("Dune Lodge", 1)):
        there = on_friday.add_property(name, zone=evenings.ZONE)
        at = evenings.FRIDAY - timedelta(days=days_ago)
        on_friday.open_day(there, there.day_of(at))
        on_friday.sell(there, [("Burger", 1, 10000)], at=at)
    page = on_friday.get("/").text
    assert seen.tile(page, "NAD", "sales") == "N$100.00"
    # what is open is open whatever the day
    assert seen.tile(page, "NAD", "open") == "2"
    assert "Not in these figures: Dune Lodge , Thursday 11/06/2026" in seen.plain(page)


def test_before_anybody_has_begun_the_last_business_day_is_shown(on_friday: HeadOffice) -> None:
    there = on_friday.add_property("Harbour House", zone=evenings.ZONE)
    thursday = evenings.FRIDAY - timedelta(days=1)
    on_friday.open_day(there, there.day_of(thursday))
    on_friday.sell(there, [("Burger", 1, 10000)], at=thursday)
    page = on_friday.get("/").text
    assert "Last business day Thursday 11/06/2026" in seen.plain(page)
    assert seen.tile(page, "NAD", "sales") == "N$100.00"


def test_figures_are_as_of_when_the_property_was_last_heard(on_friday: HeadOffice) -> None:
    there = evenings.lagging(on_friday, "Dune Lodge")
    page = seen.plain(on_friday.get("/").text)
    assert "as of 19:30" in page
    assert "Dune Lodge: last heard 19:30" in page
    assert "Late Dune Lodge not heard for 1 h 12 min" in page
    assert "seen 19:30 · 214 waiting" in page
    assert "clock 1 min behind" in page
    on_friday.heard(there, ago=timedelta(seconds=70), waiting=0)
    page = seen.plain(on_friday.get("/").text)
    assert "Property only" in page
    assert "not heard for" not in page
    on_friday.heard(there)
    page = seen.plain(on_friday.get("/").text)
    assert "Online" in page
    assert "as of 20:42" in page
    assert "nothing waiting" in page


def test_what_needs_a_human_is_counted_and_leads_there(on_friday: HeadOffice) -> None:
    there = evenings.busy(on_friday, "Harbour House", scale=0.2, weeks=1)
    assert "Nothing All nodes are heard, and nothing waits for you." in seen.plain(on_friday.get("/").text)
    evenings.disputes(on_friday, there)
    on_friday.set_aside(there, changes=[("orders", {})])
    rows = on_friday.order(there, [("Burger", 1, 9_000)], paid="card")
    payment = {"id": new_id(), **next(row for table, row in rows if table == "payments")}
    risked = {name: payment[name] for name in ("order_id", "amount_minor", "currency", "business_date")}
    card = {**risked, "payment_id": payment["id"], "way": "voice", "over": "", "at": payment["taken_at"]}
    on_friday.push(there, [*rows[:2], ("payments", payment), ("offline_cards", card)])
    page = on_friday.get("/").text
    needs = seen.plain(page[page.index("What needs a human") : page.index('id="properties"')])
    assert "1 transaction set aside" in needs
    assert "2 open conflicts" in needs
    assert "1 card taken offline Harbour House: N$90.00 at risk until confirmed" in needs
    assert {"/conflicts", "/quarantine"} <= set(seen.links(page))


def test_the_table_is_sorted_as_asked_and_says_so(on_friday: HeadOffice) -> None:
    for name, sales in (("Alpha", 20000), ("Beta", 30000), ("Gamma", 10000)):
        there = on_friday.add_property(name, zone=evenings.ZONE)
        on_friday.open_day(there)
        on_friday.sell(there, [("Burger", 1, sales)])

    def order(query: str) -> list[str]:
        return re.findall(r'id="property-[^>]*>(\w+)<', on_friday.get(f"/{query}").text)

    assert order("") == ["Alpha", "Beta", "Gamma"]
    assert order("?sort=sales&dir=desc") == ["Beta", "Alpha", "Gamma"]
    assert order("?sort=sales&dir=asc") == ["Gamma", "Alpha", "Beta"]
    assert order("?sort=nonsense") == ["Alpha", "Beta", "Gamma"]
    page = on_friday.get("/?sort=sales&dir=desc").text
    assert page.count("aria-sort") == 1
    assert re.search(r'aria-sort="descending"><a id="sort-sales" href="/\?sort=sales&amp;dir=asc', page)


def test_every_figure_leads_to_the_rows_behind_it(on_friday: HeadOffice) -> None:
    there = evenings.busy(on_friday, "Harbour House", scale=0.2)
    page = on_friday.get("/").text
    figures = re.findall(r'<p class="tile-figure"><a [^>]*href="([^"]*)"', page)
    assert len(figures) == 5
    assert all(href.startswith(f"/properties/{there.id}?show=") for href in figures)
    for cell in re.findall(r'<td class="figure".*?</td>', page, re.S):
        assert "<a " in cell
    for href in {href.partition("#")[0] for href in seen.links(page) if href.startswith(("/", "?"))}:
        assert on_friday.get(href).status_code == 200, href


def test_a_part_of_the_page_comes_from_the_same_address(on_friday: HeadOffice) -> None:
    evenings.busy(on_friday, "Harbour House", scale=0.2)
    page = on_friday.get("/").text
    part = on_friday.get("/", headers={"HX-Request": "true"})
    assert "<html" not in part.text
    assert part.text.strip() in page
    assert "HX-Request" in part.headers["vary"]


def test_nothing_on_the_pages_names_another_host(on_friday: HeadOffice) -> None:
    there = evenings.busy(on_friday, "Harbour House", scale=0.2)
    for path in ("/", f"/properties/{there.id}", "/conflicts", "/quarantine", "/sign-in"):
        answer = on_friday.get(path)
        assert re.findall(r"(?:https?:)?//[a-z0-9]", answer.text) == [], path
        assert answer.headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'")
        assert "style=" not in answer.text
        assert answer.headers["cache-control"] == "no-store"


def test_a_name_with_markup_in_it_stays_a_name(on_friday: HeadOffice) -> None:
    there = on_friday.add_property("<script>alert(1)</script> & Sons", zone=evenings.ZONE)
    on_friday.heard(there, ago=timedelta(hours=1))
    for path in ("/", f"/properties/{there.id}"):
        page = on_friday.get(path).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; Sons" in page
