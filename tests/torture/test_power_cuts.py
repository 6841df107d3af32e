"""The plug is pulled under the shipped file: what a till was told is there (R1, C-9). `make torture` pulls it oftener."""

from pathlib import Path

import pytest

from tests.edge.node_fixture import node
from tests.torture.loop_disk import why_not
from tests.torture.power_cuts import cuts

CUTS = 10


@pytest.fixture
def furnished(tmp_path: Path) -> Path:
    missing = why_not(tmp_path)
    if missing is not None:
        pytest.skip(f"no power cuts here: {missing}")
    folder = tmp_path / "furnished"
    folder.mkdir()
    with node(folder):
        pass
    return folder


def test_the_plug_may_be_pulled_at_any_moment(furnished: Path, tmp_path: Path) -> None:
    verdicts = list(cuts(furnished, tmp_path, count=CUTS, seed=1))
    assert [problem for verdict in verdicts for problem in verdict.problems] == []
    assert verdicts[-1].acknowledged > CUTS


def test_a_node_that_did_not_wait_for_the_disk_would_be_caught(furnished: Path, tmp_path: Path) -> None:
    verdicts = list(cuts(furnished, tmp_path, count=CUTS, seed=1, synchronous="NORMAL"))
    assert any(verdict.lost or verdict.broken for verdict in verdicts)
