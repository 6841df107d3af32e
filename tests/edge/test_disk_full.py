"""A disk that is really full: reading goes on, new work is refused with a sentence, nothing is torn, and it resumes."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hospitality.ground.journal import verify_chain
from tests.edge.killed_node import mortal_node
from tests.edge.node_fixture import BEER, SOUP, ask, node
from tests.edge.served_node import Lan, order

DISK_BYTES = 60_000_000
ORDERS_MAX = 3_000


@pytest.fixture
def small_disk(node_folder: Path, tmp_path: Path) -> Iterator[Path]:
    """The furnished node on a file system of its own, that can fill up."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.decode().strip()}")
    try:
        yield Path(shutil.copytree(node_folder, disk / "node"))
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


def fill(folder: Path) -> Path:
    """Takes all the space that is left."""
    filler = folder.parent / "somebody else's photographs"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            pass
    return filler


def take_until_refused(lan: Lan) -> tuple[list[str], dict[str, Any]]:
    """Numbers of the orders that were taken, and the first refusal."""
    taken: list[str] = []
    for n in range(ORDERS_MAX):
        answer = lan.post("orders", order(SOUP, BEER), key=f"{len(taken)} {n}")
        if answer.status_code != 201:
            return taken, {"status": answer.status_code, **answer.json()["error"]}
        taken.append(answer.json()["number"])
    raise AssertionError("the disk never filled up")


def test_a_full_disk_stops_new_work_alone_and_service_resumes_by_itself(small_disk: Path) -> None:
    with mortal_node(small_disk) as (url, kill), Lan(url, small_disk) as lan:
        first = lan.post("orders", order(SOUP), key="before").json()
        filler = fill(small_disk)
        taken, refused = take_until_refused(lan)
        assert (refused["status"], refused["code"]) == (503, "DISK_FULL")
        assert (
            refused["message"] == "The node's disk is full: nothing new can be taken until there is space. Make some."
        )
        for _ in range(3):
            assert lan.post("orders", order(SOUP), key="while full").status_code == 503
        numbers = {one["number"] for one in lan.get("orders", limit="500").json()["items"]}
        assert numbers == {first["number"], *taken}, "what was taken is read, and nothing else"
        assert lan.get(f"orders/{first['id']}").status_code == 200
        status = lan.get("status").json()
        assert status["storage"] == "database or disk is full"
        assert lan.get("printers").status_code == 200
        filler.unlink()
        after = lan.post("orders", order(SOUP), key="while full")
        assert after.status_code == 201, "the same call, tried again, is done once there is space"
        assert lan.get("status").json()["storage"] is None
        numbers.add(after.json()["number"])
        assert {one["number"] for one in lan.get("orders", limit="500").json()["items"]} == numbers
        kill()
    with node(small_disk) as host:
        assert ask(host, lambda reading: reading.value("PRAGMA integrity_check")) == "ok"
        orders = ask(host, lambda reading: list(reading.rows("SELECT number FROM orders")))
        lines = ask(host, lambda reading: reading.value("SELECT count(*) FROM order_lines"))
        journal = ask(host, lambda reading: list(reading.rows("SELECT * FROM journal WHERE node = 1 ORDER BY number")))
    assert sorted(row["number"] for row in orders) == sorted(numbers)
    assert lines == 2 * len(taken) + 2, "an order is whole"
    verify_chain(journal)
