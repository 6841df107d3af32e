"""What a browser or a program may send head office by mistake or on purpose: refused in words, never a crash."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from hospitality.ground.http import BODY_BYTES_MAX
from hospitality.ground.ids import new_id
from sync.hub.api import BODY_BYTES_MAX as PUSH_BYTES_MAX
from tests.cloud_fixture import HeadOffice, head_office, migrated
from tests.postgres_fixture import Databases, TemplateFactory

BAD_TEXTS = ["A\x00B", "\ud800", "\x1b@", "'; DROP TABLE orders; --", "\U0010ffff"]


@pytest.fixture(scope="module")
def office(
    postgres_databases: Databases, database_template: TemplateFactory, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[HeadOffice]:
    fresh = postgres_databases.make(migrated(database_template))
    with head_office(fresh, tmp_path_factory.mktemp("office")) as running:
        yield running
    postgres_databases.drop(fresh)


def assert_refused_or_done(answer: httpx2.Response, what: object) -> None:
    """Not a crash; and what is refused to a program is in the envelope."""
    assert answer.status_code < 500, (what, answer.text)
    if answer.status_code >= 400 and answer.headers["content-type"] == "application/json":
        assert set(answer.json()["error"]) == {"code", "message", "details"}, what


@pytest.mark.parametrize("text", BAD_TEXTS, ids=ascii)
def test_odd_characters_anywhere_break_nothing(office: HeadOffice, text: str) -> None:
    there = office.add_property("Harbour House")
    item = office.menu_item(there, "Kabeljou", 14_500)
    here, raw = f"/api/v1/properties/{there.id}", json.dumps(text)
    line = f'{{"menu_item_id":"{item}","quantity":1,"note":{raw}}}'
    calls = [
        ("POST", "/api/v1/sessions", f'{{"email":{raw},"password":{raw}}}'),
        ("POST", "/sync/v1/enrol", f'{{"code":{raw},"public_key":{raw}}}'),
        ("PATCH", f"{here}/menu-items/{item}", f'{{"name":{raw}}}'),
        ("POST", f"{here}/stations", f'{{"name":{raw}}}'),
        ("POST", f"{here}/people", f'{{"display_name":{raw},"role":{raw}}}'),
        ("POST", f"{here}/orders", f'{{"channel":"delivery","table":{raw},"note":{raw},"lines":[{line}]}}'),
    ]
    headers = {"Authorization": f"Bearer {office.token}", "Content-Type": "application/json"}
    with office.client() as client:
        for method, path, body in calls:
            answer = client.request(method, path, content=body.encode(), headers=headers)
            assert_refused_or_done(answer, (path, body))
        asked = text.encode("utf-8", "replace").decode()
        for path in ("orders", "payments", "menu-items", "requests"):
            answer = client.get(f"{here}/{path}", params={"cursor": asked, "state": asked}, headers=headers)
            assert_refused_or_done(answer, path)


@pytest.mark.parametrize("text", BAD_TEXTS, ids=ascii)
def test_odd_characters_in_forms_and_addresses_break_nothing(office: HeadOffice, text: str) -> None:
    sent = text.encode("utf-8", "replace").decode()
    with office.client() as client:
        for path in ("/sign-in", f"/welcome/{new_id()}"):
            form = {"email": sent, "password": sent, "again": sent, "next": sent}
            assert_refused_or_done(client.post(path, data=form), path)
        for path in ("/welcome/%00", "/sign-in?next=%00", "/%00", "/conflicts?cursor=%00", "/static/%00"):
            assert_refused_or_done(client.get(path), path)
        for header in ("Bearer \x7f", "Bearer " + "x" * 5_000, "x"):
            assert_refused_or_done(client.get("/api/v1/organisation", headers={"Authorization": header}), header)


def test_a_body_too_large_is_refused_and_a_nodes_push_is_not(office: HeadOffice) -> None:
    with office.client() as client:
        for path in ("/api/v1/sessions", "/sign-in"):
            answer = client.post(path, content=b"x" * (BODY_BYTES_MAX + 1))
            assert (answer.status_code, answer.json()["error"]["code"]) == (413, "BODY_TOO_LARGE")
    assert PUSH_BYTES_MAX <= BODY_BYTES_MAX, "what the hub takes must get as far as the hub"


def test_an_unknown_page_and_a_wrong_method_leave_in_the_envelope(office: HeadOffice, tmp_path: Path) -> None:
    with office.client() as client:
        assert client.get("/api/v1/nowhere").json()["error"]["code"] == "NO_SUCH_PAGE"
        assert client.delete("/api/v1/sessions").status_code in (401, 405)
