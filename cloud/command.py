"""`buffr cloud …`: run head office, bring its database to this release, add groups, properties and nodes."""

import json
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated, Any

import psycopg
import typer
import uvicorn
from pydantic import ValidationError

from cloud.accounts import add_account, offer_link
from cloud.app import Cloud, build
from cloud.books import verified_books, words_of_books
from cloud.database import CannotUse, migrate
from cloud.nodes import revoke_node
from cloud.postgres import Cluster, ClusterError
from cloud.serving import Server
from cloud.settings import CloudSettings
from hospitality.ground.clock import utc_now
from hospitality.ground.errors import Trouble
from hospitality.ground.ids import is_id, new_id
from hospitality.ground.migrations import NewerRelease
from hospitality.ground.work import Caller, Work
from hospitality.people.service.accounts import add_person
from hospitality.properties.service import add_organisation, add_property
from sync.hub.postgres import PostgresStore
from sync.hub.put_back import say_put_back
from sync.hub.register import offer_code
from sync.hub.store import head_office

app = typer.Typer(help="Head office: one for many groups.", no_args_is_help=True)
org = typer.Typer(help="Groups.", no_args_is_help=True)
property_app = typer.Typer(help="Properties of a group.", no_args_is_help=True)
node = typer.Typer(help="Nodes of a property.", no_args_is_help=True)
app.add_typer(org, name="org")
app.add_typer(property_app, name="property")
app.add_typer(node, name="node")

Data = Annotated[Path | None, typer.Option("--data", help="Folder of the embedded database (BUFFR_CLOUD_DATA).")]
AsJson = Annotated[bool, typer.Option("--json", help="Answer as one JSON object.")]


def settings_of(data: Path | None, **more: Any) -> CloudSettings:
    """The settings with what the command line gave in place of the environment's."""
    given = {name: value for name, value in {"data": data, **more}.items() if value is not None}
    return CloudSettings(**given)


@contextmanager
def plain_errors() -> Iterator[None]:
    """Ends with one sentence where a person can mend it."""
    try:
        yield
    except (ClusterError, CannotUse, NewerRelease, Trouble) as error:
        typer.echo(getattr(error, "message", str(error)), err=True)
        raise typer.Exit(1) from error
    except psycopg.OperationalError as error:
        typer.echo(f"The database can't be reached: {str(error).partition(chr(10))[0]}", err=True)
        raise typer.Exit(1) from error
    except ValidationError as error:
        wrong = error.errors()[0]
        typer.echo(f"Check the setting {wrong['loc'][0]}: {wrong['msg']}.", err=True)
        raise typer.Exit(1) from error
    except OSError as error:
        typer.echo(f"Head office can't start: {error}", err=True)
        raise typer.Exit(1) from error


def say(found: dict[str, Any], as_json: bool) -> None:
    """Prints what a command found."""
    if as_json:
        typer.echo(json.dumps(found))
        return
    for name, value in found.items():
        typer.echo(f"{name.replace('_', ' ')}: {value}")


@app.command()
def run(
    data: Data = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 takes a free one.")] = None,
    port_file: Annotated[Path | None, typer.Option(help="Where to write the port once it listens.")] = None,
) -> None:
    """Runs head office until it is told to stop."""
    with plain_errors():
        settings = settings_of(data, host=host, port=port, port_file=port_file)
        listening = listen(settings.host, settings.port)
        with listening, Cloud(settings) as cloud:
            if settings.port_file:
                settings.port_file.write_text(str(listening.getsockname()[1]))
            serve(build(cloud), listening)
            if cloud.has_lost_its_database:
                typer.echo("The database ended by itself: see its log. Start head office again.", err=True)
                raise typer.Exit(1)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; ends with one sentence when the port is taken."""
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        reason = (error.strerror or str(error)).partition(" (while")[0]  # Python adds the address to it
        typer.echo(f"Port {port} on {host} can't be used ({reason}). Choose another with --port.", err=True)
        raise typer.Exit(1) from error


def serve(application: Any, listening: socket.socket) -> None:
    """Serves until SIGINT or SIGTERM."""
    config = uvicorn.Config(
        application,
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=5,
        server_header=False,
    )
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with suppress(KeyboardInterrupt):  # uvicorn has stopped by then, and raises what stopped it once more
        Server(config).run(sockets=[listening])


@app.command("migrate")
def migrate_now(data: Data = None) -> None:
    """Brings the database to this release."""
    with plain_errors():
        settings = settings_of(data)
        if settings.migration_url is not None:
            migrate(settings.migration_url.get_secret_value())
        elif settings.database_url is not None:
            raise CannotUse("Set BUFFR_CLOUD_MIGRATION_URL to the database as the owner of its tables.")
        else:
            settings.data.mkdir(parents=True, exist_ok=True)
            with Cluster.open(settings.data / "postgres", account=settings.database_account) as cluster:
                migrate(cluster.owner_url)
    typer.echo("The database is at this release.")


@app.command()
def restored(data: Data = None, as_json: AsJson = False) -> None:
    """Says that the database was put back from a backup, before head office is started: each node is heard out first."""
    with plain_errors(), Cloud(settings_of(data)) as cloud:
        groups = cloud.database.before_sign_in("groups", "every")
        for group in groups:
            with cloud.database.transaction(group["org"]) as connection:
                store = PostgresStore(connection, head_office(group["org"]))
                say_put_back(store, int(utc_now().timestamp() * 1000))
        say({"groups": len(groups)}, as_json)


@org.command("verify")
def verify_org(
    org_id: Annotated[str, typer.Argument(metavar="ORG", help="The group's id.")],
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Verifies that nothing of a group's books was altered, taken out or put in: chains, sales and numbers; 1 if not."""
    with plain_errors(), Cloud(settings_of(data)) as cloud:
        _known_org(cloud, org_id)
        with cloud.database.transaction(org_id) as connection:
            found = verified_books(connection, org_id)
    if as_json:
        typer.echo(json.dumps(found))
    else:
        for line in words_of_books(found):
            typer.echo(line)
    if not found["whole"]:
        raise typer.Exit(1)


@org.command("add")
def add_org(
    name: str,
    owner: Annotated[str, typer.Option(help="The owner's mail address.")],
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Adds a group with its owner, who gets a one-time link to set a password."""
    with plain_errors(), Cloud(settings_of(data)) as cloud:
        org_id = new_id()
        cloud.host.act_now(_system(org_id), lambda work: add_organisation(work, name=name))
        with cloud.database.transaction(org_id) as connection:
            account_id = add_account(connection, org_id, owner, "owner")
            token = offer_link(connection, org_id, account_id)
        say({"org_id": org_id, "owner_link": f"{cloud.settings.own_url}/welcome/{token}"}, as_json)


@property_app.command("add")
def add_a_property(
    org_id: Annotated[str, typer.Argument(metavar="ORG", help="The group's id.")],
    name: str,
    zone: Annotated[str, typer.Option(help="Time zone, e.g. Africa/Windhoek.")],
    currency: Annotated[str, typer.Option(help="ISO 4217 currency, e.g. NAD.")],
    manager: Annotated[str, typer.Option(help="Name of the first manager, who gets a code to set a PIN at the node.")],
    cut_off_hour: Annotated[int, typer.Option(help="Local hour at which the business day turns.")] = 4,
    locale: Annotated[str, typer.Option(help="Language of screens and paper.")] = "en",
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Adds a property with its first manager."""
    with plain_errors(), Cloud(settings_of(data)) as cloud:
        _known_org(cloud, org_id)

        def verb(work: Work) -> dict[str, Any]:
            added = add_property(
                work, name=name, zone=zone, currency=currency, cut_off_hour=cut_off_hour, locale=locale
            )
            return {"property_id": added["id"]}

        found = cloud.host.act_now(_system(org_id), verb)
        at = _system(org_id, found["property_id"])
        person = cloud.host.act_now(at, lambda work: add_person(work, display_name=manager, role="hospitality_manager"))
        say({**found, "manager_id": person["id"]}, as_json)


@node.command("code")
def node_code(
    property_id: Annotated[str, typer.Argument(metavar="PROPERTY", help="The property's id.")],
    org_id: Annotated[str, typer.Option("--org", help="The group's id.")],
    replaces: Annotated[
        str | None, typer.Option(metavar="NODE", help="The id of a lost node, which is revoked when the code is used.")
    ] = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Makes a one-time code with which a machine at the property becomes its node."""
    with plain_errors(), Cloud(settings_of(data)) as cloud:
        _known_org(cloud, org_id)
        with cloud.database.transaction(org_id) as connection:
            known = (
                is_id(property_id)
                and connection.execute(
                    "SELECT 1 FROM properties WHERE org_id = %s AND id = %s", (org_id, property_id)
                ).fetchone()
            )
            if not known:
                raise CannotUse("This group has no such property. Add it with: buffr cloud property add")
            if replaces is not None:
                _check_node(connection, property_id, replaces)
            code, ends = offer_code(connection, org_id, property_id, replaces=replaces)
        say({"code": code, "ends": ends.isoformat(timespec="minutes")}, as_json)


@node.command("revoke")
def revoke(
    node_id: Annotated[str, typer.Argument(metavar="NODE", help="The node's id: buffr cloud node list")],
    org_id: Annotated[str, typer.Option("--org", metavar="ORG", help="The group's id.")],
    note: Annotated[str | None, typer.Option(help="Why; it stands in the journal.")] = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Lets a node do nothing any more, from its next request on: a stolen machine, or one that was replaced."""
    with plain_errors(), Cloud(settings_of(data)) as cloud:
        _known_org(cloud, org_id)
        if not is_id(node_id):
            raise CannotUse("There is no such node. See: buffr cloud node list")
        say(cloud.host.act_now(_system(org_id), lambda work: revoke_node(work, node_id, note=note)), as_json)


@node.command("list")
def list_nodes(
    org_id: Annotated[str, typer.Option("--org", metavar="ORG", help="The group's id.")],
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Tells the group's nodes, the revoked ones too."""
    with plain_errors(), Cloud(settings_of(data)) as cloud:
        _known_org(cloud, org_id)
        with cloud.database.transaction(org_id) as connection:
            found = connection.execute(
                "SELECT n.id, n.code, p.name AS property, n.status, n.seen_at, n.waiting, n.version FROM sync_nodes AS n"
                " JOIN properties AS p ON p.org_id = n.org_id AND p.id = n.property_id WHERE n.org_id = %s"
                " ORDER BY n.number",
                (org_id,),
            ).fetchall()
    if as_json:
        typer.echo(json.dumps(found))
        return
    for row in found:
        seen = row["seen_at"] or "never heard"
        typer.echo(
            f"{row['id']}  {row['code']:<3} {row['status']:<8} {seen}  {row['waiting']} waiting  {row['property']}"
        )


def _known_org(cloud: Cloud, org_id: str) -> None:
    if is_id(org_id):
        with cloud.database.transaction(org_id) as connection:
            if connection.execute("SELECT 1 FROM organisations WHERE org_id = %s", (org_id,)).fetchone():
                return
    raise CannotUse("There is no such group. Add it with: buffr cloud org add")


def _check_node(connection: psycopg.Connection[dict[str, Any]], property_id: str, node_id: str) -> None:
    known = (
        is_id(node_id)
        and connection.execute(
            "SELECT 1 FROM sync_nodes WHERE property_id = %s AND id = %s AND status = 'active'", (property_id, node_id)
        ).fetchone()
    )
    if not known:
        raise CannotUse("This property has no such active node. See: buffr cloud node list")


def _system(org_id: str, property_id: str | None = None) -> Caller:
    return Caller(org_id, property_id, permissions=frozenset({"*"}), name="buffr cloud")
