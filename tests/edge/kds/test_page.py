from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from fastapi import FastAPI, Request
from starlette.testclient import TestClient

from edge.kds import TEMPLATES, KitchenScreenConfig, KitchenTerminal, Station, kitchen_screen
from hospitality.ground.http import serve_routes
from web.pages import CONTENT_SECURITY_POLICY, Pages

GRILL = Station("st-grill", "Grill & <fire>")
PASTRY = Station("st-pass", "Pastry")


def client_of(terminal: KitchenTerminal | None, stations: Sequence[Station] = (GRILL, PASTRY)) -> TestClient:
    async def asks(request: Request) -> KitchenTerminal | None:
        return terminal

    async def listed() -> Sequence[Station]:
        return stations

    config = KitchenScreenConfig(
        property_id="p-1",
        property_name="Oryx Lodge",
        locale="en-NA",
        zone="Africa/Windhoek",
        terminal=asks,
        stations=listed,
        now=lambda: datetime(2026, 11, 22, 18, 0, tzinfo=UTC),
    )
    app = FastAPI()
    serve_routes(app, [kitchen_screen(config, Pages(TEMPLATES))])
    return TestClient(app)


ROAMING = KitchenTerminal("Pass", None)


def test_a_screen_that_is_not_enrolled_is_told_what_to_do_and_shown_nothing_else() -> None:
    answer = client_of(None).get("/kds")
    assert answer.status_code == 401
    assert "This screen is not enrolled" in answer.text
    assert "Grill" not in answer.text
    assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY


def test_a_screen_without_a_station_asks_which_it_is() -> None:
    answer = client_of(ROAMING).get("/kds")
    assert answer.status_code == 200
    assert "Which station is this?" in answer.text
    assert 'href="/kds?station=st-grill"' in answer.text
    assert "Grill &amp; &lt;fire&gt;" in answer.text
    assert "data-api" not in answer.text


def test_a_station_that_is_gone_is_asked_for_again() -> None:
    assert "That station is not there any more" in client_of(ROAMING).get("/kds?station=st-bar").text


def test_a_property_without_stations_says_who_adds_them() -> None:
    assert "A manager adds them with the menu" in client_of(ROAMING, []).get("/kds").text


@pytest.mark.parametrize(("station", "shown"), [("st-pass", 'data-station="st-pass"'), ("all", 'data-station=""')])
def test_a_chosen_station_opens_its_screen(station: str, shown: str) -> None:
    text = client_of(ROAMING).get(f"/kds?station={station}").text
    assert shown in text
    assert 'data-api="/api/v1/properties/p-1"' in text
    assert 'data-server-time="2026-11-22T18:00:00Z"' in text
    assert '<button class="chip"' in text


def test_a_screen_enrolled_for_one_station_cannot_be_switched_by_a_stray_tap() -> None:
    text = client_of(KitchenTerminal("Grill screen", "st-grill")).get("/kds?station=st-pass").text
    assert 'data-api="/api/v1/properties/p-1"\n     data-locale="en-NA"\n     data-station="st-grill"' in text or (
        'data-station="st-grill" data-server-time' in text
    )
    assert '<button class="chip"' not in text


def test_a_station_s_name_longer_than_any_id_is_refused() -> None:
    assert client_of(ROAMING).get("/kds?station=" + "x" * 65).status_code == 422
