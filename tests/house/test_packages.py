"""What is installed under which name, what ships, and that the floors are watched."""

import shutil
import subprocess
import sys
import zipfile
from importlib.metadata import entry_points, packages_distributions
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.house.repository import PACKAGES, ROOT, files

RUN_SECONDS_MAX = 90
# one line that each contract refuses, and the contract
TRESPASSES = {
    ("edge/keys.py", "import cloud.settings"): "the two hosts never meet",
    ("hospitality/menu/rules.py", "import hospitality.orders.facts"): "Each trade stands on those below it",
    ("hospitality/orders/loading.py", "import hospitality.orders.view"): "Inside a trade",
    ("hospitality/ground/work.py", "import hospitality.ground.host"): "The ground has floors too",
    ("hospitality/people/rules.py", "import sqlmodel"): "Rules are pure",
    ("hospitality/orders/view.py", "import fastapi"): "The core does not know the web framework",
    ("sync/node/retry.py", "import sync.hub.tables"): "the hub and the node share the wire",
    ("sync/clock.py", "import psycopg"): "without a network or a driver",
    ("devices/virtual/head.py", "import devices.answers"): "Virtual devices speak by themselves",
    ("edge/database.py", "import edge.host"): "A node's parts",
    ("edge/terminal/draft.py", "import hospitality.menu.models"): "like any other client",
    ("cloud/settings.py", "import cloud.host"): "Head office's parts",
}


def test_packaging_is_no_package() -> None:
    # with an __init__.py it would stand before PyPI's own `packaging` on the path
    assert not list(ROOT.glob("packaging/**/__init__.py"))
    found = find_spec("packaging.version")
    assert found is not None
    assert found.origin is not None
    assert not Path(found.origin).is_relative_to(ROOT / "packaging")


@pytest.mark.parametrize("name", PACKAGES)
def test_no_other_distribution_owns_our_names(name: str) -> None:
    assert set(packages_distributions().get(name, [])) <= {"buffr-host"}
    found = find_spec(name)
    assert found is not None
    assert found.submodule_search_locations is not None
    assert [Path(folder) for folder in found.submodule_search_locations] == [ROOT / name]


def test_buffr_is_the_one_command() -> None:
    ours = [point for point in entry_points(group="console_scripts") if point.value.split(".")[0] in PACKAGES]
    assert {(point.name, point.value) for point in ours} == {("buffr", "buffr.main:run")}


def test_the_command_line_loads_no_host_before_it_is_asked_for() -> None:
    code = "import sys, buffr.main; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=RUN_SECONDS_MAX, check=True
    )
    assert set(loaded.stdout.split()).isdisjoint(set(PACKAGES) - {"buffr"} | {"fastapi", "sqlalchemy", "textual"})


def test_the_wheel_holds_everything_that_is_not_a_test(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        timeout=RUN_SECONDS_MAX,
        check=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    ours = {path.relative_to(ROOT) for path in files() if path.relative_to(ROOT).parts[0] in PACKAGES}
    assert held == {path.as_posix() for path in ours}
    # what the product reads at run time beside its code
    assert {Path(name).suffix for name in held} >= {".py", ".html", ".css", ".js", ".tcss"}
    assert sum("migrations/versions/" in name for name in held) >= 6


def test_every_contract_refuses_what_it_names(tmp_path: Path) -> None:
    for name in PACKAGES:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for (file, line), _ in TRESPASSES.items():
        trespassing = tmp_path / file
        trespassing.write_text(trespassing.read_text() + line + "\n")
    (tmp_path / "hospitality" / "spa").mkdir()
    (tmp_path / "hospitality" / "spa" / "__init__.py").write_text('"""A trade that nobody has declared."""\n')
    linted = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=RUN_SECONDS_MAX,
        check=False,
    )
    said = " ".join(linted.stdout.split())
    broken = [part.rsplit(" KEPT ", 1)[-1] for part in said.split(" BROKEN")]
    missing = [name for name in TRESPASSES.values() if not any(name in part for part in broken)]
    assert missing == [], linted.stdout + linted.stderr
    assert "spa" in said
