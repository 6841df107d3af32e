"""Deciding at head office, over the API and by the pages' plain forms."""

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from hospitality.ground.ids import new_id
from tests.cloud.headoffice import evenings, seen
from tests.cloud_fixture import HeadOffice, There


@pytest.fixture
def there(on_friday: HeadOffice) -> There:
    """A property."""
    return on_friday.add_property("Harbour House", zone=evenings.ZONE)


@pytest.fixture
def item(on_friday: HeadOffice, there: There) -> str:
    """An item of its menu."""
    return on_friday.menu_item(there, "Kingklip", 19800)


@pytest.fixture
def conflict(on_friday: HeadOffice, there: There, item: str) -> str:
    """Its price is N$215.00; N$205.00 was kept aside."""
    return on_friday.conflict(there, item, "price_minor", won=21500, lost=20500)


@pytest.fixture
def browser(on_friday: HeadOffice) -> Iterator[httpx2.Client]:
    """The owner's browser, without scripts."""
    with on_friday.client(cookies={"buffr_session": on_friday.token}, follow_redirects=True) as client:
        yield client


def rows(office: HeadOffice, sql: str, *parameters: Any) -> list[dict[str, Any]]:
    """Rows of the group."""
    with office.cloud.database.transaction(office.org_id) as connection:
        return connection.execute(sql, parameters or None).fetchall()


def price(office: HeadOffice, item: str) -> int:
    """What the item costs."""
    return int(rows(office, "SELECT price_minor FROM menu_items WHERE id = %s", item)[0]["price_minor"])


def code(answer: httpx2.Response) -> tuple[int, str]:
    """A refusal's status and code."""
    return answer.status_code, answer.json()["error"]["code"]


def test_a_value_is_restored_over_the_api_once_for_its_key(
    on_friday: HeadOffice, there: There, item: str, conflict: str
) -> None:
    path = f"/api/v1/properties/{there.id}/conflicts"
    (listed,) = on_friday.get(path).json()["items"]
    assert (listed["id"], listed["state"], listed["restore"]) == (conflict, "open", "here")
    first = on_friday.post(f"{path}/{conflict}/restore", key="once", json={"note": "As printed"})
    assert (first.status_code, first.json()["state"]) == (201, "restored")
    again = on_friday.post(f"{path}/{conflict}/restore", key="once", json={"note": "As printed"})
    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (201, "true")
    assert again.json() == first.json()
    other = on_friday.post(f"{path}/{conflict}/restore", key="once", json={})
    assert code(other) == (409, "IDEMPOTENCY_KEY_REUSED")
    assert price(on_friday, item) == 20500
    assert on_friday.get(path).json()["items"] == []
    told = on_friday.get(f"{path}/{conflict}").json()
    assert (told["state"], told["settled"]["note"], told["settled"]["by_name"]) == (
        "restored",
        "As printed",
        on_friday.email,
    )
    for state, wanted in (("all", 1), ("restored", 1), ("dismissed", 0), ("edited", 0), ("open", 0)):
        assert len(on_friday.get(f"{path}?state={state}").json()["items"]) == wanted, state
        assert len(on_friday.get(f"/api/v1/conflicts?state={state}").json()["items"]) == wanted, state


def test_dismissing_over_the_api_wants_a_note(on_friday: HeadOffice, there: There, item: str, conflict: str) -> None:
    path = f"/api/v1/properties/{there.id}/conflicts/{conflict}/dismiss"
    assert on_friday.post(path, json={}).status_code == 422
    assert code(on_friday.post(path, json={"note": " "})) == (422, "NOTE_MISSING")
    assert on_friday.post(path, json={"note": "Head office is right"}).json()["state"] == "dismissed"
    assert price(on_friday, item) == 21500


@pytest.mark.parametrize(("role", "may"), [("hospitality_manager", True), ("service_manager", False), ("staff", False)])
def test_managers_decide_and_others_do_not(
    on_friday: HeadOffice, there: There, conflict: str, role: str, may: bool
) -> None:
    token = on_friday.sign_in(f"{role}-{new_id()}@example.com", role)
    answer = on_friday.post(f"/api/v1/properties/{there.id}/conflicts/{conflict}/restore", token=token, json={})
    assert (answer.status_code == 201) is may
    if not may:
        assert code(answer) == (403, "NOT_PERMITTED")
        assert rows(on_friday, "SELECT id FROM sync_resolutions") == []


def test_another_group_sees_and_decides_nothing(on_friday: HeadOffice, there: There, item: str, conflict: str) -> None:
    aside = on_friday.set_aside(there, changes=[("orders", {"covers": 2})])
    other = on_friday.another_group()
    theirs = other.add_property("Elsewhere")
    for place in (there.id, theirs.id):
        for path in (f"conflicts/{conflict}", f"troubles/{aside}"):
            assert other.get(f"/api/v1/properties/{place}/{path}").status_code == 404
        for path in (f"conflicts/{conflict}/restore", f"troubles/{aside}/retry"):
            assert other.post(f"/api/v1/properties/{place}/{path}", json={}).status_code == 404
        for path in (f"conflicts/{conflict}/dismiss", f"troubles/{aside}/discard"):
            assert other.post(f"/api/v1/properties/{place}/{path}", json={"note": "x"}).status_code == 404
    for path in (f"/conflicts/{conflict}", f"/quarantine/{aside}"):
        assert other.get(path).status_code == 404
    assert other.get("/api/v1/conflicts?state=all").json()["items"] == []
    assert price(on_friday, item) == 21500
    assert rows(on_friday, "SELECT state FROM sync_quarantine") == [{"state": "waiting"}]


def test_the_page_shows_both_values_and_restores_one_by_a_plain_form(
    on_friday: HeadOffice, browser: httpx2.Client, there: There, item: str, conflict: str
) -> None:
    page = seen.plain(browser.get(f"/conflicts/{conflict}").text)
    for words in (
        "Price: Kingklip",
        "Counts N$215.00 Head office",
        "Kept aside N$205.00 Node A",
        "Price becomes N$205.00 again, here and at Harbour House, as an edit of yours. N$215.00 stays in the log.",
        "Restore N$205.00",
        "N$215.00 stays. N$205.00 stays in the log, with your note why.",
    ):
        assert words in page
    done = browser.post(f"/conflicts/{conflict}/restore", data={"note": "As printed"})
    assert (done.status_code, str(done.url)) == (200, f"{on_friday.url}/conflicts/{conflict}")
    page = seen.plain(done.text)
    assert f"Restored by {on_friday.email}" in page
    assert ": As printed" in page
    assert "Restore N$205.00" not in page
    assert price(on_friday, item) == 20500
    twice = browser.post(f"/conflicts/{conflict}/restore", data={"note": "As printed"})
    assert twice.status_code == 200
    assert len(rows(on_friday, "SELECT id FROM sync_resolutions")) == 1
    assert "Nothing waits for a decision." in seen.plain(browser.get("/conflicts").text)
    assert "Restored" in seen.plain(browser.get("/conflicts?state=all").text)


def test_the_page_says_why_it_could_not_be_done(
    on_friday: HeadOffice, browser: httpx2.Client, item: str, conflict: str
) -> None:
    answer = browser.post(f"/conflicts/{conflict}/dismiss", data={"note": ""})
    assert answer.status_code == 409
    assert "Say in a few words why" in seen.plain(answer.text)
    rows_before = price(on_friday, item)
    with on_friday.cloud.database.transaction(on_friday.org_id) as connection:
        connection.execute("UPDATE menu_items SET price_minor = 1 WHERE id = %s", (item,))
    answer = browser.post(f"/conflicts/{conflict}/restore", data={})
    assert answer.status_code == 409
    assert "Somebody has edited this since" in seen.plain(answer.text)
    assert (rows_before, price(on_friday, item)) == (21500, 1)


def test_another_sites_page_can_decide_nothing(on_friday: HeadOffice, browser: httpx2.Client, conflict: str) -> None:
    answer = browser.post(f"/conflicts/{conflict}/restore", data={}, headers={"Origin": "https://elsewhere.example"})
    assert code(answer) == (403, "ANOTHER_SITE")
    assert rows(on_friday, "SELECT id FROM sync_resolutions") == []


def test_whose_role_shows_no_figures_sees_neither_page(on_friday: HeadOffice, there: There, conflict: str) -> None:
    aside = on_friday.set_aside(there, changes=[("orders", {"note": "For Mrs Example"})])
    token = on_friday.sign_in(f"look-{new_id()}@example.com", "service_manager")
    with on_friday.client(cookies={"buffr_session": token}) as client:
        assert client.get(f"/conflicts/{conflict}").status_code == 403
        assert client.get(f"/quarantine/{aside}").status_code == 403


def station(there: There, id: str | None = None) -> dict[str, Any]:
    """A station's fields as a node sends them."""
    return {"id": id or new_id(), "property_id": there.id, "name": "Grill", "sort": 1, "printer": None}


def line(there: There, order_id: str) -> dict[str, Any]:
    """An order line's fields as a node sends them."""
    return {
        "id": new_id(),
        "property_id": there.id,
        "order_id": order_id,
        "line_no": 1,
        "menu_item_id": new_id(),
        "name": "Kingklip",
        "quantity": 1,
        "unit_price_minor": 100,
        "amount_minor": 100,
        "tax_rate_id": None,
        "tax_rate_name": None,
        "tax_rate_bp": 0,
        "tax_included": 0,
        "choices": "[]",
        "note": None,
        "seat": None,
        "station_id": new_id(),
        "ticket_id": new_id(),
        "prep_seconds": 600,
        "placed_at": "2026-06-12T18:00:00.000000Z",
        "placed_by": None,
        "business_date": "2026-06-12",
    }


def test_what_was_set_aside_is_looked_into_and_applied_with_what_leans_on_it(
    on_friday: HeadOffice, browser: httpx2.Client, there: There
) -> None:
    made = station(there)
    aside = on_friday.set_aside(there, code="UNKNOWN_TABLE", changes=[("stations", made)])
    path = f"/api/v1/properties/{there.id}/troubles"
    (listed,) = on_friday.get(path).json()["items"]
    assert (listed["id"], listed["code"], listed["holds"]) == (aside, "UNKNOWN_TABLE", {"stations": 1})
    whole = on_friday.get(f"{path}/{aside}").json()
    assert (whole["state"], whole["tries"], whole["changes"][0]["fields"]["name"]) == ("waiting", 0, "Grill")
    page = seen.plain(browser.get(f"/quarantine/{aside}").text)
    assert "What it says Station made Name Grill" in page
    done = on_friday.post(f"{path}/{aside}/retry", key="once", json={"note": "It is known now"})
    assert (done.status_code, done.json()["applied"], done.json()["followed"]) == (201, True, 0)
    assert done.json() == on_friday.post(f"{path}/{aside}/retry", key="once", json={"note": "It is known now"}).json()
    assert on_friday.post(f"{path}/{aside}/retry", json={}).json()["applied"] is True, "twice is once"
    assert [row["name"] for row in rows(on_friday, "SELECT name FROM stations")] == ["Grill"]
    assert on_friday.get(path).json()["items"] == []
    (settled,) = on_friday.get(f"{path}?state=all").json()["items"]
    assert settled["settled"] | {"at": "", "by": ""} == {
        "action": "retried",
        "note": "It is known now",
        "by": "",
        "by_name": on_friday.email,
        "at": "",
    }
    assert [row["state"] for row in rows(on_friday, "SELECT state FROM sync_quarantine")] == ["applied"]
    kinds = [
        row["kind"]
        for row in rows(on_friday, "SELECT kind FROM journal WHERE kind LIKE 'conflicts.%%' ORDER BY number")
    ]
    assert kinds == ["conflicts.trouble_seen", "conflicts.trouble_retried"], "who looks twice a day is noted once"
    assert code(on_friday.post(f"{path}/{aside}/discard", json={"note": "x"})) == (409, "TROUBLE_SETTLED")


def test_what_still_cannot_be_applied_stays_with_the_new_reason(
    on_friday: HeadOffice, browser: httpx2.Client, there: There
) -> None:
    aside = on_friday.set_aside(there, code="UNKNOWN_TABLE", changes=[("order_lines", line(there, new_id()))])
    path = f"/api/v1/properties/{there.id}/troubles/{aside}"
    done = on_friday.post(f"{path}/retry", json={})
    assert (done.status_code, done.json()["applied"], done.json()["code"]) == (201, False, "PARENT_MISSING")
    whole = on_friday.get(path).json()
    assert (whole["state"], whole["code"], whole["last_code"], whole["tries"]) == (
        "waiting",
        "UNKNOWN_TABLE",
        "PARENT_MISSING",
        1,
    )
    page = seen.plain(browser.post(f"/quarantine/{aside}/retry", data={"note": "Again"}).text)
    retries = rows(on_friday, "SELECT reason FROM journal WHERE kind = 'conflicts.trouble_retried' ORDER BY number")
    assert [row["reason"] for row in retries] == [None, "Again"]
    assert "It was tried, and could not be applied. It belongs to something that is not here yet." in page
    assert rows(on_friday, "SELECT id FROM sync_resolutions") == []
    assert rows(on_friday, "SELECT id FROM order_lines") == []


def test_a_discarded_transaction_is_out_of_the_count_and_keeps_its_content(
    on_friday: HeadOffice, browser: httpx2.Client, there: There
) -> None:
    aside = on_friday.set_aside(there, changes=[("order_lines", line(there, new_id()))])
    assert "transaction set aside" in seen.plain(browser.get("/").text)
    refused = browser.post(f"/quarantine/{aside}/discard", data={"note": ""})
    assert refused.status_code == 409
    done = browser.post(f"/quarantine/{aside}/discard", data={"note": "Keyed in twice"})
    assert f"Discarded by {on_friday.email}" in seen.plain(done.text)
    assert ": Keyed in twice" in seen.plain(done.text)
    assert browser.post(f"/quarantine/{aside}/discard", data={"note": "Keyed in twice"}).status_code == 200
    assert "transaction set aside" not in seen.plain(browser.get("/").text)
    assert len(rows(on_friday, "SELECT id FROM sync_resolutions")) == 1
    assert len(on_friday.get(f"/api/v1/properties/{there.id}/troubles/{aside}").json()["changes"]) == 1
    (entry,) = rows(on_friday, "SELECT kind, reason FROM journal WHERE kind = 'conflicts.trouble_discarded'")
    assert (entry["kind"], entry["reason"]) == ("conflicts.trouble_discarded", "Keyed in twice")
    assert code(on_friday.post(f"/api/v1/properties/{there.id}/troubles/{aside}/retry", json={})) == (
        409,
        "TROUBLE_SETTLED",
    )


@pytest.mark.parametrize("role", ["service_manager", "staff"])
def test_only_managers_look_into_what_was_set_aside(on_friday: HeadOffice, there: There, role: str) -> None:
    aside = on_friday.set_aside(there, changes=[("stations", station(there))])
    token = on_friday.sign_in(f"{role}-{new_id()}@example.com", role)
    path = f"/api/v1/properties/{there.id}/troubles/{aside}"
    with on_friday.client(headers={"Authorization": f"Bearer {token}"}) as client:
        assert code(client.get(path)) == (403, "NOT_PERMITTED")
        assert code(client.post(f"{path}/retry", json={})) == (403, "NOT_PERMITTED")
        assert code(client.post(f"{path}/discard", json={"note": "x"})) == (403, "NOT_PERMITTED")
    assert rows(on_friday, "SELECT state FROM sync_quarantine") == [{"state": "waiting"}]


def test_what_the_first_release_set_aside_is_told_to_both_ends_when_somebody_decides(
    on_friday: HeadOffice, browser: httpx2.Client, there: There
) -> None:
    made = station(there)
    aside = on_friday.set_aside(there, code="UNKNOWN_TABLE", changes=[("stations", made)], told=False)
    assert "Try again" in seen.plain(browser.get(f"/quarantine/{aside}").text)
    done = browser.post(f"/quarantine/{aside}/retry")
    assert "Applied again by" in seen.plain(done.text)
    (fact,) = rows(on_friday, "SELECT id, node, code, tables FROM sync_troubles")
    assert fact == {"id": aside, "node": there.node, "code": "UNKNOWN_TABLE", "tables": '{"stations":1}'}


def test_what_an_older_copy_of_head_office_never_had_can_only_be_discarded(on_friday: HeadOffice, there: There) -> None:
    aside = on_friday.set_aside(there, changes=[("stations", station(there))], held=False)
    path = f"/api/v1/properties/{there.id}/troubles/{aside}"
    assert code(on_friday.post(f"{path}/retry", json={})) == (409, "TROUBLE_LOST")
    done = on_friday.post(f"{path}/discard", json={"note": "Lost with the backup"})
    assert (done.status_code, done.json()["settled"]["action"]) == (201, "discarded")
    assert on_friday.get(f"/api/v1/properties/{there.id}/troubles").json()["items"] == []
