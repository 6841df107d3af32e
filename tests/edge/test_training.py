"""Training: all of an evening can be done in it, and the real house stands afterwards as it stood."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
from sqlmodel import SQLModel

import edge.schema  # noqa: F401  (declares all tables)
from devices.virtual_printer import VirtualPrinter
from edge.database import connect
from edge.training.copied import COPIED, LEFT_OUT, STAFF
from edge.training.room import CODE, PIN
from edge.training.training import TRAINING_FOLDER
from tests.edge.node_fixture import BAR, BEER, KITCHEN, SELMA, SOUP, STEAK, TOIVO
from tests.edge.printing.evening import texts, wait_for
from tests.edge.served_node import Lan, ServedNode, order, screen, served_node


@contextmanager
def training(lan: Lan) -> Iterator[Lan]:
    """The doors of training, as whoever is signed in at the till meets them."""
    answer = lan.post("training", {})
    assert answer.status_code == 201, answer.text
    with Lan(lan.url + answer.json()["address"], lan.folder) as practice:
        yield practice


def done(answer: httpx2.Response) -> dict[str, Any]:
    assert answer.status_code in (200, 201), answer.text
    found: dict[str, Any] = answer.json()
    return found


def all_rows(lan: ServedNode) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table of the real database, the engine's and SQLite's own with them."""
    settings = lan.node.settings
    with closing(connect(settings.database, lan.node.keys.database, readonly=True)) as connection:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: [tuple(row) for row in connection.execute(f'SELECT * FROM "{name}"')] for name in tables}


def an_evening(practice: Lan) -> str:
    """All sorts of things that staff do, from the float to the day's close; the last receipt's number."""
    drawer = done(practice.post("drawers", {"name": "Till"}))
    session = done(practice.post(f"drawers/{drawer['id']}/sessions", {"float_minor": 1000}))
    placed = practice.order(SOUP, BEER, STEAK)
    assert placed["number"].startswith(CODE)
    path = f"orders/{placed['id']}"
    done(practice.post(f"{path}/lines", {"lines": [{"menu_item_id": SOUP, "quantity": 2, "course": 2, "hold": True}]}))
    done(practice.post(f"{path}/fire", {}))
    tickets = done(practice.get("tickets", state="open"))["items"]
    for ticket in tickets:
        for step in ("start", "bump", "serve"):
            done(practice.post(f"tickets/{ticket['id']}/{step}", {}))
    lines = [line["id"] for line in placed["lines"]]
    done(practice.post(f"{path}/lines/{lines[2]}/void", {"reason": "Dropped", "wasted": True}))
    comp = {"kind": "comp", "line_id": lines[1], "reason": "Regular"}
    done(practice.post(f"{path}/adjustments", comp))
    done(practice.post(f"{path}/split", {"checks": [{"line_ids": [lines[0]]}]}))
    done(practice.post("menu-items/" + SOUP + "/portions", {"portions": 0}))
    done(practice.post(f"stations/{BAR}/pause", {"reason": "A flood"}))
    done(practice.post("parties", {"name": "Nangolo", "covers": 3}))
    number = ""
    for open_order in done(practice.get("orders", state="open"))["items"]:
        pay = {"tender": "cash", "amount_minor": open_order["due_minor"], "tip_minor": 500}
        paid = done(practice.post(f"orders/{open_order['id']}/payments", pay))
        number = paid["receipt"]["number"]
    back = {"amount_minor": 100, "reason": "Cold soup"}
    done(practice.post(f"payments/{paid['payment']['id']}/refunds", back))
    done(practice.post(f"drawer-sessions/{session['session']['id']}/count", {"counted_minor": {"NAD": 1}}))
    day = done(practice.get("status"))["business_date"]
    done(practice.post(f"business-days/{day}/close", {}))
    assert "Z report" in practice.get(f"business-days/{day}/text").text
    return number


def test_an_evening_of_training_leaves_the_real_house_as_it_was(lan: ServedNode) -> None:
    with VirtualPrinter() as virtual:
        paper = {"name": "All", "address": f"127.0.0.1:{virtual.port}", "station_ids": [KITCHEN, BAR], "receipts": True}
        done(lan.post("printers", paper))
        assert lan.order(BEER)["number"] == "A1-1"
        wait_for(lambda: len(texts(virtual)) == 1 and not lan.node.printing.waiting())
        with screen(lan) as kitchen:
            kitchen.until("hello")
            before = all_rows(lan)
            with training(lan) as practice:
                assert an_evening(practice).startswith(CODE)
            assert all_rows(lan) == before
            assert lan.order(BEER)["number"] == "A1-2"
            heard = [event["data"] for event in kitchen.events(2)]
        wait_for(lambda: len(texts(virtual)) == 2)
    assert {each["order"]["number"] for each in heard if "order" in each} == {"A1-2"}
    assert [CODE in text for text in texts(virtual)] == [False, False]


def test_training_has_the_menu_and_the_people_of_the_house_and_none_of_its_guests_orders_or_pins(
    lan: ServedNode,
) -> None:
    real = lan.order(SOUP)
    with training(lan) as practice:
        assert done(practice.get("menu-items"))["items"] == done(lan.get("menu-items"))["items"]
        assert done(practice.get("orders", state="all"))["items"] == []
        assert practice.get(f"orders/{real['id']}").status_code == 404
        with screen(practice) as kitchen:
            practice.order(STEAK)
            assert kitchen.until("order_created")["data"]["order"]["number"] == f"{CODE}1-1"
        people = {one["id"]: one["has_pin"] for one in done(practice.get("people"))["items"]}
        assert people == {SELMA: True, TOIVO: True}
        till = lan.tokens["till"]
        toivo = done(practice.post("sign-ins", {"person_id": TOIVO, "pin": PIN}, token=till))["token"]
        assert practice.post("orders", order(BEER), token=toivo).status_code == 201
        assert lan.post("orders", order(BEER), token=toivo).status_code == 401
    assert done(lan.get("orders", state="open"))["items"] == [done(lan.get(f"orders/{real['id']}"))]


def test_the_last_who_leaves_wipes_it_and_so_does_the_days_close_and_a_manager(node_folder: Path) -> None:
    moment = datetime(2026, 3, 7, 18, tzinfo=UTC)
    with served_node(node_folder, now=lambda: moment) as lan:
        folder = node_folder / TRAINING_FOLDER
        assert lan.post("training", {}, token=lan.tokens["till"]).json()["error"]["code"] == "NOT_SIGNED_IN"
        with training(lan) as practice:
            practice.order(SOUP)
            assert done(lan.post("training/leave", {})) == {"goes_on": False}
            assert not folder.exists()
            assert practice.get("orders").json()["error"]["code"] == "TRAINING_OVER"
        lan.order(SOUP)
        with training(lan) as practice:
            assert done(practice.get("orders", state="all"))["items"] == []
            practice.order(SOUP)
            moment += timedelta(days=1)
            lan.order(SOUP)
        with training(lan) as practice:
            assert done(practice.get("orders", state="all"))["items"] == []
            assert lan.post("training/end", {}).status_code == 204
            assert practice.post("orders", order(SOUP)).json()["error"]["code"] == "TRAINING_OVER"
        with training(lan):
            assert folder.exists()
    assert not folder.exists()


def test_every_record_is_taken_along_or_left_out_on_purpose() -> None:
    records = {name for name, table in SQLModel.metadata.tables.items() if table.info.get("kind") == "record"}
    assert records - {"people"} == (set(COPIED) | set(LEFT_OUT)) - set(STAFF)
