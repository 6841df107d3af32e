"""The command line as a person meets it: what it offers, and one sentence where it can't go on."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import httpx2
import pytest
from starlette.applications import Starlette

from buffr.main import COMMANDS, run
from edge.command import address_of
from hospitality.ground.ids import new_id
from hospitality.ground.work import Caller
from hospitality.people.service.accounts import add_person
from sync.hub.register import offer_code
from tests.buffr.waiting import until
from tests.cloud_fixture import HeadOffice, head_office, migrated
from tests.forked import forking
from tests.postgres_fixture import DatabaseFactory, FreshDatabase, TemplateFactory
from tests.serving import serve

COMMAND_SECONDS_MAX = 100
STOP_SECONDS_MAX = 30
CODE = re.compile(r"\b[0-9A-Z]{4,5}(?:-[0-9A-Z]{4,5})+\b")


@dataclass(frozen=True)
class Said:
    """How a command ended."""

    status: int
    out: str
    err: str

    @property
    def sentence(self) -> str:
        """The one line that a refused command says, and nothing else; no traceback."""
        assert self.status == 1, (self.status, self.out, self.err)
        assert self.out == ""
        [line] = self.err.strip().splitlines()
        return line


def environment(folder: Path, **more: str) -> dict[str, str]:
    """An environment in which nothing of this machine's own settings stands."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("BUFFR_")}
    return {**own, "HOME": str(folder), "XDG_CONFIG_HOME": str(folder / "config"), "TERM": "dumb", **more}


def buffr(folder: Path, *arguments: str | Path, **more: str) -> Said:
    """Runs a command in a process of its own, to its end, in a folder of its own."""
    texts = [str(argument) for argument in arguments]
    out, err = folder / f"{new_id()}.out", folder / f"{new_id()}.err"
    process = forking().Process(target=command, args=(folder, texts, environment(folder, **more), out, err))
    process.start()
    process.join(COMMAND_SECONDS_MAX)
    status = process.exitcode
    process.kill()
    process.join()
    process.close()
    assert status is not None, f"buffr {' '.join(texts)} did not end"
    return Said(status, out.read_text(), err.read_text())


def command(folder: Path, arguments: list[str], given: dict[str, str], out: Path, err: Path) -> None:
    """In the child: becomes `buffr …` with its own environment, folder and streams."""
    os.environ.clear()
    os.environ.update(given)
    os.chdir(folder)
    for path, stream in ((os.devnull, 0), (out, 1), (err, 2)):
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        os.dup2(handle, stream)
    sys.argv = ["buffr", *arguments]
    run()


def plainly(*arguments: str) -> Said:
    """Runs a command as a shell would, imports and all."""
    line = [sys.executable, "-m", "buffr.main", *arguments]
    done = subprocess.run(line, capture_output=True, text=True, timeout=COMMAND_SECONDS_MAX, check=False)
    return Said(done.returncode, done.stdout, done.stderr)


@contextmanager
def a_taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        yield taken.getsockname()[1]


# --- what there is


@pytest.mark.parametrize("asked", [[], ["--help"], ["-h"], ["help"]])
def test_it_says_what_there_is(asked: list[str]) -> None:
    said = plainly(*asked)
    assert (said.status, said.err) == (0, "")
    for name in COMMANDS:
        assert re.search(rf"^  {name}\s", said.out, re.MULTILINE)


def test_it_says_its_version_and_loads_nothing_for_it() -> None:
    assert plainly("--version").out == f"buffr {version('buffr-host')}\n"
    found = "import sys, buffr.main; print(*sorted({'edge', 'cloud', 'typer', 'fastapi'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", found], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == ""


def test_a_command_that_there_is_not_is_named_beside_those_that_there_are() -> None:
    said = plainly("serve")
    assert (said.status, said.out) == (2, "")
    assert said.err.startswith("There is no command serve.\n")
    assert "  edge " in said.err


def test_each_command_explains_itself(tmp_path: Path) -> None:
    for name in COMMANDS:
        said = buffr(tmp_path, name, "--help")
        assert (said.status, said.err) == (0, ""), name
        assert f"buffr {name}" in said.out


# --- a node


def test_a_port_that_is_taken_is_one_sentence(tmp_path: Path) -> None:
    with a_taken_port() as port:
        for host in ("edge", "cloud"):
            said = buffr(tmp_path, host, "run", "--data", tmp_path / host, "--port", str(port))
            assert said.sentence == (
                f"Port {port} on 127.0.0.1 can't be used (Address already in use). Choose another with --port."
            )
            assert not (tmp_path / host).exists(), "it has touched nothing"


def test_a_node_that_is_not_enrolled_says_how_to(tmp_path: Path) -> None:
    said = buffr(tmp_path, "edge", "run", "--data", tmp_path / "node", "--port", "0")
    assert said.sentence == "This node is not enrolled yet. Run: buffr edge enrol URL CODE"


def test_a_folder_that_is_a_file_and_a_setting_that_is_none_are_one_sentence_each(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for host in ("edge", "cloud"):
        said = buffr(tmp_path, host, "run", "--data", tmp_path / "file", "--port", "0")
        assert "can't start: " in said.sentence
        assert "file" in said.sentence
        wrong = buffr(tmp_path, host, "run", **{f"BUFFR_{host.upper()}_PORT": "70000"})
        assert wrong.sentence == "Check the setting port: Input should be less than or equal to 65535."


def test_a_file_that_its_key_does_not_open_is_one_sentence(tmp_path: Path) -> None:
    data = tmp_path / "node"
    buffr(tmp_path, "edge", "run", "--data", data, "--port", "0")
    [key] = (tmp_path / "config" / "buffr" / "edge").glob("*/database.key")
    key.write_text(key.read_text()[::-1])
    said = buffr(tmp_path, "edge", "run", "--data", data, "--port", "0")
    assert said.sentence.startswith(f"{data / 'node.db'} can't be read with this key, or is no database of ours (")


@pytest.mark.parametrize(
    ("host", "address"),
    [("127.0.0.1", "http://127.0.0.1:80"), ("::1", "http://[::1]:80"), ("192.168.1.10", "http://192.168.1.10:80")],
)
def test_a_nodes_address_is_the_one_it_listens_on(host: str, address: str) -> None:
    assert address_of(host, 80) == address


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_a_node_that_listens_everywhere_gives_links_that_others_can_open(host: str) -> None:
    address = httpx2.URL(address_of(host, 8010))
    assert address.host not in ("0.0.0.0", "::", "")
    assert address.port == 8010


# --- enrolling


@pytest.fixture
def office(database: DatabaseFactory, database_template: TemplateFactory, tmp_path: Path) -> Iterator[HeadOffice]:
    with head_office(database(template=migrated(database_template)), tmp_path / "office") as running:
        yield running


def a_code(office: HeadOffice, property_id: str) -> str:
    with office.cloud.database.transaction(office.org_id) as connection:
        return offer_code(connection, office.org_id, property_id)[0]


def test_who_is_not_head_office_and_who_is_not_there_are_named(tmp_path: Path) -> None:
    with serve(Starlette()) as other:
        for url in ("http://127.0.0.1:1", other, "head office", "http://[", "ftp://127.0.0.1"):
            said = buffr(tmp_path, "edge", "enrol", url, "AAAA-BBBB-CCCC", "--data", tmp_path / "node")
            assert said.sentence.startswith(f"Head office can't be reached at {url} (")
            assert said.sentence.endswith("Check the address.")


def test_a_machine_is_enrolled_by_a_code_that_works_once(office: HeadOffice, tmp_path: Path) -> None:
    there = office.add_property("Harbour House", node=False)
    caller = Caller(office.org_id, there.id, permissions=frozenset({"*"}))
    office.cloud.host.act_now(caller, lambda work: add_person(work, display_name="Ndapewa", role="hospitality_manager"))
    code = a_code(office, there.id)
    node = tmp_path / "node"

    wrong = buffr(tmp_path, "edge", "enrol", office.url, "AAAA-BBBB-CCCC-DDDD", "--data", node)
    assert wrong.sentence == "This code was used or has expired. Ask head office for a new one."

    said = buffr(tmp_path, "edge", "enrol", office.url, code, "--data", node)
    assert (said.status, said.err) == (0, "")
    assert said.out.startswith("This machine is node A of Harbour House.\n")
    assert "Code for Ndapewa to set a PIN" in said.out
    assert len(CODE.findall(said.out)) == 2

    used = buffr(tmp_path, "edge", "enrol", office.url, code, "--data", tmp_path / "other")
    assert used.sentence == "This code was used or has expired. Ask head office for a new one."

    again = buffr(tmp_path, "edge", "enrol", office.url, a_code(office, there.id), "--data", node)
    assert again.sentence == "This machine is already node A. Use another --data folder for another node."

    for stop in (signal.SIGTERM, signal.SIGINT):
        (tmp_path / "port").unlink(missing_ok=True)
        assert_it_runs_and_stops(tmp_path, node, stop)


def assert_it_runs_and_stops(folder: Path, node: Path, stop: signal.Signals) -> None:
    """Started, asked, told to stop: it ends by itself, without a word, and says that all is well."""
    port_file = folder / "port"
    arguments = ["edge", "run", "--data", str(node), "--port", "0", "--port-file", str(port_file)]
    process = subprocess.Popen(
        [sys.executable, "-m", "buffr.main", *arguments],
        env=environment(folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        until(lambda: process.poll() is not None or (port_file.exists() and port_file.read_text()))
        assert process.poll() is None, process.communicate()
        told = httpx2.get(f"http://127.0.0.1:{port_file.read_text()}/api/v1/node", timeout=20, trust_env=False)
        assert told.json()["property_name"] == "Harbour House"
        process.send_signal(stop)
        out, err = process.communicate(timeout=STOP_SECONDS_MAX)
    finally:
        process.kill()
        process.wait(STOP_SECONDS_MAX)
    assert (process.returncode, out, err) == (0, "", "")


# --- head office


def urls(database: FreshDatabase) -> dict[str, str]:
    return {"BUFFR_CLOUD_DATABASE_URL": database.app_url, "BUFFR_CLOUD_MIGRATION_URL": database.owner_url}


def test_head_offices_commands_refuse_what_there_is_not(
    database: DatabaseFactory, database_template: TemplateFactory, tmp_path: Path
) -> None:
    given = urls(database(template=migrated(database_template)))
    add = ("cloud", "property", "add")
    house = ("Dune House", "--zone", "Africa/Windhoek", "--currency", "NAD", "--manager", "Selma")

    added = buffr(tmp_path, "cloud", "org", "add", "Namib Lodges", "--owner", "o@example.com", **given)
    assert added.status == 0, added.err
    org_id = added.out.split("org id: ")[1].split()[0]
    assert "/welcome/" in added.out

    for unknown in (new_id(), "Namib Lodges"):
        said = buffr(tmp_path, *add, unknown, *house, **given)
        assert said.sentence == "There is no such group. Add it with: buffr cloud org add"
    said = buffr(tmp_path, "cloud", "node", "code", new_id(), "--org", org_id, **given)
    assert said.sentence == "This group has no such property. Add it with: buffr cloud property add"
    wrong = ("Dune House", "--zone", "Africa/Nowhere", "--currency", "NAD", "--manager", "Selma")
    assert "zone" in buffr(tmp_path, *add, org_id, *wrong, **given).sentence
    assert buffr(tmp_path, "cloud", "restored", **given).out == "groups: 1\n"


def test_a_database_that_can_not_be_used_is_one_sentence(database: DatabaseFactory, tmp_path: Path) -> None:
    empty = database()
    behind = buffr(tmp_path, "cloud", "run", "--port", "0", BUFFR_CLOUD_DATABASE_URL=empty.app_url)
    assert behind.sentence.startswith("The database is behind this release (")
    assert behind.sentence.endswith("Run: buffr cloud migrate")
    alone = buffr(tmp_path, "cloud", "migrate", BUFFR_CLOUD_DATABASE_URL=empty.app_url)
    assert "BUFFR_CLOUD_MIGRATION_URL" in alone.sentence
    assert buffr(tmp_path, "cloud", "migrate", **urls(empty)).out == "The database is at this release.\n"
    strong = buffr(tmp_path, "cloud", "run", "--port", "0", BUFFR_CLOUD_DATABASE_URL=empty.admin_url)
    assert "can bypass row-level security" in strong.sentence
    with a_taken_port() as port:  # nobody answers there
        closed = f"postgresql://buffr_app@127.0.0.1:{port}/x?connect_timeout=2"
        gone = buffr(tmp_path, "cloud", "run", "--port", "0", BUFFR_CLOUD_DATABASE_URL=closed)
    assert gone.sentence.startswith("The database can't be reached: ")
