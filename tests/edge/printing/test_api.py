"""Printers and print jobs over HTTP, on a node's own database."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from starlette.requests import HTTPConnection

from devices.virtual_printer import VirtualPrinter
from edge.host import EdgeHost
from edge.printing import Printing
from edge.printing.api import router
from edge.printing.printers import read_address
from hospitality.ground.errors import Invalid
from hospitality.ground.http import install_errors, serve_routes
from hospitality.ground.ids import new_id
from hospitality.ground.work import Caller
from hospitality.people.rules import TERMINAL_PERMISSIONS, permissions_of
from tests.edge.node_fixture import BAR, KITCHEN, PROPERTY, STEAK, TILL, TOIVO, manager
from tests.edge.printing.evening import order, printing, states, texts, wait_for
from tests.serving import serve

CALLERS = {
    "manager": manager(*permissions_of("hospitality_manager")),
    "staff": Caller(manager().org_id, PROPERTY, TOIVO, TILL, permissions_of("staff"), "Toivo"),
    "till": Caller(manager().org_id, PROPERTY, None, TILL, TERMINAL_PERMISSIONS["till"]),
    "room": Caller(manager().org_id, PROPERTY, None, TILL, TERMINAL_PERMISSIONS["room"]),
}


@dataclass
class Desk:
    """Someone at a screen of the node."""

    client: httpx2.Client
    host: EdgeHost
    printing: Printing

    def call(self, method: str, path: str, body: Any = None, *, who: str = "manager", key: str = "") -> httpx2.Response:
        headers = {"Authorization": who, **({"Idempotency-Key": key} if key else {})}
        return self.client.request(method, f"/api/v1/properties/{PROPERTY}/{path}", json=body, headers=headers)

    def add(self, name: str, port: int, **more: Any) -> dict[str, Any]:
        answer = self.call("POST", "printers", {"name": name, "address": f"127.0.0.1:{port}", **more})
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def items(self, path: str) -> list[dict[str, Any]]:
        return list(self.call("GET", path).json()["items"])


@pytest.fixture
def desk(host: EdgeHost, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    async def caller_of(request: HTTPConnection, property_id: str | None) -> Caller:
        return CALLERS[request.headers["authorization"]]

    monkeypatch.setattr(host, "caller_of", caller_of)
    app = FastAPI()
    install_errors(app)
    serve_routes(app, [router])
    with printing(host) as found:
        app.state.host, app.state.printing = host, found
        with serve(app) as address, httpx2.Client(base_url=address, timeout=30) as client:
            yield Desk(client, host, found)


def code(answer: httpx2.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def test_a_printer_is_set_up_and_shows_how_it_is(desk: Desk, grill: VirtualPrinter) -> None:
    made = desk.add("Grill", grill.port, station_ids=[KITCHEN, BAR], receipts=True, columns=32)
    assert made["station_ids"] == [KITCHEN, BAR]
    wait_for(lambda: [found["state"] for found in desk.items("printers")] == ["ready"])
    assert desk.items("printers") == [{**made, "state": "ready", "jobs_waiting": 0, "detail": "", "found_at": ""}]


def test_a_printer_of_a_known_kind_has_its_columns(desk: Desk, grill: VirtualPrinter) -> None:
    kinds = {kind["name"]: kind for kind in desk.items("printer-profiles")}
    assert kinds["impact-76"] == {"name": "impact-76", "columns": 40, "impact": True, "red": True}
    made = desk.add("Grill", grill.port, station_ids=[KITCHEN], profile="impact-76")
    assert (made["profile"], made["columns"]) == ("impact-76", 40)
    new = {"name": "Bar", "address": "127.0.0.1:1", "profile": "TSP600"}
    assert code(desk.call("POST", "printers", new)) == (422, "PROFILE_INVALID")
    order(desk.host, STEAK)
    wait_for(lambda: len(texts(grill)) == 1)
    assert "═" * 40 in texts(grill)[0].splitlines()


def test_a_profile_and_a_backup_can_be_taken_away_again(desk: Desk) -> None:
    bar = desk.add("Bar", 1)
    grill = desk.add("Grill", 2, profile="TM-T20II", backup_id=bar["id"])
    assert (grill["columns"], grill["backup_id"]) == (48, bar["id"])
    taken = desk.call(
        "PATCH", f"printers/{grill['id']}", {"profile": None, "backup_id": None, "columns": 32, "name": None}
    )
    assert taken.json() == {**grill, "profile": None, "backup_id": None, "columns": 32}


def test_people_get_the_paper_that_they_ask_for(desk: Desk, grill: VirtualPrinter) -> None:
    placed = order(desk.host, STEAK)
    assert code(desk.call("POST", f"orders/{placed['id']}/print-bill")) == (409, "NO_RECEIPT_PRINTER")
    printer = desk.add("Till", grill.port, receipts=True)
    made = desk.call("POST", f"orders/{placed['id']}/print-bill", key="b").json()["items"]
    assert desk.call("POST", f"orders/{placed['id']}/print-bill", key="b").json()["items"] == made
    assert desk.call("POST", f"printers/{printer['id']}/test-page").status_code == 201
    assert desk.call("POST", "x-report/print").status_code == 201
    new = {"title": "Prawn stock", "lines": ["Use by 9 Mar"], "code": "INV-1", "copies": 2}
    assert desk.call("POST", f"printers/{printer['id']}/labels", new).status_code == 201
    bad = {"title": "Prawn stock", "code": "Żurek"}
    assert code(desk.call("POST", f"printers/{printer['id']}/labels", bad)) == (422, "LABEL_INVALID")
    wait_for(lambda: len(texts(grill)) == 5)
    shown, page, x, *labels = texts(grill)
    assert "To pay" in shown
    assert "[QR Till" in page
    assert "X report" in x
    assert labels[0] == labels[1]
    assert "[code128 INV-1]" in labels[0]
    assert [job["id"] for job in desk.items(f"print-jobs?order_id={placed['id']}")] == [made[0]["id"]]


def test_a_preview_shows_the_property_its_own_paper(desk: Desk) -> None:
    answer = desk.call("GET", "paper-previews/receipt?profile=thermal-58")
    assert (answer.headers["content-type"], answer.content[:4]) == ("image/png", b"\x89PNG")
    assert code(desk.call("GET", "paper-previews/menu")) == (404, "PREVIEW_NOT_FOUND")
    assert code(desk.call("GET", "paper-previews/receipt?profile=TSP600")) == (422, "PROFILE_INVALID")


def test_setting_up_again_with_the_same_key_makes_one_printer(desk: Desk) -> None:
    new = {"name": "Grill", "address": "127.0.0.1:1"}
    first, second = (desk.call("POST", "printers", new, key="k1") for _ in range(2))
    assert first.json() == second.json()
    assert len(desk.items("printers")) == 1


def test_a_printer_that_moved_is_told_so(desk: Desk, grill: VirtualPrinter) -> None:
    made = desk.add("Grill", 1, station_ids=[KITCHEN])
    order(desk.host, STEAK)
    wait_for(lambda: [found["state"] for found in desk.items("printers")] == ["unreachable"])
    moved = desk.call("PATCH", f"printers/{made['id']}", {"address": f"127.0.0.1:{grill.port}"})
    assert moved.status_code == 200
    assert moved.json() == {**made, "address": f"127.0.0.1:{grill.port}"}
    wait_for(lambda: len(texts(grill)) == 1)


def test_what_can_not_be_is_refused_in_words(desk: Desk) -> None:
    grill = desk.add("Grill", 1)
    pass_ = desk.add("Pass", 2)
    assert code(desk.call("POST", "printers", {"name": "grill", "address": "127.0.0.1:3"})) == (
        409,
        "PRINTER_NAME_TAKEN",
    )
    assert code(desk.call("POST", "printers", {"name": "Bar", "address": "127.0.0.1:1"})) == (
        409,
        "PRINTER_ADDRESS_TAKEN",
    )
    assert code(desk.call("POST", "printers", {"name": "Bar", "address": "nowhere:99999"})) == (422, "ADDRESS_INVALID")
    stranger = {"name": "Bar", "address": "127.0.0.1:3", "station_ids": [new_id()]}
    assert code(desk.call("POST", "printers", stranger)) == (404, "STATION_NOT_FOUND")
    taken = {"address": "127.0.0.1:1"}
    assert code(desk.call("PATCH", f"printers/{pass_['id']}", taken)) == (409, "PRINTER_ADDRESS_TAKEN")
    assert desk.call("PATCH", f"printers/{grill['id']}", taken).status_code == 200
    assert code(desk.call("PATCH", f"printers/{new_id()}", taken)) == (404, "PRINTER_NOT_FOUND")


def test_a_node_drives_so_many_printers_and_no_more(desk: Desk) -> None:
    for n in range(16):
        desk.add(f"Printer {n}", n + 1)
    answer = desk.call("POST", "printers", {"name": "One more", "address": "127.0.0.1:99"})
    assert code(answer) == (409, "TOO_MANY_PRINTERS")


def test_only_who_may_sets_printers_up_or_looks(desk: Desk) -> None:
    new = {"name": "Grill", "address": "127.0.0.1:1"}
    assert code(desk.call("POST", "printers", new, who="staff")) == (403, "NOT_PERMITTED")
    assert desk.call("GET", "printers", who="till").status_code == 200
    assert code(desk.call("GET", "printers", who="room")) == (403, "NOT_PERMITTED")
    assert code(desk.call("GET", "print-jobs", who="room")) == (403, "NOT_PERMITTED")


def test_jobs_are_listed_the_last_first_by_state_and_printer(desk: Desk, grill: VirtualPrinter) -> None:
    made = desk.add("Grill", grill.port, station_ids=[KITCHEN])
    dead = desk.add("Pass", 1, station_ids=[KITCHEN])
    for table in ("1", "2", "3"):
        order(desk.host, STEAK, table=table)
    wait_for(lambda: len(desk.items("print-jobs?state=confirmed")) == 3)
    assert {job["printer_name"] for job in desk.items("print-jobs?state=live")} == {"Pass"}
    assert len(desk.items(f"print-jobs?printer_id={dead['id']}")) == 3
    page = desk.call("GET", f"print-jobs?printer_id={made['id']}&limit=2").json()
    rest = desk.call("GET", f"print-jobs?printer_id={made['id']}&limit=2&cursor={page['next_cursor']}").json()
    titles = [job["title"] for job in (*page["items"], *rest["items"])]
    assert titles == ["Ticket A1-3 Kitchen", "Ticket A1-2 Kitchen", "Ticket A1-1 Kitchen"]
    assert rest["next_cursor"] is None
    assert "document" not in page["items"][0]
    assert code(desk.call("GET", "print-jobs?cursor=x")) == (422, "CURSOR_INVALID")
    assert desk.call("GET", "print-jobs?state=lost").status_code == 422


def test_staff_have_a_slip_printed_again_under_their_name(desk: Desk, grill: VirtualPrinter) -> None:
    desk.add("Grill", grill.port, station_ids=[KITCHEN])
    order(desk.host, STEAK)
    wait_for(lambda: states(desk.host) == ["confirmed"])
    (job,) = desk.items("print-jobs")
    assert (job["copies"], job["reprint"]) == (1, True)
    answer = desk.call("POST", f"print-jobs/{job['id']}/print-again", who="staff")
    assert (answer.status_code, answer.json()["state"]) == (201, "queued")
    wait_for(lambda: len(texts(grill)) == 2)
    assert "asked by Toivo" in texts(grill)[1]
    assert code(desk.call("POST", f"print-jobs/{job['id']}/print-again", who="till")) == (403, "NOT_PERMITTED")


def test_a_tap_that_is_sent_twice_prints_one_copy(desk: Desk, grill: VirtualPrinter) -> None:
    desk.add("Grill", grill.port, station_ids=[KITCHEN])
    order(desk.host, STEAK)
    wait_for(lambda: states(desk.host) == ["confirmed"])
    (job,) = desk.items("print-jobs")
    for _ in range(2):
        assert desk.call("POST", f"print-jobs/{job['id']}/print-again", key="tap").status_code == 201
        wait_for(lambda: states(desk.host) == ["confirmed"])
    assert len(texts(grill)) == 2


def test_waiting_slips_are_dropped_or_tried_at_once_and_ended_ones_are_not(desk: Desk) -> None:
    desk.add("Grill", 1, station_ids=[KITCHEN])
    order(desk.host, STEAK)
    wait_for(lambda: states(desk.host) == ["failed"])
    (job,) = desk.items("print-jobs")
    path = f"print-jobs/{job['id']}"
    assert code(desk.call("POST", f"{path}/print-again")) == (409, "PRINT_JOB_STATE")

    def until_through(step: str) -> httpx2.Response:
        # it is tried several times a second, and what is being sent can be neither released nor cancelled
        answers: list[httpx2.Response] = []

        def done() -> bool:
            answers.append(desk.call("POST", f"{path}/{step}"))
            return answers[-1].status_code == 201

        wait_for(done)
        return answers[-1]

    assert until_through("release").json()["state"] == "queued"
    assert until_through("cancel").json()["state"] == "cancelled"
    assert code(desk.call("POST", f"{path}/cancel")) == (409, "PRINT_JOB_STATE")
    assert code(desk.call("POST", f"{path}/release")) == (409, "PRINT_JOB_STATE")
    assert code(desk.call("POST", f"print-jobs/{new_id()}/cancel")) == (404, "PRINT_JOB_NOT_FOUND")


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("192.168.1.50:9100", "192.168.1.50", 9100),
        ("192.168.1.50", "192.168.1.50", 9100),
        (" printer-1.lan:515 ", "printer-1.lan", 515),
        ("[fd00::50]:9100", "fd00::50", 9100),
    ],
)
def test_addresses_are_read_as_people_write_them(text: str, host: str, port: int) -> None:
    assert (read_address(text).path, read_address(text).port) == (host, port)


@pytest.mark.parametrize(
    "text", ["", ":9100", "printer:", "printer:0", "printer:65536", "a b:1", "http://p:1", "p:1:2"]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        read_address(text)
