"""How a node and head office are with each other: asked of either that runs, or read from a node's file or head office's
folder."""

from contextlib import closing
from pathlib import Path
from typing import Any

import httpx2

from hospitality.ground.errors import Refused, Unavailable

NODE_URL = "http://127.0.0.1:8010"
ANSWER_SECONDS = 10.0
Found = dict[str, Any]


def status_of(url: str, token: str | None, data: Path | None, org_id: str | None) -> Found:
    """As the command line names it."""
    if data is None:
        return status_at(url, token)
    return status_of_file(data) if org_id is None else status_of_folder(data, org_id)


def status_at(url: str, token: str | None) -> Found:
    """All that the running node says of its link, or head office of its nodes to a session. Raises Unavailable or Refused."""
    try:
        with httpx2.Client(base_url=url.rstrip("/"), timeout=ANSWER_SECONDS, trust_env=False) as client:
            answer = client.get("/sync/status")
            if answer.status_code == 404 and token:
                answer = client.get("/api/v1/nodes", headers={"Authorization": f"Bearer {token}"})
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise Unavailable(
            "NODE_UNREACHABLE", f"No node answers at {url} ({error}). Read its file with --data."
        ) from error
    if answer.status_code == 404:
        raise Refused("SIGN_IN_NEEDED", "This is head office: give a session's token as BUFFR_TOKEN, or with --token.")
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
        raise Refused("NO_END", f"There is no node in {data}. With head office's folder, name a group with --org.")
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


def status_of_folder(data: Path, org_id: str) -> Found:
    """The same as head office tells over HTTP, from its own folder."""
    from cloud.app import Cloud
    from cloud.command import plain_errors, settings_of
    from cloud.headoffice.mount import thresholds_of

    with plain_errors(), Cloud(settings_of(data)) as cloud:
        return status_of_group(cloud.host, org_id, thresholds_of(cloud.settings))


def status_of_group(host: Any, org_id: str, thresholds: Any) -> Found:
    """How head office's own database has the nodes of a group."""
    from cloud.headoffice.lists_api import nodes_shape
    from hospitality.ground.clock import utc_now
    from hospitality.ground.work import Caller

    caller = Caller(org_id, None, permissions=frozenset({"*"}), name="buffr sync")
    found: Found = host.act_now(caller, lambda work: nodes_shape(work, utc_now(), thresholds)).model_dump()
    return found


def lines_of(found: Found) -> list[str]:
    """A status as people read it: a name and a value each; of head office, a block for each node."""
    if "items" not in found:
        return [_line(name, value) for name, value in found.items()]
    lines = [_line("head office put back", found["put_back_at"])]
    for node in found["items"]:
        lines += ["", *(_line(name, value) for name, value in node.items())]
    return lines


def _line(name: str, value: Any) -> str:
    told = ", ".join(value) if isinstance(value, list) else value
    return f"{name.replace('_', ' '):<24} {'–' if told in (None, '') else told}"
