"""`buffr sync status`, and `buffr sync conflicts` and `troubles`: list, and decide, at a node or at head office."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from buffr.sync.ends import Asked, End, Found, end_of
from buffr.sync.status import NODE_URL, lines_of, status_of
from hospitality.ground.errors import Trouble

app = typer.Typer(help="Sync, at a node or at head office.", no_args_is_help=True)
conflicts = typer.Typer(help="Edits made apart: list them, restore the losing value, dismiss.")
troubles = typer.Typer(help="Transactions that head office could not apply: list them, try again, discard.")
app.add_typer(conflicts, name="conflicts")
app.add_typer(troubles, name="troubles")

Url = Annotated[str | None, typer.Option("--url", help="Address of a node or of head office.")]
Token = Annotated[str | None, typer.Option("--token", envvar="BUFFR_TOKEN", help="A session's token there.")]
Data = Annotated[Path | None, typer.Option("--data", help="Folder of head office, or of a node (to be read), here.")]
Org = Annotated[str | None, typer.Option("--org", help="The group's id, with head office's folder.")]
OfProperty = Annotated[str | None, typer.Option("--property", help="Only of this property (its id).")]
OnlyOpen = Annotated[bool, typer.Option("--open", help="Only those that nobody has decided.")]
AsJson = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]
TheId = Annotated[str, typer.Argument(metavar="ID", help="As the list tells it.")]
Note = Annotated[str | None, typer.Option("--note", help="Why; kept with it.")]
NeededNote = Annotated[str, typer.Option("--note", help="Why; kept with it.")]


@contextmanager
def told_plainly() -> Iterator[None]:
    """Ends with one sentence where a person can mend it."""
    try:
        yield
    except Trouble as error:
        typer.echo(error.message, err=True)
        raise typer.Exit(1) from error
    except OSError as error:
        typer.echo(f"It can't be read: {error}", err=True)
        raise typer.Exit(1) from error


@contextmanager
def reached(asked: Asked) -> Iterator[End]:
    """The end that was asked for; ends with one sentence where a person can mend it."""
    with told_plainly(), end_of(asked) as end:
        yield end


@app.command()
def status(
    url: Annotated[str, typer.Option("--url", help="Address of a node on this machine, or of head office.")] = NODE_URL,
    token: Token = None,
    data: Data = None,
    org: Org = None,
    as_json: AsJson = False,
) -> None:
    """Tells how a node and head office are with each other."""
    with told_plainly():
        found = status_of(url, token, data, org)
    if as_json:
        typer.echo(json.dumps(found))
        return
    for line in lines_of(found):
        typer.echo(line)


@conflicts.command()
def restore(
    id: TheId,
    note: Note = None,
    url: Url = None,
    token: Token = None,
    data: Data = None,
    org: Org = None,
    as_json: AsJson = False,
) -> None:
    """Sets the losing value again, as an edit of yours."""
    _decide("conflicts", id, "restore", note, Asked(url, token, data, org), as_json, _conflict_line)


@troubles.command()
def retry(
    id: TheId,
    note: Note = None,
    url: Url = None,
    token: Token = None,
    data: Data = None,
    org: Org = None,
    as_json: AsJson = False,
) -> None:
    """Has it applied again at head office."""
    _decide("troubles", id, "retry", note, Asked(url, token, data, org), as_json, _tried_line)


def _list(
    what: str, asked: Asked, property_id: str | None, only_open: bool, as_json: bool, line: Callable[[Found], str]
) -> None:
    with reached(asked) as end:
        found = list(end.listed(what, "open" if only_open else "all", property_id))
    if as_json:
        typer.echo(json.dumps({"items": found}))
        return
    for one in found:
        typer.echo(line(one))
    if not found:
        typer.echo("None.")


def _decide(
    what: str, id: str, action: str, note: str | None, asked: Asked, as_json: bool, line: Callable[[Found], str]
) -> None:
    with reached(asked) as end:
        done = end.decide(what, id, action, note)
    typer.echo(json.dumps(done) if as_json else line(done))
    if done.get("applied") is False:
        raise typer.Exit(1)


def _conflict_line(one: Found) -> str:
    what = f"{one['table']}.{one['field']}" + (f" of {one['row_name']}" if one["row_name"] else "")
    sides = f"{_side(one['won'])} counts, {_side(one['lost'])} was kept aside"
    return f"{one['id']}  {one['state']:<9}  {one['decided_at'][:16]}  {what}: {sides}{_settled(one)}"


def _side(side: Found) -> str:
    value = side["value_name"] or json.dumps(side["value"], ensure_ascii=False)
    place = "head office" if side["node_code"] is None else f"node {side['node_code']}"
    return f"{value} ({', '.join(filter(None, (side['person'], place, side['at'][:16])))})"


def _trouble_line(one: Found) -> str:
    holds = ", ".join(f"{count} × {table}" for table, count in one["holds"].items()) or "nothing"
    state = one["settled"]["action"] if one["settled"] else "waiting"
    numbers = f"{one['node_code']}{one['incarnation']}: {one['first']}–{one['last']}"
    return (
        f"{one['id']}  {state:<9}  {one['at'][:16]}  {numbers}  {holds}  {one['code']}: {one['reason']}{_settled(one)}"
    )


def _tried_line(done: Found) -> str:
    if not done["applied"]:
        return f"It waits on. {done['code']}: {done['reason']}"
    return "It is applied" + (f", and {done['followed']} that leaned on it." if done["followed"] else ".")


def _settled(one: Found) -> str:
    settled: Any = one["settled"]
    if settled is None:
        return ""
    note = f": {settled['note']}" if settled["note"] else ""
    return f"  [{settled['action']} by {settled['by_name'] or settled['by'] or 'sync itself'}{note}]"


def _add_listing(to: typer.Typer, what: str, text: str, line: Callable[[Found], str]) -> None:
    @to.callback(invoke_without_command=True, help=text)
    def listing(
        context: typer.Context,
        url: Url = None,
        token: Token = None,
        data: Data = None,
        org: Org = None,
        of_property: OfProperty = None,
        only_open: OnlyOpen = False,
        as_json: AsJson = False,
    ) -> None:
        if context.invoked_subcommand is None:
            _list(what, Asked(url, token, data, org), of_property, only_open, as_json, line)


def _add_leaving(to: typer.Typer, what: str, action: str, text: str, line: Callable[[Found], str]) -> None:
    @to.command(action, help=text)
    def leaving(
        id: TheId,
        note: NeededNote,
        url: Url = None,
        token: Token = None,
        data: Data = None,
        org: Org = None,
        as_json: AsJson = False,
    ) -> None:
        _decide(what, id, action, note, Asked(url, token, data, org), as_json, line)


_add_listing(conflicts, "conflicts", "Lists conflicts, newest first.", _conflict_line)
_add_listing(troubles, "troubles", "Lists what was set aside, newest first.", _trouble_line)
_add_leaving(conflicts, "conflicts", "dismiss", "Leaves the value that counts.", _conflict_line)
_add_leaving(
    troubles, "troubles", "discard", "Leaves it out for good; its content is kept at head office.", _trouble_line
)
