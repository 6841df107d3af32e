"""How a role reaches a database over the server's Unix socket."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote


@dataclass(frozen=True)
class Connection:
    """Everything that a client needs; the password stays out of its repr."""

    role: str
    password: str = field(repr=False)
    database: str
    socket_folder: Path
    number: int
    """The port, or the number in the socket's file name."""

    @property
    def url(self) -> str:
        """`postgresql://…`, as both SQLAlchemy and libpq read it."""
        login = f"{quote(self.role, safe='')}:{quote(self.password, safe='')}"
        where = f"host={quote(str(self.socket_folder), safe='')}&port={self.number}"
        return f"postgresql://{login}@/{quote(self.database, safe='')}?{where}"
