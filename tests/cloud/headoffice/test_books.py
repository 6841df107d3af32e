"""Whoever has head office's database can't change the books unseen (R3): what `buffr cloud org verify` says of it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cloud.command import app as command
from tests.cloud_fixture import HeadOffice


def test_the_books_are_verified_from_the_command_line(
    office: HeadOffice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = office.add_property("Harbour House")
    database = office.cloud.settings.database_url
    assert database is not None
    monkeypatch.setenv("BUFFR_CLOUD_DATABASE_URL", database.get_secret_value())

    def typed(*words: str, exits: int = 0) -> str:
        done = CliRunner().invoke(command, ["org", "verify", office.org_id, "--data", str(tmp_path), *words])
        assert done.exit_code == exits, done.output
        return done.output

    found = json.loads(typed("--json"))
    assert (found["whole"], found["wrong"]) == (True, [])
    assert typed().splitlines()[-1] == "The books are whole."
    with office.cloud.database.transaction(office.org_id) as connection:
        # as if the entry that was written last were gone, which head office's own account may not do
        connection.execute("UPDATE journal_heads SET number = number + 1 WHERE number > 0")
    told = typed(exits=1)
    assert "Head office: " in told
    assert "BROKEN: the chain ends at" in told
    assert told.splitlines()[-1] == "The books are not as they were written."
    assert there.id not in told, "nothing of the property's is wrong"
