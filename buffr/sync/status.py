"""How a node and head office are with each other: asked of the running node, or read from its file."""

from contextlib import closing
from pathlib import Path
from typing import Any

import httpx2

from hospitality.ground.errors import Refused, Unavailable

NODE_URL = "http://127.0.0.1:8010"
ANSWER_SECONDS = 10.0
Found = dict[str, Any]


def status_of_node(url: str) -> Found:
    """All that the running node says of its link. Raises Unavailable or Refused."""
    try:
        with httpx2.Client(base_url=url.rstrip("/"), timeout=ANSWER_SECONDS, trust_env=False) as client:
            answer = client.get("/sync/status")
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise Unavailable(
            "NODE_UNREACHABLE", f"No node answers at {url} ({error}). Read its file with --data."
        ) from error
    if answer.status_code != 200:
        raise Refused(
            "NOT_PERMITTED", "A node tells this to its own machine alone. Run it there, or read its file with --data."
        )
    found: Found = answer.json()
    return found


def status_of_file(data: Path) -> Found:
    """What the file of a node says, running or not: what waits and since when, and what is kept."""
    from edge.command import plain_errors, settings_of
    from edge.database import connect
    from edge.identity import incarnation, read_identity
    from edge.keys import open_keys
    from sync.node.outbox import get, last_number
    from sync.node.status import care_of

    if not (data / "node.db").exists():
        raise Refused("NO_END", f"There is no node in {data}.")
    with plain_errors():
        settings = settings_of(data)
        key = open_keys(settings.keys_folder).database
        with closing(connect(settings.database, key, readonly=True)) as connection:
            identity = read_identity(connection)
            acked = int(get(connection, "acked") or 0)
            care = care_of(connection, acked)
            return {
                "node_code": identity.code,
                "incarnation": incarnation(connection),
                "head_office": identity.cloud_url,
                "waiting": max(0, last_number(connection) - acked),
                "oldest_waiting_ms": care.oldest_ms,
                "kept": care.kept,
            }
