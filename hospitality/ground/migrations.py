"""Runs Alembic histories: each owner of tables keeps its own `versions/` folder, with a version table of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text


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
        return ScriptDirectory.from_config(self._config())

    def _config(self) -> Config:
        config = Config()
        config.set_main_option("script_location", str(self.folder).replace("%", "%%"))
        config.set_main_option("path_separator", "os")
        return config

    def head(self) -> str | None:
        """The revision that this release expects."""
        return self.script().get_current_head()

    def upgrade(self, connection: Connection) -> None:
        """Brings the database to the head, inside the caller's transaction."""
        script = self.script()
        environment = EnvironmentContext(
            self._config(),
            script,
            fn=lambda revision, _context: script._upgrade_revs("head", revision),
            destination_rev="head",
        )
        with environment:
            environment.configure(connection=connection, version_table=self.version_table)
            environment.run_migrations()


def upgrade(connection: Connection, histories: Sequence[History]) -> None:
    """Brings a database to the head of every history, in the order given."""
    for history in histories:
        history.upgrade(connection)


def behind(connection: Connection, histories: Sequence[History]) -> list[str]:
    """The names of the histories whose head the database has not reached."""
    found = []
    for history in histories:
        exists = connection.dialect.has_table(connection, history.version_table)
        at = connection.execute(text(f"SELECT version_num FROM {history.version_table}")).scalar() if exists else None
        if at != history.head():
            found.append(history.name)
    return found
