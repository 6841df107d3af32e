"""An error envelope's sentence in the language that was asked for."""

from typing import Any

import msgspec
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from hospitality.ground.errors import Refused, Trouble
from hospitality.ground.http import envelope
from web.refusals import RefusalsInTheirLanguage

TROUBLES: dict[str, Trouble] = {
    "open": Refused("ORDERS_OPEN", "2 orders stand open: A1-1, A1-2.", orders=[{"number": "A1-1"}, {"number": "A1-2"}]),
    "taken": Refused("TABLE_TAKEN", "Somebody sits at table 7. Choose another.", label="7"),
    "bare": Refused("TABLE_TAKEN", "Somebody sits there. Choose another."),
    "new": Refused("NEVER_HEARD_OF", "Do something else."),
}


async def refuse(request: Request) -> Response:
    why = request.path_params["why"]
    if why == "fine":
        return JSONResponse({"error": {"code": "TABLE_TAKEN", "message": "as it is"}})
    return PlainTextResponse("plain", 409) if why == "plain" else envelope(TROUBLES[why])


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(RefusalsInTheirLanguage(Starlette(routes=[Route("/{why}", refuse)])))


@pytest.mark.parametrize(
    ("asked", "why", "said"),
    [
        (
            "de-AT,de;q=0.9,en;q=0.5",
            "open",
            "Diese Bestellungen sind offen: A1-1, A1-2. Sie zuerst kassieren oder stornieren.",
        ),
        ("de", "taken", "An Tisch 7 sitzt schon jemand. Einen anderen wählen."),
        ("de", "bare", "Somebody sits there. Choose another."),  # what it is about was not said
        ("de", "new", "Do something else."),
        ("en-GB,de;q=0.9", "taken", "Somebody sits at table 7. Choose another."),
        ("../../de", "taken", "Somebody sits at table 7. Choose another."),
    ],
)
def test_staff_read_it_in_their_language_and_else_in_english(
    client: TestClient, asked: str, why: str, said: str
) -> None:
    answer = client.get(f"/{why}", headers={"Accept-Language": asked})
    error: dict[str, Any] = msgspec.json.decode(answer.content)["error"]
    trouble = TROUBLES[why]
    assert (answer.status_code, error["code"], error["message"]) == (409, trouble.code, said)
    assert error["details"] == trouble.details


def test_what_is_no_refusal_goes_out_as_it_is(client: TestClient) -> None:
    german = {"Accept-Language": "de"}
    assert client.get("/fine", headers=german).json()["error"]["message"] == "as it is"
    assert client.get("/plain", headers=german).text == "plain"
