"""`buffr terminal`: the staff app, at a node that is named by its address or found by its name on the network."""

from collections.abc import Sequence
from typing import Annotated

import typer

from devices.mdns import NODES, Interfaces, Service, services
from edge.terminal.app import run

LOOK_SECONDS = 3.0

app = typer.Typer()


@app.command()
def terminal(
    url: Annotated[
        str | None, typer.Argument(help="The node's address, e.g. http://192.168.1.10:8010; looked for without one.")
    ] = None,
    node: Annotated[
        str | None, typer.Option(help="Which node, by a part of its name, where there are several.")
    ] = None,
    practises: Annotated[
        bool, typer.Option("--training", help="Practise once signed in: nothing is cooked, printed or booked.")
    ] = False,
) -> None:
    """Opens the staff app on this terminal."""
    if url is not None:
        raise typer.Exit(run(url, practises=practises))
    typer.echo("Looking for the node on this network …", err=True)
    try:
        one = chosen(nodes(), node)
    except OSError as error:
        typer.echo(f"Nobody can be asked: {error}. Give the node's address: buffr terminal http://…", err=True)
        raise typer.Exit(2) from error
    raise typer.Exit(run(address_of(one), known_as=f"buffr://{one.about['property_id']}", practises=practises))


def nodes(interfaces: Interfaces = None) -> list[Service]:
    """The nodes that tell their names here. Raises OSError."""
    return [one for one in services([NODES], LOOK_SECONDS, interfaces=interfaces) if "property_id" in one.about]


def chosen(found: Sequence[Service], wanted: str | None) -> Service:
    """The node that is meant; ends with a sentence where it is none or not clear."""
    meant = [one for one in found if wanted is None or wanted.casefold() in one.name.casefold()]
    if len(meant) == 1:
        return meant[0]
    if not meant:
        names = ", ".join(one.name for one in found)
        others = f" There are: {names}." if names else ""
        typer.echo(f"No such node tells its name here.{others} Give its address: buffr terminal http://…", err=True)
    else:
        typer.echo(f"Several do: {', '.join(one.name for one in meant)}. Say which with --node.", err=True)
    raise typer.Exit(2)


def address_of(node: Service) -> str:
    """Where a node's API is."""
    return f"http://[{node.host}]:{node.port}" if ":" in node.host else f"http://{node.host}:{node.port}"
