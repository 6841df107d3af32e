"""A real property for pictures: enrolled by the real command, served by the real node, on a clock that can go ahead."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
import uvicorn

from buffr.demo.household import MANAGER_PIN, answer_of
from buffr.demo.processes import command
from devices.virtual_printer import VirtualPrinter
from edge.app import build
from edge.node import Node
from edge.settings import EdgeSettings
from hospitality.ground.clock import utc_now
from hospitality.ground.work import Caller
from hospitality.people.service.accounts import add_person
from sync.hub.register import offer_code
from tests.cloud_fixture import HeadOffice

NAME = "Dune Lodge"
PEOPLE = (("Anna", "hospitality_manager"), ("Ben", "staff"), ("Selma", "staff"))
EVENING_HOUR = 19
CALL_SECONDS = 30
WAIT_SECONDS = 60
LOOK_SECONDS = 0.05


@dataclass
class Clock:
    """The machine's clock, less a while; the while grows shorter as the evening is played."""

    behind: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        return utc_now() - self.behind


@dataclass
class Shown:
    """The property as it runs: its node's address, the manager's session, its printers, and its zone."""

    url: str
    property_id: str
    zone: str
    clock: Clock
    terminal_token: str = ""
    session_token: str = ""
    printers: dict[str, VirtualPrinter] = field(default_factory=dict)

    def post(self, path: str, body: Any, *, token: str | None = None) -> Any:
        """What the node answers; below its property unless the path begins with a slash."""
        bearer = self.session_token if token is None else token
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        with httpx2.Client(timeout=CALL_SECONDS, trust_env=False) as client:
            return answer_of(client.post(self._address(path), json=body, headers=headers))

    def get(self, path: str) -> Any:
        """What the node answers to who is signed in."""
        headers = {"Authorization": f"Bearer {self.session_token}"}
        with httpx2.Client(timeout=CALL_SECONDS, trust_env=False) as client:
            return answer_of(client.get(self._address(path), headers=headers))

    def _address(self, path: str) -> str:
        return self.url + (path if path.startswith("/") else f"/api/v1/properties/{self.property_id}/{path}")


@contextmanager
def property_of(office: HeadOffice, folder: Path) -> Iterator[Shown]:
    """A property of the group, with its node running and its manager signed in."""
    zone = evening_zone()
    there = office.add_property(NAME, zone=zone, node=False)
    caller = Caller(office.org_id, there.id, permissions=frozenset({"*"}), name="pictures")
    for name, role in PEOPLE:
        office.cloud.host.act_now(caller, partial(add_person, display_name=name, role=role))
    with office.cloud.database.transaction(office.org_id) as connection:
        code, _ = offer_code(connection, office.org_id, there.id)
    data, keys = folder / "node", folder / "keys"
    enrolled = command("edge", "enrol", office.url, code, "--data", data, environment={"BUFFR_EDGE_KEYS": str(keys)})
    shown = Shown("", there.id, zone, Clock())
    try:
        with Node(EdgeSettings(data=data, keys=keys), now=shown.clock) as node, _served(node) as shown.url:
            _sign_in(shown, enrolled)
            yield shown
    finally:
        for printer in shown.printers.values():
            printer.close()


def evening_zone() -> str:
    """A zone in which it is evening now, so that pictures tell of one whenever they are taken."""
    behind = (datetime.now(UTC).hour - EVENING_HOUR) % 24  # how many hours a clock there is behind UTC
    behind = behind if behind <= 12 else behind - 24
    # the sign of these names is the other way round, as POSIX has it
    return f"Etc/GMT{behind:+d}" if behind else "Etc/GMT"


@contextmanager
def _served(node: Node) -> Iterator[str]:
    listening = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    config = uvicorn.Config(
        build(node, url), ws="websockets-sansio", ws_ping_interval=None, log_level="error", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, name="node", daemon=True)
    thread.start()
    until(lambda: server.started or not thread.is_alive(), "the node to listen")
    try:
        yield url
    finally:
        server.should_exit = True
        thread.join(WAIT_SECONDS)
        listening.close()


def _sign_in(shown: Shown, enrolled: dict[str, Any]) -> None:
    manager = enrolled["people"][0]
    screen = shown.post("/api/v1/terminals/enrol", {"code": enrolled["terminal_code"], "name": "Office"}, token="")
    shown.terminal_token = screen["token"]
    shown.post("pins", {"code": manager["pin_code"], "pin": MANAGER_PIN}, token=shown.terminal_token)
    who = {"person_id": manager["id"], "pin": MANAGER_PIN}
    shown.session_token = shown.post("sign-ins", who, token=shown.terminal_token)["token"]


def until(holds: Callable[[], object], what: str) -> None:
    """Returns once it holds; raises TimeoutError when it never does."""
    ends = time.monotonic() + WAIT_SECONDS
    while not holds():
        if time.monotonic() > ends:
            raise TimeoutError(f"waited {WAIT_SECONDS} seconds for {what}")
        time.sleep(LOOK_SECONDS)
