"""The documentation is whole and true: what the code has stands in it, and what stands in it the code has."""

import ast
import re
from collections.abc import Iterator
from typing import Any

import pytest
import typer.main
from pydantic_settings import BaseSettings

import buffr.devices.command
import buffr.replay.command
import buffr.sync.command
import buffr.terminal
import cloud.command
import edge.command
from buffr.main import COMMANDS
from cloud.settings import CloudSettings
from edge.settings import EdgeSettings
from tests.house.codes import codes
from tests.house.repository import ROOT, calls, documentation, page, quoted, sources, strings, texts

README_LINES_MAX = 150
ARCHITECTURE_LINES_MAX = 250
COMMAND_LINE: dict[str, typer.Typer] = {
    "cloud": cloud.command.app,
    "edge": edge.command.app,
    "devices": buffr.devices.command.app,
    "sync": buffr.sync.command.app,
    "terminal": buffr.terminal.app,
    "replay": buffr.replay.command.app,
}


def in_capitals(text: str) -> set[str]:
    """The words in capitals of a text's tables."""
    rows = [line for line in text.splitlines() if line.startswith("|")]
    return {word for row in rows for word in re.findall(r"\b[A-Z][A-Z0-9_]{2,}\b", row.split("|")[1])}


def test_every_refusal_is_documented_and_no_other() -> None:
    told = in_capitals(page("docs/errors.md"))
    missing = codes() - told
    assert missing == set(), "say in docs/errors.md what to do"
    known = {text for source in sources() for text in strings(source.tree)} | codes()
    # things that are not found are named by what they are, some of them through a table
    assert {code for code in told - known if not code.endswith("_NOT_FOUND")} == set()


def test_every_journal_kind_is_documented_and_no_other() -> None:
    declared = {
        str(call.args[0].value)
        for source in sources()
        for name, call in calls(source.tree)
        if name == "journal_kind" and call.args and isinstance(call.args[0], ast.Constant)
    }
    assert len(declared) > 25
    rows = [line.split("|")[1] for line in page("docs/journal.md").splitlines() if line.startswith("| `")]
    assert {kind for row in rows for kind in quoted(row)} == declared


@pytest.mark.parametrize("settings", [EdgeSettings, CloudSettings])
def test_every_setting_is_documented_and_no_other(settings: type[BaseSettings]) -> None:
    prefix = str(settings.model_config["env_prefix"])
    wanted = {f"{prefix}{name.upper()}" for name in settings.model_fields}
    assert {name for name in quoted(page("docs/settings.md")) if name.startswith(prefix)} == wanted


def test_every_variable_of_the_environment_is_documented() -> None:
    files = [text for name, text in texts() if name.endswith((".py", "Makefile", ".ci/run"))]
    read = {name for text in files for name in re.findall(r"\b(?:BUFFR|XDG)_[A-Z_]*[A-Z]\b", text)}
    prefixes = ("BUFFR_EDGE", "BUFFR_CLOUD")
    assert {name for name in read if name not in prefixes} <= quoted(page("docs/settings.md"))
    asked_for = set(re.findall(r"\$\((?:if \$\()?([A-Z]+)\)", page("Makefile"))) - {"BIN", "VENV"}
    assert asked_for <= quoted(page("docs/settings.md"))


def test_every_target_of_make_is_documented() -> None:
    (phony,) = re.findall(r"(?m)^\.PHONY: (.*)$", page("Makefile"))
    said = " ".join(quoted(page("CONTRIBUTING.md")))
    assert [target for target in phony.split() if f"make {target}" not in said and target != "stories"] == []


def commands(name: str) -> Iterator[str]:
    """Every command of one of ours that runs something, as it is typed."""

    def below(found: Any, typed: str) -> Iterator[str]:
        if not hasattr(found, "commands"):
            yield typed
            return
        if found.invoke_without_command:
            yield typed
        for word, command in found.commands.items():
            yield from below(command, f"{typed} {word}")

    yield from below(typer.main.get_command(COMMAND_LINE[name]), f"buffr {name}")


def test_every_command_is_documented() -> None:
    whole = "\n".join(documentation().values())
    assert set(COMMANDS) == {*COMMAND_LINE, "demo"}
    assert [typed for name in COMMAND_LINE for typed in commands(name) if typed not in whole] == []


def test_every_command_in_the_documentation_is_one() -> None:
    known = [typed for name in COMMAND_LINE for typed in commands(name)]
    for name, text in documentation().items():
        for block in re.findall(r"(?ms)^```sh\n(.*?)^```", text):
            for line in block.splitlines():
                if line.startswith("buffr "):
                    assert any(f"{line} ".startswith(f"{typed} ") for typed in known), f"{name}: {line}"
                    assert_options_exist(name, line)


def assert_options_exist(name: str, line: str) -> None:
    """Every option of a documented command is one of that command's."""
    words = line.split()
    found: Any = typer.main.get_command(COMMAND_LINE[words[1]])
    for word in words[2:]:
        if hasattr(found, "commands") and word in found.commands:
            found = found.commands[word]
    known = {option for parameter in found.params for option in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= known, f"{name}: {line}"


def test_every_link_leads_somewhere() -> None:
    for name, text in documentation().items():
        folder = (ROOT / name).parent
        for link in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text):
            if "://" not in link:
                assert (folder / link).exists(), f"{name} links to {link}"


def test_every_file_and_test_that_the_documentation_names_is_there() -> None:
    for name, text in documentation().items():
        for word in quoted(text):
            path, _, test = word.partition("::")
            if re.fullmatch(r"(\.ci|sync|devices|hospitality|web|edge|cloud|buffr|tests|docs)/[\w./-]+", path):
                found = ROOT / path
                assert found.exists() or "<" in path, f"{name} names {word}"
                assert not test or f"def {test}(" in found.read_text(), f"{name} names {word}"


def test_every_text_is_reached_from_the_first_one() -> None:
    reached, waiting = set(), ["README.md"]
    while waiting:
        name = waiting.pop()
        if name in reached:
            continue
        reached.add(name)
        folder = (ROOT / name).parent
        for link in re.findall(r"\]\(([^)#:]+\.md)(?:#[^)]*)?\)", page(name)):
            waiting.append((folder / link).resolve().relative_to(ROOT).as_posix())
    assert {name for name in documentation() if not name.startswith("tests/")} == reached


def test_the_first_texts_stay_short() -> None:
    assert len(page("README.md").splitlines()) <= README_LINES_MAX
    assert len(page("ARCHITECTURE.md").splitlines()) <= ARCHITECTURE_LINES_MAX
