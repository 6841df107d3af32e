"""`buffr sync …` as an operator types it, at head office over HTTP and at a node's file."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from buffr.sync.command import app
from buffr.sync.ends import OfficeFolder
from hospitality.ground.errors import NotFound
from hospitality.ground.ids import new_id
from hospitality.menu.service import edit_item
from tests.cloud_fixture import HeadOffice, There, head_office, migrated
from tests.joined_node import joined_node
from tests.postgres_fixture import DatabaseFactory, TemplateFactory
from tests.sync.ends import wait_until
from tests.sync.menus import add_menu


@pytest.fixture
def office(database: DatabaseFactory, database_template: TemplateFactory, tmp_path: Path) -> Iterator[HeadOffice]:
    """A running head office."""
    with head_office(database(template=migrated(database_template)), tmp_path) as started:
        yield started


@pytest.fixture
def there(office: HeadOffice) -> There:
    """A property of it."""
    return office.add_property("Harbour House")


def typed(*words: str, exits: int = 0) -> str:
    """What it says, and that it ends so."""
    result = CliRunner().invoke(app, list(words))
    assert result.exit_code == exits, result.output
    return result.output


def items(*words: str) -> list[dict[str, Any]]:
    """What a list answers to programs."""
    return list(json.loads(typed(*words, "--json"))["items"])


def test_conflicts_are_listed_restored_and_dismissed_at_head_office(office: HeadOffice, there: There) -> None:
    at = ("--url", office.url, "--token", office.token)
    item = office.menu_item(there, "Kingklip", 19800)
    one = office.conflict(there, item, "price_minor", won=21500, lost=20500)
    other = office.conflict(there, item, "available", won=False, lost=True)
    line = typed("conflicts", *at).splitlines()[-1]
    assert line.startswith(f"{one}  open ")
    assert "menu_items.price_minor of Kingklip: 21500 (head office, " in line
    assert ") counts, 20500 (node A, " in line
    assert "restored by" in typed("conflicts", "restore", one, *at)
    assert "dismissed by" in typed("conflicts", "dismiss", other, "--note", "Sold out", *at)
    assert typed("conflicts", "--open", *at) == "None.\n"
    assert {found["state"] for found in items("conflicts", *at)} == {"restored", "dismissed"}
    assert items("conflicts", "--property", there.id, *at) == items("conflicts", *at)
    assert "There is none of that id." in typed("conflicts", "restore", new_id(), *at, exits=1)


def test_what_was_set_aside_is_tried_again_and_discarded(office: HeadOffice, there: There) -> None:
    at = ("--url", office.url, "--token", office.token)
    station = {"id": new_id(), "property_id": there.id, "name": "Grill", "sort": 1, "printer": None}
    good = office.set_aside(there, code="UNKNOWN_TABLE", changes=[("stations", station)])
    bad = office.set_aside(there, changes=[("order_lines", {"id": new_id(), "property_id": there.id})])
    assert "1 × stations  UNKNOWN_TABLE" in typed("troubles", *at)
    assert typed("troubles", "retry", good, "--note", "Known now", *at) == "It is applied.\n"
    assert [found["settled"] and found["settled"]["note"] for found in items("troubles", *at)] == [None, "Known now"]
    assert "It waits on. UNACCEPTABLE" in typed("troubles", "retry", bad, *at, exits=1)
    assert "discarded by" in typed("troubles", "discard", bad, "--note", "Of no use", *at)
    assert typed("troubles", "--open", *at) == "None.\n"


def test_head_offices_own_folder_is_worked_on_in_the_name_of_its_machine(office: HeadOffice, there: There) -> None:
    item = office.menu_item(there, "Kingklip", 19800)
    one = office.conflict(there, item, "price_minor", won=21500, lost=20500)
    aside = office.set_aside(there, changes=[("stations", {"id": new_id(), "property_id": there.id, "name": "x"})])
    end = OfficeFolder(office.cloud.host, office.org_id)
    assert [found["id"] for found in end.listed("conflicts", "open", None)] == [one]
    assert [found["id"] for found in end.listed("troubles", "open", there.id)] == [aside]
    assert end.decide("conflicts", one, "restore", None)["settled"]["by"] is None
    assert end.decide("troubles", aside, "retry", None)["applied"] is False
    assert end.decide("troubles", aside, "discard", "Of no use")["settled"]["note"] == "Of no use"
    assert [*end.listed("conflicts", "open", None), *end.listed("troubles", "open", None)] == []
    with pytest.raises(NotFound):
        end.decide("conflicts", new_id(), "dismiss", "x")
    assert list(OfficeFolder(office.cloud.host, new_id()).listed("conflicts", "all", None)) == []


def test_a_nodes_file_is_read_while_it_runs_and_not_written(
    office: HeadOffice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = office.add_property("Dune Lodge", node=False)
    folder = tmp_path / "node"
    with joined_node(office, there.id, folder) as node:
        act = node.host.writer.act
        item = act(node.host.system(), lambda work: add_menu(work, items=1)).result(20).items[0]
        wait_until(lambda: node.engine.waiting == 0)
        node.engine.stop()
        act(node.host.system(), lambda work: edit_item(work, item, {"price_minor": 1111})).result(20)
    caller = node.host.system()
    office.cloud.host.act_now(caller, lambda work: edit_item(work, item, {"price_minor": 2222}))
    with joined_node(office, there.id, folder) as node:
        wait_until(lambda: node.status()["sync"]["conflicts"] == 1)
        monkeypatch.setenv("BUFFR_EDGE_KEYS", str(folder / "keys"))
        (found,) = items("conflicts", "--data", str(folder), "--open")
        assert (found["won"]["value"], found["lost"]["value"], found["restore"]) == (2222, 1111, "here")
        said = typed("conflicts", "restore", found["id"], "--data", str(folder), exits=1)
        assert "A node's file is only read here." in said


def test_who_names_no_end_or_a_wrong_one_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BUFFR_TOKEN", raising=False)
    assert "Say where" in typed("conflicts", exits=1)
    assert "BUFFR_TOKEN" in typed("conflicts", "--url", "http://127.0.0.1:9", exits=1)
    assert "Nobody answers" in typed("conflicts", "--url", "http://127.0.0.1:9", "--token", "x", exits=1)
    assert "--org" in typed("troubles", "--data", str(tmp_path), exits=1)


def test_the_status_of_a_node_is_told_by_itself_and_read_from_its_file(
    office: HeadOffice, there: There, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "node"
    monkeypatch.setenv("BUFFR_EDGE_KEYS", str(folder / "keys"))
    property_id = office.add_property("Dune House", node=False).id
    with joined_node(office, property_id, folder) as node:
        wait_until(lambda: node.engine.status.caught_up)
    with joined_node(office, property_id, folder, cloud_url="http://127.0.0.1:9") as node:
        node.host.writer.act(node.host.system(), add_menu).result(10)
        waiting = node.engine.waiting
    found = json.loads(typed("status", "--data", str(folder), "--json"))
    assert (found["node_code"], found["waiting"], found["kept"]) == ("B", waiting, 0)
    assert waiting > 0
    assert found["oldest_waiting_ms"] is not None
    assert "There is no node in" in typed("status", "--data", str(tmp_path), exits=1)
    assert "No node answers at" in typed("status", "--url", "http://127.0.0.1:9", exits=1)
    assert "This is head office" in typed("status", "--url", office.url, exits=1)
    there_too = typed("status", "--url", office.url, "--token", office.token).splitlines()
    assert [line.split() for line in there_too if line.startswith(("head office", "code", "standing"))] == [
        ["head", "office", "put", "back", "–"],
        *(["code", "A"], ["standing", "0"], ["code", "B"], ["standing", "0"]),
    ]
