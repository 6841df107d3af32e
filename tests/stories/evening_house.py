"""A restaurant for an evening of two hundred covers, as its clients meet it: terminals, a manager, a kitchen.

Everything is set up and asked for over HTTP and WebSocket at a node that no head office can be reached from.
"""

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any, Self

import httpx2
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from tests.edge.node_fixture import BAR, BEER, DINNER, DRINKS, KITCHEN, SOUP, STEAK
from tests.edge.served_node import PREFIX, ServedNode, socket_of

TERMINALS = 8
TABLES_EACH = 4
FLOAT_MINOR = 150_000
CASH_STEP_MINOR = 10
EURO_MICRO = 20_150_000
FISH_PORTIONS = 40
ANSWER_SECONDS = 60.0
SERVER_PIN, MANAGER_PIN = "2468", "135790"


class Said(Exception):
    """A refusal, as the client was told."""

    def __init__(self, answer: httpx2.Response) -> None:
        found = answer.json()["error"]
        super().__init__(f"{found['code']}: {found['message']}")
        self.code: str = found["code"]
        self.details: dict[str, Any] = found.get("details") or {}


@dataclass
class Client:
    """Somebody at a terminal of their own, with a connection of their own."""

    url: str
    token: str
    session: httpx2.Client = field(init=False)

    def __post_init__(self) -> None:
        self.session = httpx2.Client(base_url=self.url, timeout=ANSWER_SECONDS, trust_env=False)

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """The answer; Said when refused."""
        whole = path if path.startswith("/") else f"{PREFIX}/{path}"
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        answer = self.session.request(method, whole, json=body, headers=headers)
        if not answer.is_success:
            raise Said(answer)
        return answer.json()

    def get(self, path: str) -> Any:
        """What is read."""
        return self.ask("GET", path)

    def post(self, path: str, **body: Any) -> Any:
        """What came of an act."""
        return self.ask("POST", path, body)

    def refused(self, path: str, **body: Any) -> Said:
        """How an act is refused that must be."""
        try:
            self.post(path, **body)
        except Said as refusal:
            return refusal
        raise AssertionError(f"it was done: {path}")


@dataclass
class Terminal(Client):
    """A till with a server signed in, its tables, and how to fetch the manager."""

    id: str
    person_id: str
    manager_id: str
    tables: Sequence[Any] = ()

    def approved(self, path: str, **body: Any) -> Any:
        """An act beyond a server's rights: refused, allowed by the manager's PIN at this terminal, and asked again."""
        refusal = self.refused(path, **body)
        assert refusal.code == "APPROVAL_NEEDED", refusal
        wanted = {name: refusal.details[name] for name in ("action", "record_id", "value")}
        reason = body.get("reason", "the guest asked")
        given = self.post("approvals", person_id=self.manager_id, pin=MANAGER_PIN, reason=reason, **wanted)
        return self.post(path, **body, approval_id=given["id"])


@dataclass
class House:
    """What the evening has."""

    selma: Client
    terminals: list[Terminal]
    menu: dict[str, str]
    sessions: list[str]
    """The open sessions of the two drawers: the one that all share, and the last terminal's own."""


@contextmanager
def open_house(lan: ServedNode) -> Iterator[House]:
    """The house furnished, its people signed in, its drawers open."""
    with ExitStack() as stack:
        selma = Client(lan.url, lan.tokens["session"])
        stack.callback(selma.session.close)
        menu = _menu(selma)
        selma.post("service-charge-rules", name="Service 10 %", covers_min=8, percent_bp=1000)
        selma.post("house-rates", currency="EUR", rate_micro=EURO_MICRO)
        selma.ask("PATCH", "house-rules", {"cash_step_minor": CASH_STEP_MINOR})
        terminals = _terminals(selma, lan.url)
        for terminal in terminals:
            stack.callback(terminal.session.close)
        yield House(selma, terminals, menu, _drawers(selma, terminals))


def _menu(selma: Client) -> dict[str, str]:
    """Items by short names; three classes of tax: 15 % and 5 % included, 2 % on top."""
    reduced = selma.post("tax-rates", name="Reduced", rate_bp=500, included=True)["id"]
    levy = next(rate["id"] for rate in selma.get("tax-rates")["items"] if rate["name"] == "Levy")

    def item(name: str, category: str, price: int, station: str, tax: str | None) -> str:
        new = {"name": name, "category_id": category, "price_minor": price, "station_id": station, "tax_rate_id": tax}
        return str(selma.post("menu-items", **new)["id"])

    return {
        "steak": STEAK,
        "soup": SOUP,
        "beer": BEER,
        "bread": item("Mosbolletjie", DINNER, 2_333, KITCHEN, reduced),
        "fish": item("Kingklip", DINNER, 16_450, KITCHEN, reduced),
        "wine": item("Pinotage", DRINKS, 4_217, BAR, levy),
    }


def _terminals(selma: Client, url: str) -> list[Terminal]:
    area = selma.post("areas", name="Terrace")["id"]
    manager = _person(selma, "Ndapewa", "service_manager", MANAGER_PIN)
    servers = [_person(selma, name, "staff", SERVER_PIN) for name in ("Toini", "Petrus", "Hilma", "Johannes")]
    found = []
    for n in range(TERMINALS):
        code = selma.post("terminals", name=f"Till {n + 1}", kind="till")["code"]
        enrolled = selma.post("/api/v1/terminals/enrol", code=code)
        till = Client(url, enrolled["token"])
        token = till.post("sign-ins", person_id=servers[n % len(servers)], pin=SERVER_PIN)["token"]
        till.session.close()
        tables = [
            selma.post("tables", area_id=area, label=f"{n + 1}{letter}", seats=10) for letter in "ABCD"[:TABLES_EACH]
        ]
        found.append(Terminal(url, token, enrolled["terminal_id"], servers[n % len(servers)], manager, tables))
    return found


def _person(selma: Client, name: str, role: str, pin: str) -> str:
    person = selma.post("people", display_name=name, role=role)["id"]
    code = selma.post("pin-codes", person_id=person)["code"]
    selma.post("pins", code=code, pin=pin)
    return str(person)


def _drawers(selma: Client, terminals: Sequence[Terminal]) -> list[str]:
    found = []
    for name, terminal_id in (("All tills", None), ("Bar", terminals[-1].id)):
        drawer = selma.post("drawers", name=name, terminal_id=terminal_id)["id"]
        found.append(selma.post(f"drawers/{drawer}/sessions", float_minor=FLOAT_MINOR)["session"]["id"])
    return found


class Kitchen:
    """The kitchen: makes every ticket as soon as its screen hears of it, and remembers what it heard."""

    def __init__(self, lan: ServedNode) -> None:
        self._client = Client(lan.url, lan.tokens["kitchen"])
        self._connection = socket_of(lan, {"Authorization": f"Bearer {lan.tokens['kitchen']}"})
        self._socket: ClientConnection
        self._made: dict[str, int] = {}
        self.voided: set[str] = set()
        self.trouble: Exception | None = None
        self._thread = threading.Thread(target=self._work, name="kitchen")

    @property
    def tickets(self) -> set[str]:
        """Every ticket that was made."""
        return set(self._made)

    def __enter__(self) -> Self:
        self._socket = self._connection.__enter__()
        self._socket.send(json.dumps({"subscribe": ["ticket_updated"], "resume": None}))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.__exit__(None, None, None)
        self._thread.join()
        self._client.session.close()

    def _work(self) -> None:
        try:
            while True:
                message = json.loads(self._socket.recv())
                if message["event"] == "ticket_updated":
                    self._see(message["data"]["ticket"])
        except ConnectionClosed:
            return
        except Exception as error:  # told by the test, which would otherwise wait for tickets in vain
            self.trouble = error

    def _see(self, ticket: Any) -> None:
        self.voided |= {line["id"] for line in ticket["lines"] if line["state"] == "voided"}
        if ticket["state"] == "placed" and ticket["id"] not in self._made:
            self._made[ticket["id"]] = 1
            for step in ("start", "bump", "serve"):
                self._client.post(f"tickets/{ticket['id']}/{step}")
