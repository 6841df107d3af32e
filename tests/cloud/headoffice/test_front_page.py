from tests.cloud_fixture import HeadOffice


def test_smoke(office: HeadOffice) -> None:
    answer = office.get("/")
    assert answer.status_code == 200, answer.text
    there = office.add_property("Harbour House", zone="Africa/Windhoek")
    office.open_day(there)
    office.sell(there, [("Burger", 2, 9500), ("Cola", 1, 2000)], paid="cash")
    office.sell(there, [("Steak", 1, 21000)])
    answer = office.get("/")
    assert answer.status_code == 200, answer.text
    print(answer.text)
    for path in (
        "/conflicts",
        "/quarantine",
        f"/properties/{there.id}",
        f"/properties/{there.id}?show=payments",
        "/api/v1/nodes",
        "/api/v1/properties",
        "/api/v1/conflicts",
    ):
        answer = office.get(path)
        assert answer.status_code == 200, path + answer.text
        print(path, len(answer.text))
    assert 0
