from datetime import timedelta

from hospitality.ground.clock import instant_text
from hospitality.ground.ids import new_id
from hospitality.ground.journal import FIRST_HASH
from sync.clock import at_ms
from tests.cloud.headoffice import evenings, seen
from tests.cloud_fixture import HeadOffice


def test_a_conflict_tells_both_values_and_who_wrote_them(on_friday: HeadOffice) -> None:
    there = on_friday.add_property("Harbour House", zone=evenings.ZONE)
    item = on_friday.menu_item(there, "Kingklip", 19800)
    on_friday.conflict(there, item, "price_minor", won=21500, lost=20500)
    assert seen.rows(on_friday.get("/conflicts").text)[1:] == [
        "20:42 Harbour House Price Menu item: Kingklip N$215.00 Head office, 20:42 N$205.00 Node A, 20:41"
        " The later edit counts Open Decide"
    ]


def test_a_conflict_names_the_person_whom_the_journal_names(on_friday: HeadOffice) -> None:
    there = on_friday.add_property("Harbour House", zone=evenings.ZONE)
    anna = evenings.staff(on_friday, there)[0]
    item = on_friday.menu_item(there, "Kingklip", 19800)
    on_friday.conflict(there, item, "available", won=False, lost=True, won_by_node=True)
    hlc = at_ms(int(evenings.FRIDAY.timestamp() * 1000))
    entry = {
        "node": there.node,
        "incarnation": 1,
        "number": 1,
        "kind": "menu.item_changed",
        "at": instant_text(evenings.FRIDAY + timedelta(seconds=3)),
        "actor_id": anna,
        "data": "{}",
        "previous_hash": FIRST_HASH,
        "hash": FIRST_HASH,
    }
    on_friday.push(there, [("journal", entry)], hlc=hlc)
    on_friday.push(there, [("journal", {**entry, "number": 2, "actor_id": new_id()})], hlc=hlc + 1)
    assert "No Anna, Node A, 20:42 Yes Head office, 20:41" in seen.plain(on_friday.get("/conflicts").text)
    (told,) = on_friday.get("/api/v1/conflicts").json()["items"]
    assert (told["won"]["person"], told["lost"]["person"]) == ("Anna", None)


def test_an_id_is_told_by_the_name_of_what_it_points_to(on_friday: HeadOffice) -> None:
    there = on_friday.add_property("Harbour House", zone=evenings.ZONE)
    item = on_friday.menu_item(there, "Kingklip", 19800)
    station = new_id()
    on_friday.push(there, [("stations", {"id": station, "name": "Pass", "sort": 2})])
    on_friday.conflict(there, item, "station_id", won=station, lost=new_id())
    page = seen.plain(on_friday.get("/conflicts").text)
    assert "Station Menu item: Kingklip Pass Head office" in page


def test_a_conflict_stands_until_the_field_is_edited_again(on_friday: HeadOffice) -> None:
    there = evenings.busy(on_friday, "Harbour House", scale=0.2, weeks=1)
    evenings.disputes(on_friday, there)
    told = on_friday.get("/api/v1/conflicts").json()["items"]
    assert [(one["field"], one["stands"]) for one in told] == [
        ("price_minor", True),
        ("available", True),
        ("price_minor", False),
    ]
    kingklip = told[0]["row_id"]
    with on_friday.cloud.database.transaction(on_friday.org_id) as connection:
        connection.execute("UPDATE menu_items SET price_minor = 20500 WHERE id = %s", (kingklip,))
    assert on_friday.get("/api/v1/conflicts").json()["items"][0]["stands"] is False


def test_conflicts_are_narrowed_by_property_and_by_day_of_its_zone(on_friday: HeadOffice) -> None:
    moments = {}
    for name, hours in (("Harbour House", 0), ("Dune Lodge", 22)):
        there = on_friday.add_property(name, zone=evenings.ZONE)
        item = on_friday.menu_item(there, f"Burger at {name}", 100)
        # 22 hours before 20:42 in Windhoek is 22:42 of the day before there
        at = evenings.FRIDAY - timedelta(hours=hours)
        on_friday.conflict(there, item, "price_minor", won=2, lost=3, at=at)
        moments[name] = (there, at)

    def found(query: str) -> set[str]:
        page = on_friday.get(f"/conflicts{query}").text
        return {name for name in moments if f"Burger at {name}" in page}

    both = {"Harbour House", "Dune Lodge"}
    there = moments["Dune Lodge"][0]
    assert found("") == found("?property=&from=&to=") == both
    assert found(f"?property={there.id}") == {"Dune Lodge"}
    assert found("?from=2026-06-12") == {"Harbour House"}
    assert found("?to=2026-06-11") == {"Dune Lodge"}
    assert found("?from=2026-06-11&to=2026-06-12") == both
    assert found("?from=2026-06-13") == set()
    assert found("?from=nonsense&to=9999-12-31") == both


def test_conflicts_are_paged_without_a_gap(on_friday: HeadOffice) -> None:
    there = on_friday.add_property("Harbour House", zone=evenings.ZONE)
    item = on_friday.menu_item(there, "Burger", 100)
    for n in range(7):
        # two of the same instant fall on either side of a page's end
        on_friday.conflict(
            there, item, "price_minor", won=n, lost=100 + n, at=evenings.FRIDAY - timedelta(hours=n // 2)
        )
    found: list[int] = []
    cursor = ""
    while True:
        page = on_friday.get(f"/api/v1/conflicts?limit=3{cursor}").json()
        found += [one["won"]["value"] for one in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert sorted(found) == list(range(7))
    assert [n // 2 for n in found] == sorted(n // 2 for n in range(7))


def test_a_transaction_set_aside_tells_its_reason_and_what_it_holds(on_friday: HeadOffice) -> None:
    there = on_friday.add_property("Harbour House", zone=evenings.ZONE)
    assert "Nothing is set aside" in on_friday.get("/quarantine").text
    on_friday.set_aside(there, changes=[("orders", {}), ("order_lines", {}), ("order_lines", {})])
    assert seen.rows(on_friday.get("/quarantine").text)[1:] == [
        "20:42 Harbour House 1 × Order, 2 × Order line It belongs to something that is not here yet."
        " insert or update on table violates a foreign key A1: 7–9 Waiting Decide"
    ]


def test_programs_read_properties_and_nodes(on_friday: HeadOffice) -> None:
    there = evenings.lagging(on_friday, "Dune Lodge")
    assert on_friday.get("/api/v1/properties").json()["items"] == [
        {
            "id": there.id,
            "name": "Dune Lodge",
            "zone": evenings.ZONE,
            "currency": "NAD",
            "cut_off_hour": 4,
            "locale": "en",
        }
    ]
    (node,) = on_friday.get("/api/v1/nodes").json()["items"]
    assert (node["property_id"], node["code"], node["state"], node["waiting"]) == (there.id, "A", "late", 214)
    assert (node["clock_offset_ms"], node["seen_at"]) == (-84_000, "2026-06-12T17:30:00.000000Z")


def test_programs_get_errors_in_the_envelope(office: HeadOffice) -> None:
    with office.client() as nobody:
        for path in ("/api/v1/properties", "/api/v1/nodes", "/api/v1/conflicts", "/live"):
            answer = nobody.get(path)
            assert answer.status_code == 401
            assert answer.json()["error"]["code"] == "SIGN_IN_NEEDED"
    answer = office.get("/api/v1/conflicts?cursor=nonsense")
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "CURSOR_INVALID")
    assert office.get("/api/v1/conflicts?from=2026-06-01").status_code == 422
