"""`buffr devices …`: find what is plugged in or listens on the property's network, set it up, test it, replace it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import httpx2
import typer

from buffr.sync.command import AsJson, Token, told_plainly
from buffr.sync.ends import Found, HttpEnd
from buffr.sync.status import NODE_URL
from hospitality.ground.errors import Refused

app = typer.Typer(help="What a node drives: printers, scanners, scales and their like.", no_args_is_help=True)
ANSWER_SECONDS = 60.0
PRINTER = "printer"

Url = Annotated[str, typer.Option("--url", help="The node's address.")]
TheName = Annotated[str, typer.Argument(metavar="NAME", help="The device's name, or its id.")]
TheAddress = Annotated[
    str,
    typer.Argument(
        metavar="ADDRESS",
        help="As `discover` tells it (serial:/dev/…, usb:04b8:0e15:…, input:/dev/…, tcp:host:port, host:9100), or printer:NAME.",
    ),
]
OfTerminal = Annotated[
    str | None, typer.Option("--terminal", help="At which terminal what it says arrives: name or id.")
]
OfStations = Annotated[list[str] | None, typer.Option("--station", help="Whose tickets a printer prints: name or id.")]


@contextmanager
def property_of(url: str, token: str | None) -> Iterator["Devices"]:
    """The node's devices, for who is signed in; ends with one sentence where a person can mend it."""
    with told_plainly():
        if not token:
            raise Refused("SIGN_IN_NEEDED", "Give a session's token as BUFFR_TOKEN, or with --token.")
        with httpx2.Client(base_url=url.rstrip("/"), timeout=ANSWER_SECONDS, trust_env=False) as client:
            yield Devices(HttpEnd(client, token))


class Devices:
    """What one node drives, printers among it."""

    def __init__(self, end: HttpEnd) -> None:
        self._end = end
        (self._property,) = end.properties()

    def ask(self, method: str, path: str, **body: Any) -> Found:
        """A call below the property."""
        more = {"json": body} if method != "GET" else {}
        return self._end.call(method, f"/api/v1/properties/{self._property}/{path}", **more)

    def all(self) -> list[Found]:
        """Printers and the others, as the node tells them, each with its kind."""
        printers = [{"kind": PRINTER, **one} for one in self.ask("GET", "printers")["items"]]
        return printers + list(self.ask("GET", "devices")["items"])

    def named(self, name: str) -> Found:
        """The one of a name or id."""
        return _meant(self.all(), name, "device")

    def id_of(self, what: str, name: str | None) -> str | None:
        """The id of a terminal or station by its name or id."""
        return None if name is None else str(_meant(self.ask("GET", f"{what}s")["items"], name, what)["id"])


@app.command()
def discover(url: Url = NODE_URL, token: Token = None, as_json: AsJson = False) -> None:
    """Tells what is plugged into the node's machine and what listens on its networks; takes some seconds."""
    with property_of(url, token) as here:
        found = here.ask("POST", "devices/discover")["items"]
    if as_json:
        typer.echo(json.dumps({"items": found}))
        return
    for one in found:
        known = f"  [is {one['known_as']}]" if one["known_as"] else ""
        detail = f" ({one['detail']})" if one["detail"] else ""
        typer.echo(f"{one['what']:<14} {one['address']:<40} {one['name']}{detail}{known}")
    if not found:
        typer.echo("Nothing.")


@app.command("list")
def list_them(url: Url = NODE_URL, token: Token = None, as_json: AsJson = False) -> None:
    """Tells each device and how it is."""
    with property_of(url, token) as here:
        found = here.all()
    if as_json:
        typer.echo(json.dumps({"items": found}))
        return
    for one in found:
        detail = f"  {one['detail']}" if one["detail"] else ""
        typer.echo(f"{one['name']:<24} {one['kind']:<12} {one['state']:<12} {one['address']}{detail}")
    if not found:
        typer.echo("None.")


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="What people call it.")],
    kind: Annotated[str, typer.Argument(help="printer, scanner, bump_bar, scale, display, drawer …")],
    address: TheAddress,
    driver: Annotated[str | None, typer.Option(help="Where its kind has several.")] = None,
    terminal: OfTerminal = None,
    station: OfStations = None,
    receipts: Annotated[bool, typer.Option("--receipts", help="A printer that prints receipts.")] = False,
    setting: Annotated[list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="A setting of it.")] = None,
    url: Url = NODE_URL,
    token: Token = None,
) -> None:
    """Sets a device up."""
    with property_of(url, token) as here:
        stations = [here.id_of("station", one) for one in station or ()]
        settings = _settings(setting)
        if kind == PRINTER:
            prints = {"station_ids": stations, "receipts": receipts}
            here.ask("POST", "printers", name=name, address=address, settings=settings, **prints)
        else:
            body = {"driver": driver, "terminal_id": here.id_of("terminal", terminal), "settings": settings}
            here.ask(
                "POST", "devices", name=name, kind=kind, address=address, station_id=(stations or [None])[0], **body
            )
    typer.echo(f"{name} is set up. Try it: buffr devices test {json.dumps(name)}")


@app.command("test")
def try_it(name: TheName, url: Url = NODE_URL, token: Token = None, as_json: AsJson = False) -> None:
    """Has a device show that it works: a printer prints a page, a scale weighs, a display shows its name."""
    with property_of(url, token) as here:
        one = here.named(name)
        if one["kind"] == PRINTER:
            here.ask("POST", f"printers/{one['id']}/test-page")
            told = {"state": one["state"], "detail": one["detail"], "said": "A test page is on its way."}
        else:
            told = here.ask("POST", f"devices/{one['id']}/test")
    words = (f"{one['name']}: {told['state']}.", told["detail"], told["said"])
    typer.echo(json.dumps(told) if as_json else " ".join(filter(None, words)))


@app.command()
def replace(name: TheName, address: TheAddress, url: Url = NODE_URL, token: Token = None) -> None:
    """Puts another device, or the same at another address, in a device's place; it keeps its name and what it does."""
    with property_of(url, token) as here:
        one = here.named(name)
        what = "printers" if one["kind"] == PRINTER else "devices"
        here.ask("PATCH", f"{what}/{one['id']}", address=address)
    typer.echo(f"{one['name']} is at {address} now.")


@app.command()
def remove(name: TheName, url: Url = NODE_URL, token: Token = None) -> None:
    """Takes a device away."""
    with property_of(url, token) as here:
        one = here.named(name)
        if one["kind"] == PRINTER:
            raise Refused("DEVICE_CANT", "A printer stays: give it no station, or another address.")
        here.ask("POST", f"devices/{one['id']}/take-away")
    typer.echo(f"{one['name']} is taken away.")


def _meant(items: list[Found], name: str, what: str) -> Found:
    meant = [one for one in items if name in (one["id"], one["name"]) or name.casefold() == one["name"].casefold()]
    if len(meant) != 1:
        names = ", ".join(one["name"] for one in items) or "none"
        raise Refused(f"{what.upper()}_NOT_FOUND", f"There is no one {what} {name}. There are: {names}.")
    return meant[0]


def _settings(said: list[str] | None) -> dict[str, int | str]:
    found: dict[str, int | str] = {}
    for text in said or ():
        name, equals, value = text.partition("=")
        if not equals:
            raise Refused("DEVICE_SETTING_INVALID", f"Say NAME=VALUE, as in baud=9600, and not {text}.")
        found[name] = int(value) if value.isdecimal() else value
    return found
