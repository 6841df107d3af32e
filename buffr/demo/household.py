"""Sets the demo's house up: head office, two properties with a node each, printers, screens, and links to cut."""

import asyncio
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import httpx2

from buffr.demo.processes import DemoFailed, Service, command
from buffr.demo.screens import KitchenScreen
from buffr.demo.showcase import show_every_kind
from buffr.link import LinkProxy
from buffr.replay.menu import Menu
from buffr.replay.publish import EdgeAccess, ReadyEdge, publish_menu
from cloud.postgres import Cluster
from cloud.postgres import remove as remove_cluster
from devices.virtual_printer import VirtualPrinter
from edge.database import connect
from edge.keys import open_keys

CALL_SECONDS = 30.0
WAIT_SECONDS = 120.0
POLL_SECONDS = 0.05
PICTURES_MAX = 25
OWNER = "owner@example.com"
MANAGER_PIN = "314159"


@dataclass(frozen=True, slots=True)
class PropertyPlan:
    """What a property is to be."""

    name: str
    zone: str
    manager: str


PLANS = (PropertyPlan("Dune Lodge", "Africa/Windhoek", "Anna"), PropertyPlan("Harbour Hotel", "Africa/Windhoek", "Ben"))


@dataclass
class Property:
    """A property as it runs: its node, the link to head office, printers by station name, screen, and who is in."""

    plan: PropertyPlan
    property_id: str
    node: Service
    link: LinkProxy
    data: Path
    keys: Path
    access: EdgeAccess | None = None
    ready: ReadyEdge | None = None
    printers: dict[str, VirtualPrinter] = field(default_factory=dict)
    receipts: VirtualPrinter | None = None
    screen: KitchenScreen | None = None
    kitchen_link: str = ""
    terminal_code: str = ""

    @property
    def base(self) -> str:
        """Where its API begins."""
        return f"{self.node.url}/api/v1/properties/{self.property_id}"

    @property
    def session(self) -> dict[str, str]:
        """The signed-in manager's header."""
        assert self.access is not None
        return {"Authorization": f"Bearer {self.access.session_token}"}

    def read(self, sql: str) -> list[tuple[Any, ...]]:
        """Asks the node's file itself, beside the running node."""
        connection = connect(self.data / "node.db", open_keys(self.keys).database, readonly=True)
        try:
            return [tuple(row) for row in connection.execute(sql).fetchall()]
        finally:
            connection.close()


class Household:
    """Everything that runs; a context manager that stops it all."""

    def __init__(
        self, folder: Path, say: Callable[[str], None], *, wire: Callable[[str, int], LinkProxy] = LinkProxy
    ) -> None:
        self.folder = folder
        self._wire = wire
        self._say = say
        self.properties: list[Property] = []
        self.org_id = ""
        self.owner_password = secrets.token_urlsafe(12)
        self.owner_token = ""
        self.cloud = Service("cloud", ("cloud", "run", "--data", str(folder / "cloud")), folder, {})

    def __enter__(self) -> Self:
        clear(self.folder)
        self.folder.mkdir(parents=True)
        return self

    def __exit__(self, *_: object) -> None:
        for one in self.properties:
            one.node.stop()
            one.link.stop()
            for printer in [*one.printers.values(), *([one.receipts] if one.receipts else [])]:
                printer.close()
        self.cloud.stop()

    async def open(self, currency: str) -> None:
        """Head office with its group and owner, and both properties enrolled and signed in."""
        self._say("Head office starts its database")
        await self.cloud.start()
        cloud_data = self.folder / "cloud"
        added = await asyncio.to_thread(
            command, "cloud", "org", "add", "Southern Stays", "--owner", OWNER, "--data", cloud_data, environment={}
        )
        self.org_id = added["org_id"]
        await self._sign_owner_in(added["owner_link"].rsplit("/", 1)[1])
        for index, plan in enumerate(PLANS):
            self._say(f"{plan.name} enrols its node")
            self.properties.append(await self._add_property(plan, currency, index))

    async def _sign_owner_in(self, token: str) -> None:
        async with httpx2.AsyncClient(base_url=self.cloud.url, timeout=CALL_SECONDS, trust_env=False) as client:
            form = {"password": self.owner_password, "again": self.owner_password}
            welcomed = await client.post(f"/welcome/{token}", data=form)
            if welcomed.status_code not in (200, 303):
                raise DemoFailed(f"Head office did not take the owner's password ({welcomed.status_code}).")
            body = {"email": OWNER, "password": self.owner_password}
            begun = await client.post("/api/v1/sessions", json=body)
            self.owner_token = answer_of(begun)["token"]

    async def _add_property(self, plan: PropertyPlan, currency: str, index: int) -> Property:
        cloud_data = self.folder / "cloud"
        name = ["alpha", "beta"][index]
        data, keys = self.folder / name, self.folder / f"{name}-keys"
        environment = {"BUFFR_EDGE_KEYS": str(keys)}
        added = await asyncio.to_thread(
            command,
            *("cloud", "property", "add", self.org_id, plan.name, "--zone", plan.zone, "--currency", currency),
            *("--manager", plan.manager, "--data", cloud_data),
            environment={},
        )
        property_id = added["property_id"]
        offered = await asyncio.to_thread(
            command, "cloud", "node", "code", property_id, "--org", self.org_id, "--data", cloud_data, environment={}
        )
        link = self._wire("127.0.0.1", self.cloud.port).start()
        enrolled = await asyncio.to_thread(
            command, "edge", "enrol", link.url, offered["code"], "--data", data, environment=environment
        )
        node = Service(name, ("edge", "run", "--data", str(data)), self.folder, environment)
        one = Property(plan, property_id, node, link, data, keys)
        await node.start()
        await self._sign_manager_in(one, enrolled)
        return one

    async def _sign_manager_in(self, one: Property, enrolled: dict[str, Any]) -> None:
        async with httpx2.AsyncClient(timeout=CALL_SECONDS, trust_env=False) as client:

            async def post(url: str, body: Any, token: str = "") -> Any:
                headers = {"Authorization": f"Bearer {token}"} if token else {}
                return answer_of(await client.post(url, json=body, headers=headers))

            terminal = await post(
                f"{one.node.url}/api/v1/terminals/enrol", {"code": enrolled["terminal_code"], "name": "Bar till"}
            )
            manager = enrolled["people"][0]
            await post(f"{one.base}/pins", {"code": manager["pin_code"], "pin": MANAGER_PIN}, terminal["token"])
            who = {"person_id": manager["id"], "pin": MANAGER_PIN}
            session = await post(f"{one.base}/sign-ins", who, terminal["token"])
            one.access = EdgeAccess(one.node.url, terminal["token"], session["token"])
            # one screen for the demo's own eyes, one link for a person's, and a code for a staff terminal
            codes = [
                await post(f"{one.base}/terminals", {"name": name, "kind": kind}, session["token"])
                for name, kind in (("Kitchen screen", "kitchen"), ("Pass screen", "kitchen"), ("Staff till", "till"))
            ]
            screen = await post(f"{one.node.url}/api/v1/terminals/enrol", {"code": codes[0]["code"]})
            one.screen = KitchenScreen(one.node.url, screen["token"])
            one.kitchen_link = codes[1]["link"]
            one.terminal_code = codes[2]["code"]

    async def furnish(self, menu: Menu) -> None:
        """The menu at both properties, a printer for each station and one for receipts, and the kitchen screens."""
        self._say("The menu goes to both properties")
        accesses = [one.access for one in self.properties if one.access]
        for one, ready in zip(self.properties, await publish_menu(menu, accesses), strict=True):
            one.ready = ready
            await self._place_printers(one)
            await self._show_every_kind(one)
            assert one.screen is not None
            one.screen.start()

    async def _place_printers(self, one: Property) -> None:
        async with httpx2.AsyncClient(timeout=CALL_SECONDS, trust_env=False) as client:
            stations = answer_of(await client.get(f"{one.base}/stations", headers=one.session))["items"]
            for station in stations:
                printer = self._printer(one, station["name"])
                one.printers[station["name"]] = printer
                body = {
                    "name": f"{station['name']} printer",
                    "address": f"127.0.0.1:{printer.port}",
                    "station_ids": [station["id"]],
                }
                answer_of(await client.post(f"{one.base}/printers", json=body, headers=one.session))
            one.receipts = self._printer(one, "receipts")
            receipts = {"name": "Receipt printer", "address": f"127.0.0.1:{one.receipts.port}", "receipts": True}
            answer_of(await client.post(f"{one.base}/printers", json=receipts, headers=one.session))

    async def _show_every_kind(self, one: Property) -> None:
        async with httpx2.AsyncClient(base_url=f"{one.base}/", timeout=CALL_SECONDS, trust_env=False) as client:

            async def post(path: str, body: Any) -> dict[str, Any]:
                sent = {"content": body} if isinstance(body, bytes) else {"json": body}
                found: dict[str, Any] = answer_of(await client.post(path, headers=one.session, **sent))
                return found

            stations = answer_of(await client.get("stations", headers=one.session))["items"]
            rates = answer_of(await client.get("tax-rates", headers=one.session))["items"]
            await show_every_kind(post, stations[0]["id"], rates[0]["id"] if rates else None)

    def _printer(self, one: Property, name: str) -> VirtualPrinter:
        folder = self.folder / "paper" / one.node.name / name.lower().replace(" ", "-").replace("&", "and")
        return VirtualPrinter(folder=folder, pictures_max=PICTURES_MAX)

    def cluster(self) -> Cluster:
        """The running database, for questions beside the product."""
        return Cluster.open(self.folder / "cloud" / "postgres")


async def until(condition: Callable[[], bool], what: str, seconds: float = WAIT_SECONDS) -> None:
    """Waits until the condition holds; raises DemoFailed when it never does."""
    loop = asyncio.get_running_loop()
    ends = loop.time() + seconds
    while not await asyncio.to_thread(condition):
        if loop.time() > ends:
            raise DemoFailed(f"{what} did not come about within {seconds:.0f} seconds.")
        await asyncio.sleep(POLL_SECONDS)


def clear(folder: Path) -> None:
    """Removes what an earlier demo left, its database included; refuses a folder that is not a demo's."""
    if not folder.exists():
        return
    if any(folder.iterdir()) and not (folder / "cloud").exists() and not (folder / "cloud.log").exists():
        raise DemoFailed(f"{folder} is not a demo's folder; choose another with --data.")
    if (folder / "cloud" / "postgres").exists():
        remove_cluster(folder / "cloud" / "postgres")
    _remove(folder)


def _remove(folder: Path) -> None:
    entries: Sequence[Path] = list(folder.iterdir())
    for entry in entries:
        if entry.is_dir() and not entry.is_symlink():
            _remove(entry)
        else:
            entry.unlink()
    folder.rmdir()


def answer_of(response: httpx2.Response) -> Any:
    if response.status_code >= 400:
        try:
            reason = response.json()["error"]["message"]
        except (ValueError, KeyError, TypeError):
            reason = response.text[:200]
        raise DemoFailed(f"{response.request.method} {response.request.url.path}: {response.status_code} {reason}")
    return response.json()
