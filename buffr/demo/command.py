"""`buffr demo`: plays the evening, proves it, and stays up for looking around when a person started it."""

import asyncio
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import httpx2
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from buffr.demo.household import MANAGER_PIN, OWNER, Household
from buffr.demo.processes import DemoFailed
from buffr.demo.proof import Proof, prove
from buffr.demo.story import Story
from buffr.replay.client import EdgeTrouble
from buffr.replay.menu import Menu, build_menu
from buffr.replay.orders import Order, orders_of
from buffr.replay.play import Progress as Played
from buffr.replay.reading import ExportUnreadable, read_export
from buffr.service import dinner_service
from cloud.postgres import ClusterError

app = typer.Typer()
EXPORT_CURRENCY = "USD"
OWN_CURRENCY = "NAD"
REFUSALS_SHOWN_MAX = 10
TABLES_LEFT_OPEN = 9


@app.command()
def demo(
    orders: Annotated[Path | None, typer.Option(help="An export of real orders instead of our own evening.")] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Where to write the figures as JSON.")] = None,
    data: Annotated[Path, typer.Option(help="Folder for everything that the demo makes.")] = Path(".demo"),
) -> None:
    """Two properties and a head office, one outage, and a table that proves that nothing was lost."""
    console = Console(stderr=False)
    try:
        menu, evening, currency = _work(orders, console)
        ok = asyncio.run(_run(menu, evening, currency, data.resolve(), json_file, console))
    except (DemoFailed, ExportUnreadable, EdgeTrouble, ClusterError, httpx2.HTTPError) as error:
        console.print(f"The demo can't go on: {error}", style="bold red", highlight=False)
        raise typer.Exit(1) from error
    except OSError as error:
        console.print(f"The demo can't go on: {error.strerror or error}", style="bold red", highlight=False)
        raise typer.Exit(1) from error
    except KeyboardInterrupt:
        raise typer.Exit(0) from None
    if not ok:
        raise typer.Exit(1)


def _work(orders: Path | None, console: Console) -> tuple[Menu, Sequence[Order], str]:
    if orders is None:
        service = dinner_service()
        return service.menu, service.orders, OWN_CURRENCY
    reading = read_export(orders)
    for refusal in reading.refusals[:REFUSALS_SHOWN_MAX]:
        console.print(f"Line {refusal.line_no} is left out: {refusal.reason}", style="yellow", highlight=False)
    return build_menu(reading.lines), orders_of(reading.lines), EXPORT_CURRENCY


async def _run(
    menu: Menu, orders: Sequence[Order], currency: str, data: Path, json_file: Path | None, console: Console
) -> bool:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with (
        Progress(*columns, console=console, disable=not console.is_terminal) as bar,
        Household(data, _teller(console)) as household,
    ):
        await household.open(currency)
        await household.furnish(menu)
        task = bar.add_task("Orders", total=len(orders))
        story = Story(household, orders, _teller(console), _follower(bar, task))
        evening = await story.play()
        bar.stop()
        for one in household.properties:
            assert one.screen is not None
            await one.screen.stop()
        proof = await asyncio.to_thread(prove, household, evening)
        _show(proof, household, console)
        if json_file is not None:
            _write(json_file, proof)
        if sys.stdin.isatty() and console.is_terminal:
            await story.leave_open(TABLES_LEFT_OPEN)
            _show_faces(household, console)
            await _until_interrupted(console)
    return proof.ok


def _write(json_file: Path, proof: Proof) -> None:
    json_file.write_text(json.dumps(proof.figures, indent=1) + "\n")


def _teller(console: Console) -> Callable[[str], None]:
    def say(text: str) -> None:
        console.print(f"· {text}", highlight=False)

    return say


def _follower(bar: Progress, task: object) -> Callable[[Played], None]:
    done_before = 0
    last = 0

    def follow(played: Played) -> None:
        nonlocal done_before, last
        if played.done < last:
            done_before += last
        last = played.done
        bar.update(task, completed=done_before + played.done)  # type: ignore[arg-type]

    return follow


def _show(proof: Proof, household: Household, console: Console) -> None:
    table = Table(title="What each end holds, by queries of their own", title_justify="left")
    table.add_column("")
    for one in household.properties:
        table.add_column(one.plan.name, justify="right")
    table.add_column("Head office", justify="right")
    for name, *figures in proof.rows:
        table.add_row(name.replace("_", " "), *figures)
    console.print(table)
    told = proof.figures
    for text in (
        f"{told['acknowledged']} orders acknowledged to terminals, {told['lost']} lost, {told['doubled']} doubled",
        f"{told['tickets_printed']} of {told['tickets_expected']} kitchen tickets on paper, "
        f"{told['reprints_marked']} further copies marked REPRINT, {told['reprints_unmarked']} unmarked",
        f"{told['peak_waiting']} changes waited at the end of the outage, drained in {told['drain_seconds']} s",
        f"{told['conflicts']} conflict, kept with both values",
    ):
        console.print(f"  {text}", highlight=False)
    for text in proof.wrong:
        console.print(f"  ✗ {text}", style="bold red", highlight=False)
    verdict = "Everything agrees: nothing was lost." if proof.ok else "Something does not agree."
    console.print(verdict, style="bold green" if proof.ok else "bold red")


def _show_faces(household: Household, console: Console) -> None:
    console.print("\nLook around:", style="bold")
    console.print(f"  Head office       {household.cloud.url}/   {OWNER} / {household.owner_password}", highlight=False)
    for one in household.properties:
        console.print(f"  {one.plan.name}", style="bold")
        console.print(f"    kitchen screen  {one.kitchen_link}   (one-time link)", highlight=False)
        console.print(
            f"    staff terminal  buffr terminal {one.node.url}   code {one.terminal_code}, "
            f"then {one.plan.manager}, PIN {MANAGER_PIN}",
            highlight=False,
        )
        console.print(f"    API             {one.node.url}/docs", highlight=False)
    console.print(f"  Paper             {household.folder / 'paper'}", highlight=False)


async def _until_interrupted(console: Console) -> None:
    console.print("\nCtrl-C ends it.", highlight=False)
    await asyncio.Event().wait()
