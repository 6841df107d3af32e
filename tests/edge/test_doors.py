"""What anybody on the LAN may ask of a node, and how everything else is refused."""

import json
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient

from edge.app import build
from edge.doors import ADDRESSES_MAX, ENROL_SECONDS, ENROL_TRIES, Throttle
from edge.host import COOKIE
from edge.node import VERSION
from hospitality.ground.errors import TooMany
from hospitality.ground.http import BODY_BYTES_MAX
from hospitality.ground.ids import new_id
from tests.edge.node_fixture import PROPERTY, SELMA, SOUP
from tests.edge.served_node import PREFIX, ServedNode, order

A_SCREEN_ON_THE_LAN = ("192.168.1.77", 40_000)


def assert_private(answer: httpx2.Response) -> None:
    """JSON that no cache keeps and no browser takes for anything else."""
    said = ("content-type", "cache-control", "x-content-type-options")
    assert [answer.headers[name] for name in said] == ["application/json", "no-store", "nosniff"]


def error_of(answer: httpx2.Response) -> dict[str, Any]:
    """The error in its envelope, which has exactly its three parts and a sentence."""
    body = answer.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "message", "details"}
    assert body["error"]["code"] == body["error"]["code"].upper()
    assert_private(answer)
    error: dict[str, Any] = body["error"]
    return error


def code_of(answer: httpx2.Response) -> tuple[int, str]:
    return answer.status_code, error_of(answer)["code"]


# --- what anybody may ask


def test_health_and_what_the_node_is_need_no_token_and_tell_nothing_of_people(lan: ServedNode) -> None:
    for path in ("/healthz", "/readyz"):
        assert (lan.get(path, token="").status_code, lan.get(path, token="").json()) == (200, {"status": "ok"})
    assert lan.get("/api/v1/node", token="").json() == {
        "property_id": PROPERTY,
        "property_name": "Dune House",
        "locale": "en",
        "node_code": "A",
        "version": VERSION,
    }


def test_how_the_node_is_is_told_to_enrolled_screens(lan: ServedNode) -> None:
    assert code_of(lan.get("status", token="")) == (401, "SIGN_IN_NEEDED")
    answer = lan.get("status", token=lan.tokens["kitchen"])
    assert_private(answer)
    told = answer.json()
    assert (told["property_name"], told["node_code"], told["storage"]) == ("Dune House", "A", None)
    assert told["sync"]["state"] == "property_only"
    assert told["sync"]["waiting"] > 0
    assert told["server_time"].endswith("Z")


@pytest.fixture
def from_the_lan(lan: ServedNode) -> TestClient:
    """The same application, asked from another machine."""
    return TestClient(build(lan.node, "http://node.test"), client=A_SCREEN_ON_THE_LAN)


@pytest.mark.parametrize("path", ["/metrics", "/docs", "/openapi.json"])
def test_what_is_for_the_machine_itself_is_not_there_for_others(
    lan: ServedNode, from_the_lan: TestClient, path: str
) -> None:
    assert lan.get(path, token="").status_code == 200
    assert from_the_lan.get(path).status_code == 404
    assert from_the_lan.get("/healthz").status_code == 200


def test_the_description_names_every_route_and_no_other_host(lan: ServedNode) -> None:
    paths = lan.get("/openapi.json", token="").json()["paths"]
    wanted = ["orders", "orders/{id}/payments", "tickets", "menu-items", "people", "sign-ins", "status"]
    known = {path.replace("order_id", "id").replace("ticket_id", "id") for path in paths}
    assert {f"/api/v1/properties/{{property_id}}/{name}" for name in wanted} <= known
    page = lan.get("/docs", token="").text
    assert "swagger" in page
    assert "http://" not in page
    assert "https://" not in page


# --- enrolling


def a_link(lan: ServedNode, kind: str = "kitchen") -> str:
    """A one-time link's path."""
    made = lan.post("terminals", {"name": "Pass", "kind": kind})
    assert made.status_code == 201, made.text
    link: str = made.json()["link"]
    assert link.startswith("http://node.test/enrol/")
    return link.removeprefix("http://node.test")


def test_an_enrolment_link_gives_the_browser_a_cookie_that_no_script_reads_and_works_once(lan: ServedNode) -> None:
    path = a_link(lan)
    first = lan.client.get(path)
    assert (first.status_code, first.headers["location"]) == (303, "/kds")
    cookie = first.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    for part in ("HttpOnly", "SameSite=strict", "Path=/", "Max-Age="):
        assert part in cookie
    lan.client.cookies.clear()
    again = lan.client.get(path)
    assert again.status_code == 403
    assert "set-cookie" not in again.headers
    assert "<html" in again.text, "a person reads it"
    assert lan.client.get("/kds", headers={"Cookie": cookie.partition(";")[0]}).status_code == 200


def test_a_screen_enrols_by_its_code_once(lan: ServedNode) -> None:
    code = a_link(lan, "till").rpartition("/")[2]
    first = lan.post("/api/v1/terminals/enrol", {"code": code.lower(), "name": "Pool bar"}, token="")
    assert first.status_code == 201
    assert (first.json()["name"], first.json()["kind"], first.json()["property_id"]) == ("Pool bar", "till", PROPERTY)
    again = lan.post("/api/v1/terminals/enrol", {"code": code}, token="")
    assert again.status_code in (401, 403, 409)
    assert error_of(again)["message"].endswith(".")
    assert lan.get("orders", token=first.json()["token"]).status_code == 200


def test_codes_can_not_be_guessed_by_trying_many(lan: ServedNode) -> None:
    tries = [lan.post("/api/v1/terminals/enrol", {"code": f"AAAA-{n:04}"}, token="") for n in range(ENROL_TRIES + 2)]
    assert [answer.status_code for answer in tries[ENROL_TRIES:]] == [429, 429]
    assert 429 not in [answer.status_code for answer in tries[:ENROL_TRIES]]
    assert code_of(tries[-1]) == (429, "TOO_MANY_TRIES")
    assert 0 < int(tries[-1].headers["Retry-After"]) <= ENROL_SECONDS
    assert code_of(lan.client.get("/enrol/AAAA-0000")) == (429, "TOO_MANY_TRIES"), "by either door"
    assert lan.order()["number"] == "A1-1", "and nobody else waits for it"


def test_the_throttle_counts_each_address_by_itself_and_forgets_old_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr("edge.doors.time.monotonic", lambda: now)
    throttle = Throttle(2, 60.0)
    for n in range(ADDRESSES_MAX + 50):
        throttle.check(f"10.0.{n // 256}.{n % 256}")
    for _ in range(2):
        throttle.check("one")
    with pytest.raises(TooMany):
        throttle.check("one")
    throttle.check("another")
    now += 61
    throttle.check("one")
    assert len(throttle._seen) == 1, "the flood is forgotten"


# --- everything else leaves in the envelope


def test_an_unknown_path_a_wrong_method_and_a_body_that_is_no_json_leave_in_the_envelope(lan: ServedNode) -> None:
    assert code_of(lan.get("/nowhere")) == (404, "NO_SUCH_PAGE")
    assert code_of(lan.client.delete(f"{PREFIX}/orders")) == (405, "METHOD_NOT_ALLOWED")
    headers = {"Authorization": f"Bearer {lan.token}", "Content-Type": "application/json"}
    for body in (b"{", b"", b"[]", b"null", b'"x"'):
        answer = lan.client.post(f"{PREFIX}/orders", content=body, headers=headers)
        assert code_of(answer) == (422, "INVALID_INPUT"), body
        assert error_of(answer)["message"].startswith("Check ")
    for body in (b'{"channel":"\xff\xfe"}', b"9" * 5_000, b"[" * 200_000 + b"]" * 200_000):
        answer = lan.client.post(f"{PREFIX}/orders", content=body, headers=headers)
        assert code_of(answer) in [(400, "BODY_UNREADABLE"), (422, "INVALID_INPUT")], body[:10]
    assert lan.order()["number"] == "A1-1"


def test_a_misspelt_field_is_named_and_not_dropped(lan: ServedNode) -> None:
    answer = lan.post("orders", {**order(), "tabel": "12"})
    assert code_of(answer) == (422, "INVALID_INPUT")
    assert "tabel" in error_of(answer)["message"]


@pytest.mark.parametrize("path", ["orders/not-an-id", "orders/%00", f"orders/{new_id().upper()}"])
def test_an_id_that_is_none_is_refused(lan: ServedNode, path: str) -> None:
    assert lan.client.get(f"{PREFIX}/{path}", headers={"Authorization": f"Bearer {lan.token}"}).status_code == 422


def test_what_is_not_there_is_said_so(lan: ServedNode) -> None:
    assert code_of(lan.get(f"orders/{new_id()}")) == (404, "ORDER_NOT_FOUND")
    assert code_of(lan.get("orders", cursor="nobody's")) in [(422, "CURSOR_INVALID"), (422, "INVALID_INPUT")]


LINE = {"menu_item_id": SOUP, "quantity": 1}
BAD_TEXTS = ["A\x00B", "\ud800", "\x1b@", "a\u2028b", "'; DROP TABLE orders; --", "\U0010ffff"]


@pytest.mark.parametrize("text", BAD_TEXTS, ids=ascii)
def test_odd_characters_anywhere_break_nothing(lan: ServedNode, text: str) -> None:
    """A control character becomes a space where text is kept, and is refused where only certain signs make sense."""
    placed = lan.order()
    raw = json.dumps(text)
    calls = [
        ("orders", f'{{"channel":"dine_in","table":{raw},"note":{raw},"lines":[{json.dumps(LINE)}]}}'),
        ("orders", f'{{"channel":"dine_in","lines":[{{"menu_item_id":"{SOUP}","quantity":1,"note":{raw}}}]}}'),
        ("orders", f'{{"channel":{raw},"lines":[{json.dumps(LINE)}]}}'),
        ("orders", f'{{"channel":"dine_in","lines":[{{"menu_item_id":{raw},"quantity":1}}]}}'),
        (f"orders/{placed['id']}/payments", f'{{"tender":"card","amount_minor":1,"reference":{raw}}}'),
        (f"orders/{placed['id']}/lines/{placed['lines'][0]['id']}/void", f'{{"reason":{raw}}}'),
        ("people", f'{{"display_name":{raw},"role":"staff"}}'),
        ("people", f'{{"display_name":"Ndapewa","role":{raw}}}'),
        ("terminals", f'{{"name":{raw},"kind":"till"}}'),
        ("stations", f'{{"name":{raw}}}'),
        ("menu-categories", f'{{"name":{raw}}}'),
        ("tax-rates", f'{{"name":{raw},"rate_bp":100,"included":true}}'),
        ("pins", f'{{"code":{raw},"pin":"246810"}}'),
        ("pins", f'{{"code":"AAAA","pin":{raw}}}'),
        ("sign-ins", f'{{"person_id":"{SELMA}","pin":{raw}}}'),
        ("/api/v1/terminals/enrol", f'{{"code":{raw},"name":{raw}}}'),
        ("printers", f'{{"name":{raw},"address":{raw},"station_ids":[],"receipts":true}}'),
    ]
    headers = {"Authorization": f"Bearer {lan.token}", "Content-Type": "application/json"}
    for path, body in calls:
        url = path if path.startswith("/") else f"{PREFIX}/{path}"
        answer = lan.client.post(url, content=body.encode(), headers=headers)
        assert answer.status_code < 500, (path, body, answer.text)
        if answer.status_code >= 400:
            error_of(answer)
        else:
            kept = json.dumps(answer.json(), ensure_ascii=False)
            assert not any(sign in kept for sign in "\x00\x1b\u2028"), "what is kept can be printed and sent"
            kept.encode()
    assert lan.get("orders", cursor=text.encode("utf-8", "replace").decode()).status_code < 500


# --- how much is taken in


def test_a_body_that_says_it_is_too_large_is_refused_at_once(lan: ServedNode) -> None:
    big = {**order(), "note": "x" * BODY_BYTES_MAX}
    answer = lan.post("orders", big)
    assert code_of(answer) == (413, "BODY_TOO_LARGE")
    assert str(BODY_BYTES_MAX) in error_of(answer)["message"]


def test_a_body_that_does_not_say_how_large_it_is_is_cut_off_at_the_bound(lan: ServedNode) -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        while sent < 4 * BODY_BYTES_MAX:
            sent += 65_536
            yield b"x" * 65_536

    headers = {"Authorization": f"Bearer {lan.token}", "Content-Type": "application/json"}
    for path in ("orders", "sign-ins", "terminals"):
        sent = 0
        answer = lan.client.post(f"{PREFIX}/{path}", content=endless(), headers=headers)
        assert code_of(answer) == (413, "BODY_TOO_LARGE")
    assert lan.order()["number"] == "A1-1"


def test_a_large_order_within_the_bound_is_judged_by_its_own_rules(lan: ServedNode) -> None:
    answer = lan.post("orders", {**order(), "lines": [LINE] * 5_000})
    assert code_of(answer)[0] == 422
    assert code_of(answer)[1] != "BODY_TOO_LARGE"


def test_a_bug_leaves_in_the_envelope_too_and_says_nothing_of_itself(
    lan: ServedNode, from_the_lan: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> str:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(lan.node, "property_name", broken)
    quiet = TestClient(from_the_lan.app, raise_server_exceptions=False)
    answer = quiet.get("/api/v1/node")
    assert code_of(answer) == (500, "INTERNAL_ERROR")
    assert "secret" not in answer.text
