"""Whether a server answers, and whether it is the right one."""

import psycopg

from cloud.postgres.connection import Connection
from cloud.postgres.errors import ClusterError
from cloud.postgres.home import Home

CONNECT_SECONDS_MAX = 5


def answers(connection: Connection, home: Home) -> bool:
    """Whether a server lets `connection` in now. No is for while it starts or stops; wrong is an error."""
    try:
        with psycopg.connect(connection.url, connect_timeout=CONNECT_SECONDS_MAX) as session:
            session.execute("SELECT 1")
    except psycopg.OperationalError as error:
        if "password authentication failed" in str(error) and connection.database == "postgres":
            raise ClusterError(
                "DATABASE_CREDENTIALS_WRONG",
                f"The passwords in {home.passwords} are not those of the database in {home.folder}; "
                "restore the two together.",
            ) from error
        return False
    return True
