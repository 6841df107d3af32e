import pytest

from tests.cloud.headoffice import evenings
from tests.cloud_fixture import HeadOffice


def test_one_groups_owner_sees_nothing_of_another_group(on_friday: HeadOffice) -> None:
    there = evenings.busy(on_friday, "Harbour House", scale=0.2, weeks=1)
    evenings.disputes(on_friday, there)
    on_friday.set_aside(there, changes=[("orders", {})])
    order_id = on_friday.sell(there, [("Burger", 1, 10000)])
    other = on_friday.another_group()
    mine = other.add_property("Elsewhere", zone=evenings.ZONE)

    for path in (
        f"/properties/{there.id}",
        f"/properties/{there.id}/orders/{order_id}",
        f"/properties/{mine.id}/orders/{order_id}",
        f"/conflicts?property={there.id}",
        f"/quarantine?property={there.id}",
        f"/live?property={there.id}",
        f"/api/v1/conflicts?property_id={there.id}",
        f"/api/v1/properties/{there.id}/orders",
    ):
        assert other.get(path).status_code == 404, path

    front = other.get("/").text
    assert "Elsewhere" in front
    assert "Harbour House" not in front
    assert "All nodes are heard" in front
    assert "No conflicts" in other.get("/conflicts").text
    assert "Nothing is set aside" in other.get("/quarantine").text
    assert other.get("/api/v1/conflicts").json() == {"items": [], "next_cursor": None}
    assert [one["name"] for one in other.get("/api/v1/properties").json()["items"]] == ["Elsewhere"]
    assert [one["property_id"] for one in other.get("/api/v1/nodes").json()["items"]] == [mine.id]


@pytest.mark.parametrize(("role", "status"), [("owner", 200), ("hospitality_manager", 200), ("staff", 403)])
def test_only_who_may_read_reports_sees_head_office(office: HeadOffice, role: str, status: int) -> None:
    token = office.sign_in(f"{role}-{office.org_id}@example.com", role)
    with office.client(headers={"Authorization": f"Bearer {token}"}) as client:
        for path in ("/", "/conflicts", "/quarantine", "/api/v1/nodes", "/api/v1/properties"):
            assert client.get(path).status_code == status, path
        if status == 403:
            assert "Your role does not show" in client.get("/").text
            assert client.get("/api/v1/nodes").json()["error"]["code"] == "NOT_PERMITTED"
