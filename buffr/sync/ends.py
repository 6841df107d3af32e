"""The ends that `buffr sync` speaks to: a node or head office over HTTP, head office's own folder, a node's file.

A running node has one writer, so its file is only read here; what is to be written goes over HTTP.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import httpx2
import msgspec

from hospitality.ground.errors import Refused, Trouble

ANSWER_SECONDS = 30.0
PAGE = 200
LISTED_MAX = 10_000
Found = dict[str, Any]


class End(Protocol):
    """Either end of sync, for who may resolve there."""

    def listed(self, what: str, state: str, property_id: str | None) -> Iterator[Found]:
        """`conflicts` or `troubles` in a state (`open` or `all`), newest first."""
        ...

    def decide(self, what: str, id: str, action: str, note: str | None) -> Found:
        """Does it to one of them: as the API answers. Raises Trouble."""
        ...


@dataclass(frozen=True)
class Asked:
    """Where to go, as the command line has it."""

    url: str | None
    token: str | None
    data: Path | None
    org: str | None


@contextmanager
def end_of(asked: Asked) -> Iterator[End]:
    """The end that the command line names. Raises Refused with what to add."""
    if asked.url is not None:
        if not asked.token:
            raise Refused("SIGN_IN_NEEDED", "Give a session's token as BUFFR_TOKEN, or with --token.")
        with httpx2.Client(base_url=asked.url.rstrip("/"), timeout=ANSWER_SECONDS, trust_env=False) as client:
            yield HttpEnd(client, asked.token)
        return
    if asked.data is None:
        raise Refused("NO_END", "Say where: --url of a node or of head office, or --data of its folder here.")
    if (asked.data / "node.db").exists():
        with _node_file(asked.data) as found:
            yield found
        return
    if asked.org is None:
        raise Refused("NO_GROUP", "Head office has many groups: name one with --org.")
    with _office_folder(asked.data, asked.org) as office:
        yield office


class HttpEnd:
    """A node or head office, by a session's token."""

    def __init__(self, client: httpx2.Client, token: str) -> None:
        self._client = client
        self._headers = {"Authorization": f"Bearer {token}"}
        self._is_node: str | None = None

    def listed(self, what: str, state: str, property_id: str | None) -> Iterator[Found]:
        """See End."""
        for place in [property_id] if property_id else self.properties():
            cursor = ""
            for _ in range(LISTED_MAX // PAGE):
                query = {"state": state, "limit": str(PAGE), **({"cursor": cursor} if cursor else {})}
                page = self.call("GET", f"/api/v1/properties/{place}/{what}", params=query)
                yield from page["items"]
                cursor = page["next_cursor"]
                if not cursor:
                    break

    def decide(self, what: str, id: str, action: str, note: str | None) -> Found:
        """See End."""
        body = {} if note is None else {"note": note}
        for place in self.properties():
            try:
                return self.call("POST", f"/api/v1/properties/{place}/{what}/{id}/{action}", json=body)
            except Trouble as error:
                if not error.code.endswith("_NOT_FOUND"):
                    raise
        raise Refused(f"{what.removesuffix('s').upper()}_NOT_FOUND", "There is none of that id.")

    def properties(self) -> list[str]:
        """Those that this end has: a node's one, or the group's."""
        about = self._send("GET", "/api/v1/node")
        if about.status_code == 200:
            return [about.json()["property_id"]]
        return [one["id"] for one in self.call("GET", "/api/v1/properties")["items"]]

    def call(self, method: str, path: str, **more: Any) -> Found:
        answer = self._send(method, path, **more)
        try:
            found: Found = answer.json()
        except ValueError as error:
            raise Refused("UNREADABLE_ANSWER", f"{answer.url} is neither a node nor head office.") from error
        if answer.is_success:
            return found
        told = found.get("error", {})
        raise Refused(
            str(told.get("code", "NO_ENVELOPE")), str(told.get("message", f"It answered {answer.status_code}."))
        )

    def _send(self, method: str, path: str, **more: Any) -> httpx2.Response:
        try:
            return self._client.request(method, path, headers=self._headers, **more)
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise Refused("NODE_UNREACHABLE", f"Nobody answers at {self._client.base_url} ({error}).") from error


@contextmanager
def _office_folder(data: Path, org_id: str) -> Iterator[End]:
    from cloud.app import Cloud
    from cloud.command import plain_errors, settings_of

    with plain_errors(), Cloud(settings_of(data)) as cloud:
        yield OfficeFolder(cloud.host, org_id)


class OfficeFolder:
    """Head office's own database, in the name of whoever runs its machine."""

    def __init__(self, host: Any, org_id: str) -> None:
        from hospitality.ground.work import Caller

        self._host = host
        self._caller = Caller(org_id, None, permissions=frozenset({"*"}), name="buffr sync")

    def listed(self, what: str, state: str, property_id: str | None) -> Iterator[Found]:
        """See End."""
        from cloud.headoffice.reading.names import NAMES

        for place in [property_id] if property_id else self.properties():
            yield from self._host.act_now(self._at(place), lambda work: list(_pages(work, what, state, NAMES)))

    def decide(self, what: str, id: str, action: str, note: str | None) -> Found:
        """See End."""
        from cloud.headoffice.reading.names import NAMES
        from cloud.quarantine import QUARANTINE
        from hospitality.conflicts import service
        from hospitality.ground.errors import NotFound

        verbs: dict[str, Any] = {
            "restore": lambda work: service.restore_conflict(work, id, note=note, names=NAMES),
            "dismiss": lambda work: service.dismiss_conflict(work, id, note=note, names=NAMES),
            "retry": lambda work: service.retry_trouble(work, id, note=note, quarantine=QUARANTINE, names=NAMES),
            "discard": lambda work: service.discard_trouble(work, id, note=note, quarantine=QUARANTINE, names=NAMES),
        }
        for place in self.properties():
            try:
                done = self._host.act_now(self._at(place), verbs[action])
            except NotFound as error:
                if error.code not in ("CONFLICT_NOT_FOUND", "TROUBLE_NOT_FOUND"):
                    raise
                continue
            found: Found = msgspec.to_builtins(done)
            return found
        raise NotFound.of(what.removesuffix("s"), id)

    def _at(self, property_id: str) -> Any:
        from dataclasses import replace

        return replace(self._caller, property_id=property_id)

    def properties(self) -> list[str]:
        sql = "SELECT id FROM properties WHERE org_id = :org_id ORDER BY name, id"
        return [row["id"] for row in self._host.act_now(self._caller, lambda work: work.rows(sql))]


@contextmanager
def _node_file(data: Path) -> Iterator[End]:
    from edge.command import plain_errors, settings_of
    from edge.database import connect
    from edge.identity import read_identity
    from edge.keys import open_keys

    with plain_errors():
        settings = settings_of(data)
        keys = open_keys(settings.keys_folder)
        with closing(connect(settings.database, keys.database, readonly=True)) as connection:
            yield NodeFile(connection, read_identity(connection))


class NodeFile:
    """A node's database, to be read: whether the node runs or not."""

    def __init__(self, connection: Any, identity: Any) -> None:
        self._connection = connection
        self._identity = identity

    def listed(self, what: str, state: str, property_id: str | None) -> Iterator[Found]:
        """See End."""
        from edge.conflicts import names_of
        from hospitality.ground.statements import Reading

        one = self._identity
        reading = Reading(self._connection, "sqlite", org_id=one.org_id, property_id=one.property_id)
        if property_id in (None, one.property_id):
            yield from _pages(reading, what, state, names_of(one))

    def decide(self, what: str, id: str, action: str, note: str | None) -> Found:
        """Refused: the node itself must write."""
        raise Refused(
            "WRITTEN_BY_THE_NODE",
            "A node's file is only read here. Decide on one of its terminals (F5, then F6), or with --url of the running node.",
        )


def _pages(reading: Any, what: str, state: str, names: Any) -> Iterator[Found]:
    from hospitality.conflicts.loading import Asked as Wanted
    from hospitality.conflicts.reading import conflicts_page, troubles_page

    cursor: str | None = None
    for _ in range(LISTED_MAX // PAGE):
        if what == "conflicts":
            wanted = Wanted(reading.property_id, state="open" if state == "open" else None)
            page: Any = conflicts_page(reading, wanted, names, limit=PAGE, cursor=cursor)
        else:
            page = troubles_page(reading, names, only_open=state == "open", limit=PAGE, cursor=cursor)
        yield from (msgspec.to_builtins(one) for one in page.items)
        cursor = page.next_cursor
        if cursor is None:
            return
