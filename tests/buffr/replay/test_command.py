import re
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from buffr.replay.command import REFUSALS_SHOWN_MAX, app
from buffr.replay.enrolment import load_tokens
from buffr.replay.reading import COLUMNS
from tests.buffr.replay.conftest import ServeEdge
from tests.buffr.replay.edge_double import CODE, PERSON, PIN, Fault

HEADER = "\t".join(COLUMNS)
ORDERS = [
    "1\t2\tChicken Bowl\t[Mild, [Rice, Beans]]\t$16.98 ",
    "1\t1\tIzze\t[Clementine]\t$3.39 ",
    "2\t1\tChicken Bowl\t[[Rice, Rice]]\t$8.75 ",
    "3\tmany\tIzze\t[Clementine]\t$3.39 ",
    "3\t1\tChips\tNULL\t$2.39 ",
]


@pytest.fixture
def export(tmp_path: Path) -> Path:
    path = tmp_path / "orders.tsv"
    path.write_text("\n".join([HEADER, *ORDERS]) + "\n")
    return path


@pytest.fixture
def tokens(tmp_path: Path) -> Path:
    return tmp_path / "kept" / "tokens.json"


def run(*args: str | Path, pin: str | None = PIN) -> Result:
    """The command with the PIN in its environment."""
    return CliRunner().invoke(app, [str(arg) for arg in args], env={"BUFFR_REPLAY_PIN": pin}, catch_exceptions=False)


def said(result: Result) -> str:
    return result.stdout + result.stderr


def test_an_export_is_played_at_two_edges_and_summed_up(serve_edge: ServeEdge, export: Path, tokens: Path) -> None:
    servings = [serve_edge(), serve_edge()]
    places = [word for serving in servings for word in ("--edge", serving.url, "--code", CODE)]
    result = run(export, *places, "--tokens", tokens, "--person", PERSON)
    assert result.exit_code == 0, said(result)
    assert "Refused line 5: quantity 'many' is not a whole number" in result.stdout
    assert "Read 3 orders, 4 lines, revenue 31.51; refused 1 lines." in result.stdout
    assert f"{servings[0].url}: 2 orders, 3 lines, 22.76 NAD" in result.stdout
    assert f"{servings[1].url}: 1 orders, 1 lines, 8.75 NAD" in result.stdout
    assert "Acknowledged 3 orders, 4 lines; 0 failed; 0 tries were made again." in result.stdout
    assert [len(serving.edge.orders) for serving in servings] == [2, 1]
    prices = [[line["unit_price_minor"] for line in one["lines"]] for one in servings[0].edge.orders.values()]
    assert sorted(prices) == [[239], [849, 339]]
    for serving in servings:
        assert sorted(serving.edge.tokens.values()) == ["terminal"], "the session is over"
        assert load_tokens(tokens)[serving.url].token in serving.edge.tokens


def test_the_kept_terminal_serves_the_next_replay_and_a_run_is_taken_up(
    serve_edge: ServeEdge, export: Path, tokens: Path
) -> None:
    serving = serve_edge(faults=[Fault("POST .*bump", "nonsense")])
    broken_off = run(export, "--edge", serving.url, "--code", CODE, "--tokens", tokens, "--concurrency", "1")
    assert broken_off.exit_code == 1
    assert "is not what the API describes" in broken_off.stderr
    assert len(serving.edge.orders) == 1
    found = re.search(r"--run (\S+) takes it up", broken_off.stdout)
    assert found
    result = run(export, "--edge", serving.url, "--tokens", tokens, "--run", found[1])
    assert result.exit_code == 0, said(result)
    assert len(serving.edge.orders) == 3
    assert all(ticket["steps"] == ["bump", "serve"] for ticket in serving.edge.tickets.values())
    assert len(serving.edge.items) == 3


def test_refused_orders_are_named_and_fail_the_command(serve_edge: ServeEdge, export: Path, tokens: Path) -> None:
    serving = serve_edge()
    serving.edge.on_order = lambda count: serving.edge.tickets.clear() if count == 2 else None
    result = run(export, "--edge", serving.url, "--code", CODE, "--tokens", tokens, "--concurrency", "1")
    assert result.exit_code == 1
    assert "1 failed" in result.stdout


def test_every_refused_line_is_written_when_asked_for(serve_edge: ServeEdge, tmp_path: Path, tokens: Path) -> None:
    serving, export, refusals = serve_edge(), tmp_path / "bad.tsv", tmp_path / "refusals.txt"
    count = REFUSALS_SHOWN_MAX + 5
    export.write_text("\n".join([HEADER, *["1\t0\tIzze\tNULL\t$1.00"] * count, ORDERS[1]]))
    result = run(export, "--edge", serving.url, "--code", CODE, "--tokens", tokens, "--refusals", refusals)
    assert result.exit_code == 0, said(result)
    assert "... and 5 more refused; --refusals FILE lists them all." in result.stdout
    assert len(refusals.read_text().splitlines()) == count
    assert refusals.read_text().startswith("line 2: quantity 0 is less than 1\n")


def test_an_edge_whose_currency_has_no_hundredths_gets_no_order(
    serve_edge: ServeEdge, export: Path, tokens: Path
) -> None:
    serving = serve_edge(currency="JPY")
    result = run(export, "--edge", serving.url, "--code", CODE, "--tokens", tokens)
    assert result.exit_code == 1
    assert "JPY, which has no hundredths" in result.stderr
    assert serving.edge.orders == {}


@pytest.mark.parametrize(
    ("args", "complaint"),
    [
        (["--edge", "http://a", "--edge", "http://a/"], "An edge is named twice"),
        (["--edge", "a:8010"], "a:8010 is not an address"),
        (["--edge", "http://a", "--edge", "http://b", "--code", "1"], "1 --code for 2 --edge"),
        (["--edge", "http://a", "--person", "A", "--person", "B"], "2 --person for 1 --edge"),
        (["--edge", "http://a", "--run", "tuesday"], "'tuesday' is not the id of a run"),
        (["--edge", "http://a"], "No terminal is enrolled at http://a yet"),
    ],
)
def test_what_can_not_be_done_is_said_in_a_line(export: Path, tokens: Path, args: list[str], complaint: str) -> None:
    result = run(export, *args, "--tokens", tokens)
    assert result.exit_code == 1
    assert result.stderr.startswith(complaint)
    assert result.stderr.count("\n") == 1


def test_a_file_that_is_no_export_is_said_in_a_line(tmp_path: Path) -> None:
    path = tmp_path / "orders.tsv"
    path.write_text("a\tb\n")
    result = run(path, "--edge", "http://a")
    assert result.exit_code == 1
    assert result.stderr.startswith("The header misses the column order_id")


def test_a_missing_file_is_a_mistake_of_usage(tmp_path: Path) -> None:
    assert run(tmp_path / "none.tsv", "--edge", "http://a").exit_code == 2


def test_the_pin_is_asked_for_when_it_is_not_given(export: Path, tokens: Path, serve_edge: ServeEdge) -> None:
    serving = serve_edge()
    args = [str(export), "--edge", serving.url, "--code", CODE, "--tokens", str(tokens)]
    result = CliRunner().invoke(app, args, env={"BUFFR_REPLAY_PIN": None}, input=f"{PIN}\n")
    assert result.exit_code == 0, said(result)
    assert PIN not in result.output


def test_it_can_be_mounted_beside_other_commands(export: Path, tokens: Path) -> None:
    main = typer.Typer()
    main.command("other")(lambda: None)
    main.add_typer(app)
    args = ["replay", str(export), "--edge", "http://a", "--pin", PIN, "--tokens", str(tokens)]
    result = CliRunner().invoke(main, args)
    assert result.stderr.startswith("No terminal is enrolled at http://a yet")
