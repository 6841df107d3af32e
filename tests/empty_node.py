"""An empty node's file at this release: migrated once in a process and written wherever a test wants one.

To migrate a file takes half a second and more with every release; most tests ask what happens in it afterwards.
"""

import secrets
from contextlib import closing
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from edge.database import connect
from edge.schema import migrate

DATABASE, DATABASE_KEY = "node.db", "database.key"


def put_empty_node(data: Path, keys: Path) -> str:
    """Puts the file into `data`, its key into `keys`, and answers the key."""
    content, key = _migrated()
    for folder in (data, keys):
        folder.mkdir(parents=True, exist_ok=True)
    (data / DATABASE).write_bytes(content)
    (keys / DATABASE_KEY).write_text(key)
    return key


@cache
def _migrated() -> tuple[bytes, str]:
    key = secrets.token_hex(32)
    with TemporaryDirectory(prefix="buffr-empty-node-") as folder:
        path = Path(folder) / DATABASE
        with closing(connect(path, key)) as connection:
            migrate(connection)
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return path.read_bytes(), key
