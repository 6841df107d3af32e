"""`buffr terminal URL`: the staff app."""

from typing import Annotated

import typer

from edge.terminal.app import run

app = typer.Typer()


@app.command()
def terminal(
    url: Annotated[str, typer.Argument(help="The node's address, e.g. http://192.168.1.10:8010")],
    practises: Annotated[
        bool, typer.Option("--training", help="Practise once signed in: nothing is cooked, printed or booked.")
    ] = False,
) -> None:
    """Opens the staff app on this terminal."""
    raise typer.Exit(run(url, practises=practises))
