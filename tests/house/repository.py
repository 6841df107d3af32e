"""The repository as the build's own rules look at it: its files, its sources, its words."""

import ast
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("sync", "devices", "hospitality", "web", "edge", "cloud", "buffr")
LIST_SECONDS_MAX = 30


@dataclass(frozen=True)
class Source:
    """A Python file with its tree."""

    path: Path
    text: str
    tree: ast.Module

    @property
    def name(self) -> str:
        """The path from the repository's root, as people write it."""
        return self.path.relative_to(ROOT).as_posix()


@cache
def files() -> tuple[Path, ...]:
    """Every file that is tracked or about to be; what git ignores is nobody's."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=LIST_SECONDS_MAX,
        check=False,
    )
    if listing.returncode != 0:
        pytest.skip(f"this is no clone of the repository: {listing.stderr.strip()}")
    found = (ROOT / name for name in sorted(set(listing.stdout.split("\0")) - {""}))
    return tuple(path for path in found if path.is_file())


@cache
def texts() -> tuple[tuple[str, str], ...]:
    """(name, text) of every file that is text."""
    found = []
    for path in files():
        raw = path.read_bytes()
        if b"\0" not in raw:
            found.append((path.relative_to(ROOT).as_posix(), raw.decode(errors="replace")))
    return tuple(found)


@cache
def sources(*, tests: bool = False) -> tuple[Source, ...]:
    """The product's Python files; with `tests`, the tests' as well."""
    roots = (*PACKAGES, "tests") if tests else PACKAGES
    found = []
    for path in files():
        if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in roots:
            text = path.read_text()
            found.append(Source(path, text, ast.parse(text)))
    return tuple(found)


@cache
def page(name: str) -> str:
    """A text of the documentation, by its name from the repository's root."""
    return (ROOT / name).read_text()


@cache
def documentation() -> dict[str, str]:
    """Every text of the documentation by its name."""
    return {name: text for name, text in texts() if name.endswith(".md")}


def quoted(text: str) -> set[str]:
    """What stands between backticks, outside of blocks."""
    return set(re.findall(r"`([^`\n]+)`", re.sub(r"(?ms)^```.*?^```", "", text)))


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Every call with the last part of what is called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            yield name, node


def strings(tree: ast.AST) -> Iterator[str]:
    """Every string in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
