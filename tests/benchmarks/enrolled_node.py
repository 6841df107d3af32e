"""Head office and a node that it took in, with a way to fill the node's outbox while the node is not running."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec

from edge.host import EdgeHost
from hospitality.ground.work import Caller
from hospitality.menu.service import NewItem, add_category, add_item, add_station
from hospitality.menu.service.choices import NewOption, add_modifier_group
from hospitality.menu.service.taxes import add_tax_rate as add_tax
from hospitality.orders.rules import NewLine, NewOrder
from hospitality.orders.service import place_order
from hospitality.people.proofs import code_hash_of, hash_of, new_code, new_token
from hospitality.people.service.sessions import open_session
from hospitality.people.service.terminals import enrol_terminal, issue_terminal_code
from sync.node.outbox import next_draft
from tests.benchmarks.processes import Process, command
from tests.edge.node_fixture import WAIT_SECONDS, node

AT_A_TIME = 500


@dataclass(frozen=True, slots=True)
class HeadOffice:
    """The cloud's process, its data and the group in it."""

    process: Process
    data: Path
    org_id: str

    @property
    def postgres(self) -> Path:
        """Where its embedded PostgreSQL lies."""
        return self.data / "postgres"


@dataclass(frozen=True, slots=True)
class EnrolledNode:
    """A node's folder, and what its orders are made of."""

    folder: Path
    node_id: str
    caller: Caller
    order: NewOrder

    def process(self, cloud_url: str, folder: Path, *, module: tuple[str, ...] = ("buffr.main",)) -> Process:
        """The node as a process that reaches its cloud at this address; `module` runs it with something added."""
        return Process(
            self.folder.name,
            *module,
            *("edge", "run", "--data", str(self.folder)),
            folder=folder,
            environment={"BUFFR_EDGE_KEYS": str(self.folder), "BUFFR_EDGE_CLOUD_URL": cloud_url},
        )

    def till_token(self) -> str:
        """What a till shows at which the manager is signed in; made while the node does not run."""
        code, terminal, session = new_code(), new_token(), new_token()
        with node(self.folder) as host:

            def act(caller: Caller, verb: Callable[..., Any], *values: Any, **named: Any) -> Any:
                return host.writer.act(caller, lambda work: verb(work, *values, **named)).result(WAIT_SECONDS)

            act(self.caller, issue_terminal_code, name="till", kind="till", code_hash=code_hash_of(code))
            enrolled = act(self.caller, enrol_terminal, code_hash=code_hash_of(code), token_hash=hash_of(terminal))
            at_till = replace(self.caller, person_id=None, terminal_id=enrolled["terminal_id"])
            act(at_till, open_session, self.caller.person_id, token_hash=hash_of(session))
        return session

    def order_body(self) -> bytes:
        """The same order as it is posted."""
        lines = [
            {
                "menu_item_id": line.menu_item_id,
                "quantity": line.quantity,
                "options": [{"option_id": id, "quantity": count} for id, count in line.options],
            }
            for line in self.order.lines
        ]
        return msgspec.json.encode({"channel": "dine_in", "table": "12", "covers": 4, "lines": lines})

    def waiting(self) -> list[str]:
        """What waits for head office, as it goes over the wire; asked while the node does not run."""
        with node(self.folder) as host:
            draft = host.read_raw(lambda connection: next_draft(connection, 0))
            return list(draft.changes) if draft else []

    def place(self, orders: int) -> int:
        """Takes so many orders while the node does not run; answers the last number of its outbox."""
        with node(self.folder) as host:
            left = orders
            while left:
                size = min(left, AT_A_TIME)
                futures: list[Future[Any]] = [
                    host.writer.act(self.caller, lambda work: place_order(work, self.order)) for _ in range(size)
                ]
                for future in futures:
                    future.result(WAIT_SECONDS)
                left -= size
            return last_number(host)


def last_number(host: EdgeHost) -> int:
    """The highest number that the outbox has given."""
    return int(
        host.ask(lambda r: r.value("SELECT seq FROM sqlite_sequence WHERE name = 'sync_outbox'")).result(WAIT_SECONDS)
    )


def add_group(process: Process, data: Path) -> HeadOffice:
    """A group at a running cloud."""
    added = command("cloud", "org", "add", "Namib Lodges", "--owner", "owner@example.com", "--data", data)
    return HeadOffice(process, data, added["org_id"])


def enrol_node(office: HeadOffice, folder: Path) -> EnrolledNode:
    """A property with its node and a small menu, the way that people make them."""
    added = command(
        *("cloud", "property", "add", office.org_id, "Dune House", "--zone", "Africa/Windhoek", "--currency", "NAD"),
        *("--manager", "Selma", "--data", office.data),
    )
    property_id = added["property_id"]
    offered = command("cloud", "node", "code", property_id, "--org", office.org_id, "--data", office.data)
    keys = {"BUFFR_EDGE_KEYS": str(folder)}
    command("edge", "enrol", office.process.url, offered["code"], "--data", folder, environment=keys)
    caller = Caller(office.org_id, property_id, added["manager_id"], permissions=frozenset({"*"}), name="Selma")
    with node(folder) as host:
        return EnrolledNode(folder, host.identity.node_id, caller, _furnish(host, caller))


def _furnish(host: EdgeHost, caller: Caller) -> NewOrder:
    def act(verb: Callable[..., dict[str, Any]], *values: Any, **named: Any) -> dict[str, Any]:
        return host.writer.act(caller, lambda work: verb(work, *values, **named)).result(WAIT_SECONDS)

    kitchen, bar = (act(add_station, name=name)["id"] for name in ("Kitchen", "Bar"))
    tax = act(add_tax, name="VAT", rate_bp=1500, included=True)["id"]
    category = act(add_category, name="Dinner")["id"]
    sides = act(
        add_modifier_group,
        name="Sides",
        choices_min=0,
        choices_max=2,
        options=[NewOption("Chips", 1500), NewOption("No starch")],
    )

    def item(name: str, price: int, station: str, groups: tuple[str, ...] = ()) -> str:
        return str(act(add_item, NewItem(name, category, price, station, tax, modifier_group_ids=groups))["id"])

    steak = item("Rump steak 300 g", 18500, kitchen, (sides["id"],))
    soup, beer = item("Butternut soup", 7500, kitchen), item("Draught lager", 3500, bar)
    options = tuple((option["id"], 1) for option in sides["options"])
    lines = (NewLine(steak, 2, options), NewLine(soup, 1), NewLine(beer, 3))
    return NewOrder("dine_in", lines, "12", 4)
