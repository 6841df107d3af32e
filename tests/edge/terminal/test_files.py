"""What the app keeps on its machine."""

import stat
from pathlib import Path

import pytest

from edge.terminal import enrolment, kept
from edge.terminal.kept import KeptAction, Kind
from edge.terminal.locations import locations_of, state_folder_of, write_private
from edge.terminal.shapes.node import Enrolled

ENROLLED = Enrolled(
    terminal_id="t", name="Till", kind="till", token="secret", property_id="p", property_name="Harbour Kitchen"
)


def action(key: str, kind: Kind = "order") -> KeptAction:
    return KeptAction(
        key=key, kind=kind, path="/orders", body={"lines": []}, person_id="a", person_name="Anna", title="Table 1"
    )


def test_the_token_can_be_read_by_its_owner_alone(tmp_path: Path) -> None:
    locations = locations_of(tmp_path, "http://10.0.0.5:8010")
    enrolment.keep(locations.enrolment, ENROLLED)
    assert stat.S_IMODE(locations.enrolment.stat().st_mode) == 0o600
    assert stat.S_IMODE(locations.folder.stat().st_mode) == 0o700
    assert enrolment.kept(locations.enrolment) == ENROLLED


def test_a_file_that_was_open_to_others_is_closed_when_written_again(tmp_path: Path) -> None:
    path = tmp_path / "terminal.json"
    path.write_text("{}")
    path.chmod(0o644)
    write_private(path, b"new")
    assert (stat.S_IMODE(path.stat().st_mode), path.read_bytes()) == (0o600, b"new")


def test_each_node_has_files_of_its_own(tmp_path: Path) -> None:
    folders = {locations_of(tmp_path, url).folder for url in ("http://a:1", "http://a:2", "https://a:1", "http://a.1")}
    assert len(folders) == 4


@pytest.mark.parametrize("content", [b"", b"{", b'{"token": 3}', b"\xff\xfe"])
def test_an_enrolment_that_cant_be_read_counts_as_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "terminal.json"
    path.write_bytes(content)
    assert enrolment.kept(path) is None
    assert enrolment.kept(tmp_path / "missing.json") is None


def test_the_users_own_state_folder_is_taken(tmp_path: Path) -> None:
    assert state_folder_of({"XDG_STATE_HOME": str(tmp_path)}) == tmp_path / "buffr"
    at_home = Path.home() / ".local" / "state" / "buffr"
    assert state_folder_of({}) == state_folder_of({"XDG_STATE_HOME": "relative"}) == at_home


def test_kept_actions_come_back_and_sign_outs_do_not(tmp_path: Path) -> None:
    path = tmp_path / "kept.json"
    kept.save(path, [action("k1"), action("k2", "sign_out"), action("k3", "payment")])
    actions, readable = kept.load(path)
    assert ([one.key for one in actions], readable) == (["k1", "k3"], True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_damaged_file_of_kept_actions_is_set_aside_not_lost(tmp_path: Path) -> None:
    path = tmp_path / "kept.json"
    path.write_bytes(b'[{"key": "k1"')
    assert kept.load(path) == ([], False)
    assert (tmp_path / "kept.damaged").read_bytes() == b'[{"key": "k1"'
    assert kept.load(path) == ([], True)
