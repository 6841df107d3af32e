"""`buffr replay FILE --edge URL`: an export's orders, played through edges as a terminal enrolled at each."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from uuid import UUID, uuid4

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from buffr.replay.acknowledgements import Acknowledgements
from buffr.replay.client import EdgeClient, EdgeTrouble, Patience
from buffr.replay.enrolment import (
    KeptTerminal,
    TokensUnusable,
    enrol,
    keep_tokens,
    load_tokens,
    sign_in,
    sign_out,
)
from buffr.replay.menu import build_menu
from buffr.replay.orders import orders_of
from buffr.replay.play import CONCURRENCY_MAX, PlayResult, Progress, play
from buffr.replay.publish import EdgeAccess, ReadyEdge, publish_menu
from buffr.replay.reading import ExportUnreadable, Reading, read_export
from hospitality.ground.money import exponent, written

REFUSALS_SHOWN_MAX = 20
FAILURES_SHOWN_MAX = 20
EXPORT_DECIMALS = 2
TERMINAL_NAME = "Replay"

app = typer.Typer()


class ReplayImpossible(Exception):
    """The replay can't be done as asked; the message says what to change."""


@dataclass(frozen=True, slots=True)
class Entry:
    """How to get into one edge: by a code the first time, later by the kept token; and who signs in."""

    url: str
    pin: str
    code: str | None = None
    person: str | None = None

    def __repr__(self) -> str:
        return f"Entry({self.url!r}, person={self.person!r})"


async def replay_export(
    reading: Reading,
    entries: Sequence[Entry],
    tokens: Path,
    *,
    concurrency: int = 8,
    run: UUID | None = None,
    on_progress: Callable[[Progress], None] = lambda _: None,
    acknowledgements: Acknowledgements = lambda _: None,
    patience: Patience | None = None,
) -> PlayResult:
    """Enrols and signs in at every edge, publishes the export's menu, plays its orders and signs out.

    Raises ReplayImpossible, TokensUnusable, EdgeTrouble, OSError; a session is then left to expire.
    """
    kept = [await _terminal_at(entry, tokens, patience) for entry in entries]
    accesses = [await _access(entry, has, patience) for entry, has in zip(entries, kept, strict=True)]
    edges = await publish_menu(build_menu(reading.lines), accesses, patience=patience)
    _check_currencies(edges)
    result = await play(
        orders_of(reading.lines),
        edges,
        concurrency=concurrency,
        on_progress=on_progress,
        acknowledgements=acknowledgements,
        run=run,
        patience=patience,
    )
    for access, has in zip(accesses, kept, strict=True):
        async with EdgeClient(access.url, patience=patience) as client:
            await sign_out(client, has, access)
    return result


async def _terminal_at(entry: Entry, tokens: Path, patience: Patience | None) -> KeptTerminal:
    """The terminal kept for the edge; with a code, a newly enrolled one, kept at once: a code works once."""
    kept = load_tokens(tokens)
    if entry.code is not None:
        async with EdgeClient(entry.url, patience=patience) as client:
            kept[entry.url] = await enrol(client, entry.code, TERMINAL_NAME)
        keep_tokens(tokens, kept)
    if entry.url not in kept:
        raise ReplayImpossible(
            f"No terminal is enrolled at {entry.url} yet: have a manager show a code, and give it by --code."
        )
    return kept[entry.url]


async def _access(entry: Entry, kept: KeptTerminal, patience: Patience | None) -> EdgeAccess:
    async with EdgeClient(entry.url, patience=patience) as client:
        return await sign_in(client, kept, person=entry.person, pin=entry.pin)


def _check_currencies(edges: Sequence[ReadyEdge]) -> None:
    for edge in edges:
        if exponent(edge.menu.currency) != EXPORT_DECIMALS:
            raise ReplayImpossible(
                f"{edge.access.url} counts in {edge.menu.currency}, which has no hundredths; an export does."
            )


@app.command("replay")
def replay(
    file: Annotated[Path, typer.Argument(help="Tab-separated export of order lines.", dir_okay=False, exists=True)],
    edges: Annotated[list[str], typer.Option("--edge", help="The node's address, e.g. http://10.0.0.5:8010.")],
    codes: Annotated[
        list[str] | None,
        typer.Option("--code", help="Enrolment code, one for each --edge in their order; needed once."),
    ] = None,
    people: Annotated[
        list[str] | None,
        typer.Option("--person", help="Who signs in: one name for all edges or one for each."),
    ] = None,
    pins: Annotated[
        list[str] | None,
        typer.Option("--pin", envvar="BUFFR_REPLAY_PIN", help="Their PIN: one for all edges or one for each."),
    ] = None,
    tokens: Annotated[
        Path | None,
        typer.Option(envvar="BUFFR_REPLAY_TOKENS", help="Where terminals' tokens are kept, readable by you alone."),
    ] = None,
    concurrency: Annotated[int, typer.Option(min=1, max=CONCURRENCY_MAX, help="Orders at a time at each edge.")] = 8,
    run: Annotated[
        str | None,
        typer.Option(help="Takes up a run that was broken off, by the id that it printed; no order is doubled."),
    ] = None,
    refusals: Annotated[
        Path | None, typer.Option(help="Writes every refused line's number and reason to this file.")
    ] = None,
) -> None:
    """Plays a restaurant's exported orders through one or more property nodes."""
    console = Console(highlight=False, soft_wrap=True)
    errors = Console(stderr=True, highlight=False, soft_wrap=True)
    try:
        run_id = _run_id(run)
        reading = read_export(file)
        _report_reading(console, reading, refusals)
        entries = _entries(edges, codes or [], people or [], pins or [])
        console.print(f"Run {run_id}; if it breaks off, --run {run_id} takes it up.", markup=False)
        result = _play_with_progress(console, reading, entries, tokens or _default_tokens(), concurrency, run_id)
    except (ReplayImpossible, ExportUnreadable, TokensUnusable, EdgeTrouble, OSError) as trouble:
        errors.print(str(trouble), markup=False)
        raise typer.Exit(1) from trouble
    _report_result(console, result)
    if result.failures:
        raise typer.Exit(1)


def _play_with_progress(
    console: Console, reading: Reading, entries: Sequence[Entry], tokens: Path, concurrency: int, run: UUID
) -> PlayResult:
    columns = (
        TextColumn("Orders"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    with Bar(*columns, console=console) as bar:
        task = bar.add_task("", total=reading.orders)

        def show(progress: Progress) -> None:
            tried_again = f"{progress.retries} tries made again" if progress.retries else ""
            bar.update(task, completed=progress.done, description=tried_again)

        playing = replay_export(reading, entries, tokens, concurrency=concurrency, run=run, on_progress=show)
        return asyncio.run(playing)


def _run_id(run: str | None) -> UUID:
    if run is None:
        return uuid4()
    try:
        return UUID(run)
    except ValueError as error:
        raise ReplayImpossible(f"{run!r} is not the id of a run; give the one that the run printed.") from error


def _default_tokens() -> Path:
    return Path(typer.get_app_dir("buffr")) / "replay-tokens.json"


def _entries(edges: Sequence[str], codes: list[str], people: list[str], pins: list[str]) -> list[Entry]:
    urls = [edge.rstrip("/") for edge in edges]
    for url in urls:
        if not url.startswith(("http://", "https://")):
            raise ReplayImpossible(f"{url} is not an address: it begins with http:// or https://.")
    if len(set(urls)) < len(urls):
        raise ReplayImpossible("An edge is named twice; name each --edge once.")
    if codes and len(codes) != len(urls):
        raise ReplayImpossible(f"{len(codes)} --code for {len(urls)} --edge: give one for each, in their order.")
    if not pins:
        pins = [typer.prompt("PIN", hide_input=True)]
    pin_of = _one_for_each(pins, len(urls), "--pin")
    person_of: Sequence[str | None] = _one_for_each(people, len(urls), "--person") if people else [None] * len(urls)
    code_of: Sequence[str | None] = codes or [None] * len(urls)
    return [
        Entry(url, pin, code, person) for url, pin, code, person in zip(urls, pin_of, code_of, person_of, strict=True)
    ]


def _one_for_each(values: list[str], count: int, option: str) -> list[str]:
    if len(values) == 1:
        return values * count
    if len(values) != count:
        raise ReplayImpossible(f"{len(values)} {option} for {count} --edge: give one for all or one for each.")
    return values


def _report_reading(console: Console, reading: Reading, refusals: Path | None) -> None:
    said = [f"line {refusal.line_no}: {refusal.reason}" for refusal in reading.refusals]
    for text in said[:REFUSALS_SHOWN_MAX]:
        console.print(f"Refused {text}", markup=False)
    if len(said) > REFUSALS_SHOWN_MAX:
        console.print(f"... and {len(said) - REFUSALS_SHOWN_MAX:,} more refused; --refusals FILE lists them all.")
    if refusals is not None:
        refusals.write_text("".join(f"{text}\n" for text in said), encoding="utf-8")
    units, hundredths = divmod(reading.revenue_minor, 100)
    revenue = f"{units:,}.{hundredths:02d}"
    console.print(
        f"Read {reading.orders:,} orders, {len(reading.lines):,} lines, revenue {revenue}; refused {len(said):,} lines."
    )


def _report_result(console: Console, result: PlayResult) -> None:
    for edge in result.edges:
        total, paid = written(edge.total_minor, edge.currency), written(edge.paid_minor, edge.currency)
        console.print(
            f"{edge.edge_url}: {edge.orders:,} orders, {edge.lines:,} lines, {total}; "
            f"{edge.payments:,} payments, {paid}",
            markup=False,
        )
    console.print(
        f"Acknowledged {result.orders:,} orders, {result.lines:,} lines; {len(result.failures):,} failed; "
        f"{result.retries:,} tries were made again."
    )
    for failure in result.failures[:FAILURES_SHOWN_MAX]:
        console.print(
            f"Order {failure.reference} at {failure.edge_url}, {failure.step}: {failure.reason}", markup=False
        )
    if len(result.failures) > FAILURES_SHOWN_MAX:
        console.print(f"... and {len(result.failures) - FAILURES_SHOWN_MAX:,} more failed.")
