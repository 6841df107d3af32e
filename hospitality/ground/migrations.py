"""Runs Alembic histories: each owner of tables keeps its own `versions/` folder, with a version table of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text


class NewerRelease(RuntimeError):
    """The database was brought to a release that this program doesn't know."""


@dataclass(frozen=True, slots=True)
class History:
    """A named line of migrations in a folder."""

    name: str
    folder: Path

    @property
    def version_table(self) -> str:
        """Where the database keeps how far it is."""
        return f"alembic_version_{self.name}"

    def script(self) -> ScriptDirectory:
        """The migrations themselves."""
        return _script(self.folder)

    def head(self) -> str | None:
        """The revision that this release expects."""
        return self.script().get_current_head()

    def revision(self, connection: Connection) -> str | None:
        """How far the database is, None before the first migration; raises NewerRelease when that is beyond us."""
        if not connection.dialect.has_table(connection, self.version_table):
            return None
        at = connection.execute(text(f"SELECT version_num FROM {self.version_table}")).scalar()
        if at is not None and at not in {revision.revision for revision in self.script().walk_revisions()}:
            raise NewerRelease("The database was made by a newer release. Install that release, or a later one.")
        return at

    def upgrade(self, connection: Connection) -> None:
        """Brings the database to the head, inside the caller's transaction; raises NewerRelease."""
        self.revision(connection)
        script = self.script()
        environment = EnvironmentContext(
            _config(self.folder),
            script,
            fn=lambda revision, _context: script._upgrade_revs("head", revision),
            destination_rev="head",
        )
        with environment:
            environment.configure(connection=connection, version_table=self.version_table)
            environment.run_migrations()


def _config(folder: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


@cache
def _script(folder: Path) -> ScriptDirectory:
    """A folder's migrations, read once a process: a release's don't change while it runs."""
    return ScriptDirectory.from_config(_config(folder))


def upgrade(connection: Connection, histories: Sequence[History]) -> None:
    """Brings a database to the head of every history, in the order given."""
    for history in histories:
        history.upgrade(connection)


def behind(connection: Connection, histories: Sequence[History]) -> list[str]:
    """The names of the histories whose head the database has not reached; raises NewerRelease."""
    return [history.name for history in histories if history.revision(connection) != history.head()]
