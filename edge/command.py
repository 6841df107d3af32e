"""`buffr edge …`: enrol this machine as a property's node, and run it."""

import json
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated, Any

import httpx2
import typer
import uvicorn
from pydantic import ValidationError

from edge.announcing import told_to_terminals
from edge.app import build
from edge.database import DATABASE_ERRORS, CannotOpen, connect
from edge.identity import Identity, NotEnrolled, keep_identity, read_identity
from edge.keys import open_keys
from edge.moving import move_in, move_out
from edge.node import VERSION, Node
from edge.restoring import rebuild, restore_copy
from edge.schema import prepare
from edge.settings import EdgeSettings
from hospitality.ground.clock import instant_text, utc_now
from hospitality.ground.errors import Trouble
from hospitality.ground.migrations import NewerRelease
from hospitality.ground.work import Work
from hospitality.people.proofs import code_hash_of, new_code
from hospitality.people.service.pins import issue_pin_code
from hospitality.people.service.terminals import issue_terminal_code
from sync.capture_sqlite import TamperedError
from sync.node.rotation import rotate
from sync.node.transport import Link, LinkDown, TurnedAway
from sync.signing import public_text

app = typer.Typer(help="A property's node.", no_args_is_help=True)
ENROL_SECONDS = 20.0
START_ERRORS: tuple[type[Exception], ...] = (OSError, *DATABASE_ERRORS)
FIRST_ROWS_SECONDS = 60.0
DRAIN_SECONDS = 30.0

Data = Annotated[Path | None, typer.Option("--data", help="Folder of the node's database (BUFFR_EDGE_DATA).")]
SealedFile = Annotated[Path, typer.Argument(metavar="FILE", help="The sealed file.")]
Passphrase = Annotated[
    str, typer.Option(prompt=True, hide_input=True, envvar="BUFFR_MOVE_PASSPHRASE", help="What seals the file.")
]
NewPassphrase = Annotated[
    str,
    typer.Option(
        prompt=True,
        hide_input=True,
        confirmation_prompt=True,
        envvar="BUFFR_MOVE_PASSPHRASE",
        help="What seals the file.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Answer as one JSON object.")]


def settings_of(data: Path | None, **more: Any) -> EdgeSettings:
    """The settings with what the command line gave in place of the environment's."""
    given = {name: value for name, value in {"data": data, **more}.items() if value is not None}
    return EdgeSettings(**given)


@contextmanager
def plain_errors() -> Iterator[None]:
    """Ends with one sentence where a person can mend it."""
    try:
        yield
    except TamperedError as error:
        typer.echo(f"The database was altered by another program, so nothing is served: {error}.", err=True)
        raise typer.Exit(1) from error
    except (CannotOpen, NotEnrolled, NewerRelease, Trouble) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    except ValidationError as error:
        wrong = error.errors()[0]
        typer.echo(f"Check the setting {wrong['loc'][0]}: {wrong['msg']}.", err=True)
        raise typer.Exit(1) from error
    except START_ERRORS as error:
        typer.echo(f"The node can't start: {error}", err=True)
        raise typer.Exit(1) from error


@app.command()
def run(
    data: Data = None,
    host: Annotated[
        str | None, typer.Option(help="Address to listen on; the LAN's when terminals come from it.")
    ] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 takes a free one.")] = None,
    port_file: Annotated[Path | None, typer.Option(help="Where to write the port once it listens.")] = None,
) -> None:
    """Runs the node until it is told to stop."""
    with plain_errors():
        settings = settings_of(data, host=host, port=port, port_file=port_file)
        listening = _listen(settings.host, settings.port)
        address = address_of(settings.host, listening.getsockname()[1])
        if settings.host not in ("127.0.0.1", "::1", "localhost"):
            typer.echo("Terminals reach this node over plain HTTP: keep guests off this network.", err=True)
        with listening, Node(settings) as node, told_to_terminals(node, address):
            application = build(node, address)
            if settings.port_file:
                settings.port_file.write_text(str(listening.getsockname()[1]))
            config = uvicorn.Config(
                application,
                loop="uvloop",
                http="httptools",
                ws="websockets-sansio",
                ws_ping_interval=None,
                log_level="warning",
                access_log=False,
                proxy_headers=False,
                timeout_graceful_shutdown=3,
                server_header=False,
            )
            signal.signal(signal.SIGTERM, signal.default_int_handler)
            with suppress(KeyboardInterrupt):  # uvicorn has stopped by then, and raises what stopped it once more
                uvicorn.Server(config).run(sockets=[listening])


def address_of(host: str, port: int) -> str:
    """Where the node's pages are reached; for one that listens everywhere, this machine's own address on the LAN."""
    if host in ("0.0.0.0", "::", ""):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect(("192.0.2.1", 9))  # sends nothing: it only asks which way a packet would go
                host = probe.getsockname()[0]
            except OSError:
                host = socket.gethostname()
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _listen(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        reason = (error.strerror or str(error)).partition(" (while")[0]  # Python adds the address to it
        typer.echo(f"Port {port} on {host} can't be used ({reason}). Choose another with --port.", err=True)
        raise typer.Exit(1) from error


@app.command()
def enrol(
    url: Annotated[str, typer.Argument(help="Head office's address.")],
    code: Annotated[str, typer.Argument(help="The one-time code: buffr cloud node code PROPERTY")],
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Makes this machine the property's node, and gives the first manager's codes."""
    with plain_errors():
        settings = settings_of(data)
        settings.data.mkdir(parents=True, exist_ok=True)
        keys = open_keys(settings.keys_folder)
        connection = connect(settings.database, keys.database)
        try:
            prepare(connection)
            _not_enrolled_yet(connection)
            told = _ask(url, code, public_text(keys.node))
            identity = Identity(
                url.rstrip("/"), told["node_id"], told["number"], told["code"], told["org_id"], told["property_id"]
            )
            keep_identity(connection, identity)
        finally:
            connection.close()
        with Node(settings) as node:
            found = _first_codes(node)
    _say_codes(found, as_json)


def _say_codes(found: dict[str, Any], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(found))
        return
    typer.echo(f"This machine is node {found['node_code']} of {found['property_name']}.")
    typer.echo(f"Code for the first terminal: {found['terminal_code']}   (one hour)")
    for person in found["people"]:
        typer.echo(f"Code for {person['display_name']} to set a PIN: {person['pin_code']}   (one day)")
    typer.echo("Start the node with: buffr edge run    Then on a terminal: buffr terminal URL")


@app.command()
def restore(
    source: Annotated[
        Path | None, typer.Option("--from", help="A copy on the second disk, or the folder of copies: its newest.")
    ] = None,
    from_cloud: Annotated[bool, typer.Option("--from-cloud", help="Fill a new database from head office.")] = False,
    force: Annotated[bool, typer.Option(help="Also when the database can be read; it is put aside.")] = False,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Puts the node back, from the second disk or from head office; its keys must be there."""
    with plain_errors():
        if (source is None) != from_cloud:
            raise CannotOpen("Say where from: --from PATH, or --from-cloud.")
        settings, moment = settings_of(data), utc_now()
        at = f"{moment:%Y%m%dT%H%M%S}"
        if source is not None:
            copy, aside = restore_copy(settings, source, force=force, at=at)
        else:
            now_ms = int(moment.timestamp() * 1000)
            copy, aside = None, rebuild(settings, version=VERSION, force=force, at=at, now_ms=now_ms)
        if aside is not None:
            typer.echo(f"What lay there before is now {aside}.", err=True)
        if copy is not None:
            typer.echo(f"The node is put back from {copy}. Start it with: buffr edge run")
            return
        with Node(settings) as node:
            found = _first_codes(node)
    _say_codes(found, as_json)


@app.command("move-out")
def move_out_now(target: SealedFile, passphrase: NewPassphrase, data: Data = None) -> None:
    """Writes this node into one sealed file, for another machine; here it will not run any more."""
    with plain_errors():
        settings = settings_of(data)
        with Node(settings) as node:
            ends = time.monotonic() + DRAIN_SECONDS
            while (node.engine.waiting or not node.engine.status.caught_up) and time.monotonic() < ends:
                time.sleep(0.05)  # the command line has nothing else to do meanwhile
            waiting = node.engine.waiting
        move_out(settings, target, passphrase, instant_text(utc_now()))
    if waiting:
        typer.echo(f"{waiting} changes have not reached head office; they are in the file.")
    typer.echo(f"The node is in {target}. On the other machine: buffr edge move-in {target.name}")


@app.command("move-in")
def move_in_now(source: SealedFile, passphrase: Passphrase, data: Data = None) -> None:
    """Makes this machine the node that was moved out into a file."""
    with plain_errors():
        move_in(settings_of(data), source, passphrase)
    typer.echo("The node is here. Start it with: buffr edge run")


@app.command("rotate-key")
def rotate_key(data: Data = None) -> None:
    """Has another key take the place of the node's own, at head office and here; the node may run meanwhile."""
    with plain_errors():
        settings = settings_of(data)
        keys = open_keys(settings.keys_folder)
        connection = connect(settings.database, keys.database, readonly=True)
        try:
            identity = read_identity(connection)
        finally:
            connection.close()
        link = Link(settings.cloud_url or identity.cloud_url, identity.node_id, keys.ring)
        try:
            rotate(link, keys.ring, identity.node_id)
        except (LinkDown, TurnedAway) as error:
            raise CannotOpen(
                f"The key was not turned: {error}. Try again; the node goes on with the one it has."
            ) from error
        finally:
            link.close()
    typer.echo(f"Node {identity.code} signs with a new key.")


def _not_enrolled_yet(connection: Any) -> None:
    try:
        known = read_identity(connection)
    except NotEnrolled:
        return
    raise CannotOpen(f"This machine is already node {known.code}. Use another --data folder for another node.")


def _ask(url: str, code: str, public_key: str) -> dict[str, Any]:
    try:
        response = httpx2.post(
            f"{url.rstrip('/')}/sync/v1/enrol", json={"code": code, "public_key": public_key}, timeout=ENROL_SECONDS
        )
        answer: dict[str, Any] = response.json()
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
        raise CannotOpen(f"Head office can't be reached at {url} ({error}). Check the address.") from error
    if response.status_code != 201:
        raise CannotOpen(str(answer.get("error", {}).get("message", "Head office refused.")))
    return answer


def _has_first_rows(node: Node) -> bool:
    status = node.engine.status
    return status.caught_up or status.taking in ("history", "nothing")


def _first_codes(node: Node) -> dict[str, Any]:
    """Waits for what service needs to arrive, then makes codes for the first terminal and the managers."""
    ends = time.monotonic() + FIRST_ROWS_SECONDS
    people: list[Any] = []
    while not (people and _has_first_rows(node)) and time.monotonic() < ends:
        time.sleep(0.05)  # the command line has nothing else to do meanwhile
        people = list(
            node.host.ask(
                lambda r: r.rows(
                    "SELECT id, display_name FROM people WHERE org_id = :org_id AND role IN (:roles)",
                    roles=["owner", "hospitality_manager"],
                )
            ).result(10)
        )
    if not people:
        raise CannotOpen("The property's data did not arrive in time. Start the node; ask head office for codes.")
    node.host.refresh_place()
    terminal_code = new_code()
    codes = {person["id"]: new_code() for person in people}

    def verb(work: Work) -> None:
        issue_terminal_code(work, name="First terminal", kind="till", code_hash=code_hash_of(terminal_code))
        for id, code in codes.items():
            issue_pin_code(work, id, code_hash=code_hash_of(code))

    node.host.writer.act(node.host.system(), verb).result(30)
    return {
        "node_code": node.identity.code,
        "property_id": node.identity.property_id,
        "property_name": node.property_name(),
        "terminal_code": terminal_code,
        "people": [{"id": p["id"], "display_name": p["display_name"], "pin_code": codes[p["id"]]} for p in people],
    }
