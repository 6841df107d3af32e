"""A node that lost its disk, its machine, or moves: orders before and after, by the commands that an operator types.

They run in this process; that each is a process of its own, and makes a database where there is none, is in `test_main`.
"""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from edge.command import app
from edge.node import Node
from edge.settings import EdgeSettings
from hospitality.ground.work import Caller
from hospitality.people.service.accounts import add_person
from sync.hub.register import offer_code
from tests.cloud_fixture import HeadOffice, There, head_office, migrated
from tests.empty_node import put_empty_node
from tests.postgres_fixture import Databases, TemplateFactory
from tests.sync.ends import wait_until
from tests.sync.menus import Menu, add_menu, place

PASSPHRASE = "kudu at dusk"


@pytest.fixture(scope="module")
def running(
    postgres_databases: Databases, database_template: TemplateFactory, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[HeadOffice]:
    """One head office for all of these tests."""
    database = postgres_databases.make(migrated(database_template))
    with head_office(database, tmp_path_factory.mktemp("head-office")) as started:
        yield started
    postgres_databases.drop(database)


@pytest.fixture
def office(running: HeadOffice) -> HeadOffice:
    """A group of this test's own."""
    return running.anew()


class Machine:
    """A machine at a property: a data folder, a keys' folder and a second disk, and the commands typed there."""

    def __init__(self, folder: Path) -> None:
        self.data, self.keys, self.second = folder / "data", folder / "keys", folder / "second"
        self.second.mkdir(parents=True)
        self.settings = EdgeSettings(data=self.data, keys=self.keys, backup=self.second, backup_minutes=60)

    def type(self, *words: str, exits: int = 0) -> str:
        """What `buffr edge …` says, and that it ends so."""
        environment = {"BUFFR_EDGE_KEYS": str(self.keys), "BUFFR_MOVE_PASSPHRASE": PASSPHRASE}
        done = CliRunner().invoke(app, [*words, "--data", str(self.data)], env=environment)
        assert done.exit_code == exits, done.output
        return done.output

    def enrol(self, office: HeadOffice, there: There, *, replaces: str | None = None) -> dict[str, Any]:
        """Makes it a node of the property, on a file that is migrated already."""
        put_empty_node(self.data, self.keys)
        with office.cloud.database.transaction(office.org_id) as connection:
            code, _ = offer_code(connection, office.org_id, there.id, replaces=replaces)
        return dict(json.loads(self.type("enrol", office.url, code, "--json")))


def act(node: Node, verb: Any, *arguments: Any) -> Any:
    one = node.identity
    caller = Caller(one.org_id, one.property_id, permissions=frozenset({"*"}), name="test")
    return node.host.writer.act(caller, lambda work: verb(work, *arguments)).result(20)


def take_orders(machine: Machine, menu: Menu | None, count: int) -> tuple[Menu, set[str]]:
    """Runs the node for so many orders, until head office has them all; answers their numbers."""
    with Node(machine.settings) as node:
        wait_until(lambda: node.engine.status.caught_up, "the feed's end")
        menu = menu or act(node, add_menu)
        ids = [act(node, place, menu) for _ in range(count)]
        wait_until(lambda: node.engine.waiting == 0, "all is at head office")
        rows = node.host.ask(lambda r: r.rows("SELECT number FROM orders WHERE id IN (:ids)", ids=ids)).result(20)
        return menu, {row["number"] for row in rows}


def whole(machine: Machine) -> set[str]:
    """All orders' numbers at the node, once history is here too."""
    with Node(machine.settings) as node:
        wait_until(lambda: node.engine.status.taking == "nothing", "history")
        assert node.host.ask(lambda r: r.value("SELECT count(*) FROM sync_kept")).result(20) == 0
        return {row["number"] for row in node.host.ask(lambda r: r.rows("SELECT number FROM orders")).result(20)}


def at_head_office(office: HeadOffice) -> list[str]:
    with office.cloud.database.transaction(office.org_id) as connection:
        return [row["number"] for row in connection.execute("SELECT number FROM orders ORDER BY number").fetchall()]


def set_aside(office: HeadOffice) -> int:
    with office.cloud.database.transaction(office.org_id) as connection:
        return len(connection.execute("SELECT 1 FROM sync_quarantine").fetchall())


@pytest.fixture
def there(office: HeadOffice) -> There:
    there = office.add_property("Harbour House", node=False)
    caller = Caller(office.org_id, there.id, permissions=frozenset({"*"}), name="test")
    office.cloud.host.act_now(caller, lambda w: add_person(w, display_name="Selma", role="hospitality_manager"))
    return there


@pytest.fixture
def machine(office: HeadOffice, there: There, tmp_path: Path) -> Machine:
    """The property's machine, enrolled."""
    machine = Machine(tmp_path / "machine")
    machine.enrol(office, there)
    return machine


def test_a_lost_disk_comes_back_from_the_second_one(office: HeadOffice, machine: Machine) -> None:
    menu, before = take_orders(machine, None, 3)
    # the copy was made when that start began: of its orders it has none, head office has them all
    shutil.rmtree(machine.data)
    said = machine.type("restore", "--from", str(machine.second))
    assert "The node is put back" in said
    _, after = take_orders(machine, menu, 2)
    assert not before & after
    assert whole(machine) == before | after
    assert at_head_office(office) == sorted(before | after)
    assert set_aside(office) == 0


def test_a_lost_disk_without_a_second_one_is_filled_from_head_office(office: HeadOffice, machine: Machine) -> None:
    menu, before = take_orders(machine, None, 3)
    machine.type("restore", "--from-cloud", exits=1)  # it can be read
    shutil.rmtree(machine.data)
    (machine.keys / "incarnation").unlink(missing_ok=True)  # the keys were kept from an earlier day
    told = json.loads(machine.type("restore", "--from-cloud", "--json").splitlines()[-1])  # what is logged comes before
    assert (told["node_code"], bool(told["terminal_code"]), bool(told["people"])) == ("A", True, True)
    _, after = take_orders(machine, menu, 2)
    numbers = [*before, *after]
    assert len(set(numbers)) == 5
    assert {number.split("-")[0] for number in numbers} == {"A1", "A2"}
    assert whole(machine) == set(numbers)
    assert at_head_office(office) == sorted(numbers)
    assert set_aside(office) == 0


def test_a_lost_machine_is_replaced_and_the_lost_one_is_refused(
    office: HeadOffice, there: There, machine: Machine, tmp_path: Path
) -> None:
    menu, before = take_orders(machine, None, 2)
    with office.cloud.database.transaction(office.org_id) as connection:
        lost = connection.execute("SELECT id FROM sync_nodes").fetchone()
        assert lost is not None
    other = Machine(tmp_path / "other")
    assert other.enrol(office, there, replaces=lost["id"])["node_code"] == "B"
    with Node(machine.settings) as node:
        wait_until(lambda: node.engine.status.stopped, "it is refused")
        assert node.engine.status.stopped == "REVOKED"
    with office.cloud.database.transaction(office.org_id) as connection:
        noted = connection.execute("SELECT reason, data FROM journal WHERE kind = 'properties.node_revoked'").fetchall()
    assert [row["reason"] for row in noted] == ["Node B took its place."]
    assert lost["id"] in noted[0]["data"]
    _, after = take_orders(other, menu, 2)
    assert whole(other) == before | after
    assert at_head_office(office) == sorted(before | after)


def test_a_moved_node_goes_on_elsewhere_and_no_more_here(office: HeadOffice, machine: Machine, tmp_path: Path) -> None:
    menu, before = take_orders(machine, None, 2)
    sealed = tmp_path / "node.sealed"
    assert "The node is in" in machine.type("move-out", str(sealed))
    assert "This node was moved out of here" in machine.type("run", "--port", "0", exits=1)
    other = Machine(tmp_path / "other")
    other.type("move-in", str(sealed))
    _, after = take_orders(other, menu, 2)
    assert not before & after
    assert whole(other) == before | after
    assert at_head_office(office) == sorted(before | after)
    assert set_aside(office) == 0
