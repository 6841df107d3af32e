"""A property's node that is signed in and has a menu, but no head office: its cloud's port is closed."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from hospitality.ground.work import Caller
from hospitality.people.proofs import code_hash_of, hash_of, new_code, new_token
from hospitality.people.service.sessions import open_session
from hospitality.people.service.terminals import enrol_terminal, issue_terminal_code
from tests.benchmarks.processes import Process
from tests.edge.node_fixture import BEER, CHIPS, ORG, PEPPER, PROPERTY, SELMA, SOUP, STEAK, WAIT_SECONDS, act, node


@dataclass(frozen=True, slots=True)
class SeededNode:
    """Where it lies, and what a signed-in manager and a kitchen screen show it."""

    folder: Path
    token: str
    screen_token: str

    @property
    def orders_path(self) -> str:
        """Where orders are posted."""
        return f"/api/v1/properties/{PROPERTY}/orders"

    def process(self, module: str = "buffr.main", *arguments: str, folder: Path) -> Process:
        """The node as a process: `buffr edge run`, or a module of ours that runs it with something added."""
        environment = {"BUFFR_EDGE_KEYS": str(self.folder)}
        data = ("edge", "run", "--data", str(self.folder))
        return Process(self.folder.name, module, *arguments, *data, folder=folder, environment=environment)


def seed_node(folder: Path) -> SeededNode:
    """Makes one in the folder, as enrolment and the first evening would have."""
    folder.mkdir()
    with node(folder) as host:
        tokens: dict[str, str] = {}
        terminals: dict[str, str] = {}
        for kind in ("till", "kitchen"):
            code, token = new_code(), new_token()
            act(host, issue_terminal_code, name=kind, kind=kind, code_hash=code_hash_of(code))
            enrolled = act(host, enrol_terminal, code_hash=code_hash_of(code), token_hash=hash_of(token))
            terminals[kind], tokens[kind] = enrolled["terminal_id"], token
        session = new_token()
        till = Caller(ORG, PROPERTY, terminal_id=terminals["till"])
        signed_in = host.writer.act(till, lambda work: open_session(work, SELMA, token_hash=hash_of(session)))
        signed_in.result(WAIT_SECONDS)
    return SeededNode(folder, session, tokens["kitchen"])


def order_of_two_stations() -> bytes:
    """Three lines with choices, for the kitchen and the bar: two tickets."""
    return _order(_line(STEAK, 2, PEPPER, CHIPS), _line(SOUP, 1), _line(BEER, 3))


def order_of_one_station() -> bytes:
    """Three lines with choices, all from the kitchen: one ticket."""
    return _order(_line(STEAK, 2, PEPPER, CHIPS), _line(SOUP, 1), _line(STEAK, 1, PEPPER))


def _line(item: str, quantity: int, *options: str) -> dict[str, Any]:
    return {"menu_item_id": item, "quantity": quantity, "options": [{"option_id": option} for option in options]}


def _order(*lines: dict[str, Any]) -> bytes:
    return msgspec.json.encode({"channel": "dine_in", "table": "12", "covers": 4, "lines": lines})
