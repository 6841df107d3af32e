"""Freezes this release beside this file, for the tests of skew; run once, when a release is made:

    .venv/bin/python -m pytest tests/sync/frozen/freezing.py

`schema.json` is what the release knows of tables, `node.sql` a node's whole database after an evening, with changes that
wait and things that it doesn't know, and `wire.json` all that was said between its nodes and its head office meanwhile.
What is frozen is never made anew: it tells how a release that people run really speaks.
"""

import json
from collections.abc import Iterator
from contextlib import closing
from importlib.metadata import version
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import pytest
from backports import zstd

from edge.schema import SCHEMA
from hospitality.ground.ids import new_id
from hospitality.orders.models import Order, OrderLine
from hospitality.people.service.accounts import add_person
from sync.clock import at_ms
from sync.hub.capture import pg_type
from sync.node.transport import LinkDown, TurnedAway
from sync.wire import Hello, HelloAnswer, pack
from tests.sync import rows
from tests.sync.ends import VERSION, Hand, Head, House, Node, make_node, wall_ms

HERE = Path(__file__).parent
DAY_MS = 24 * 3600 * 1000


class Recorder:
    """Keeps what crosses the wire in words that people can read; `scene` says what is going on."""

    def __init__(self, head: Head) -> None:
        self.said: list[dict[str, Any]] = []
        self.scene = ""
        end = head.wire.end
        head.wire.end = lambda: _Heard(end(), self)  # type: ignore[method-assign, assignment, return-value]

    def keep(self, request: httpx2.Request, answer: httpx2.Response) -> None:
        """One request with its answer."""
        asked, told = _readable(request.read()), _readable(answer.read())
        self.said.append(
            {"scene": self.scene, "path": request.url.path, "asked": asked, "status": answer.status_code, "told": told}
        )


class _Heard(httpx2.BaseTransport):
    def __init__(self, end: httpx2.BaseTransport, recorder: Recorder) -> None:
        self._end = end
        self._recorder = recorder

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        answer = self._end.handle_request(request)
        self._recorder.keep(request, answer)
        return answer

    def close(self) -> None:
        self._end.close()


def _readable(body: bytes) -> Any:
    return json.loads(zstd.decompress(body) if body.startswith(b"\x28\xb5\x2f\xfd") else body)


@pytest.fixture
def folder() -> Path:
    """Where this release is kept; one that is frozen stays as it is."""
    number = "_".join(version("buffr-host").split(".")[:2])
    folder = HERE / f"release_{number}"
    if (folder / "wire.json").exists():
        pytest.skip(f"{folder.name} is frozen already")
    folder.mkdir(exist_ok=True)
    return folder


def test_this_release_is_frozen(folder: Path, head: Head, house: House, tmp_path: Path) -> None:
    recorder = Recorder(head)
    recorder.scene = "a node is taken in, and takes what head office knows"
    menu = _menu(house)
    node = make_node(house, tmp_path / "node")
    node.open()
    node.sync()
    _evening(recorder, node, house, menu)
    hand = Hand(house)
    _odd_things(recorder, hand, node, house)
    _later_release(recorder, hand, node, house)
    recorder.scene = "what waits when the node is stopped"
    node.run_sql("UPDATE menu_items SET price_minor = 1100 WHERE id = :id", id=menu["item"])
    _take_order(node, house, "A1-2")
    node.close()
    _turned_away(recorder, hand, house)
    ids = {"org_id": node.org_id, "property_id": house.id, "node_id": node.host.identity.node_id, "menu": menu}
    _write(folder / "schema.json", [_table(name) for name in SCHEMA.tables])
    _write(folder / "wire.json", {**ids, "number": node.number, "said": recorder.said})
    with closing(node.raw()) as connection:
        (folder / "node.sql").write_text("\n".join(_dump(connection)) + "\n")


def _menu(house: House) -> dict[str, str]:
    ids = {name: new_id() for name in ("station", "category", "item", "shared")}
    where = {"org": house.group.org_id, "property": house.id, **ids}
    for table, columns, values in (
        ("stations", "id, property_id, name, sort", "%(station)s, %(property)s, 'Grill', 1"),
        ("stations", "id, property_id, name, sort", "%(shared)s, NULL, 'Bar of every house', 2"),
        ("menu_categories", "id, property_id, name, sort", "%(category)s, %(property)s, 'Mains', 1"),
        (
            "menu_items",
            "id, property_id, name, category_id, price_minor, station_id, available, prep_seconds",
            "%(item)s, %(property)s, 'Soup', %(category)s, 900, %(station)s, true, 600",
        ),
    ):
        with house.group.head.database.transaction(house.group.org_id) as connection:
            connection.execute(f"INSERT INTO {table} (org_id, {columns}) VALUES (%(org)s, {values})", where)
    return ids


def _evening(recorder: Recorder, node: Node, house: House, menu: dict[str, str]) -> None:
    recorder.scene = "the property sells, and adds a person"
    _take_order(node, house, "A1-1")
    node.act(add_person, display_name="Anna", role="staff")
    node.sync()
    recorder.scene = "head office changes a price"
    house.group.rows("UPDATE menu_items SET price_minor = 1000 WHERE id = %s", menu["item"])
    node.sync()
    recorder.scene = "one field is edited at both ends, and another at each"
    house.group.rows("UPDATE stations SET name = 'Fire', sort = 5 WHERE id = %s", menu["station"])
    node.run_sql("UPDATE stations SET name = 'Hearth', printer = 'p' WHERE id = :id", id=menu["station"])
    node.sync()
    recorder.scene = "the property edits a row of the group"
    node.run_sql("UPDATE stations SET sort = 9 WHERE id = :id", id=menu["shared"])
    node.sync()


def _take_order(node: Node, house: House, number: str) -> None:
    order = rows.order(house, number=number)
    lines = [rows.line(house, order["id"], line_no=n) for n in (1, 2)]
    node.act(lambda work: (work.add(Order, order), work.add_all(OrderLine, lines)))


def _odd_things(recorder: Recorder, hand: Hand, node: Node, house: House) -> None:
    recorder.scene = "a clock a day ahead is lowered"
    hand.send(hand.batch([hand.insert("stations", rows.station(house, "Ahead"))], hlc=at_ms(wall_ms() + DAY_MS)))
    hand.pull()
    recorder.scene = "what can't be applied is set aside"
    hand.push([hand.insert("order_lines", rows.line(house, new_id()))])
    recorder.scene = "a transaction comes in parts"
    first, second = (hand.insert("stations", rows.station(house, f"Part {n}")) for n in (1, 2))
    whole = hand.batch([first, second])
    part = msgspec.structs.replace(whole, changes=[first], last=first.s, part=True)
    hand.send(part)
    hand.send(msgspec.structs.replace(whole, prev=first.s, changes=[second]))
    recorder.scene = "a push sent again, and one that does not join on"
    hand.send(whole)
    hand.send(msgspec.structs.replace(whole, prev=whole.last + 5, last=whole.last + 6, changes=[]))
    node.pull()


def _later_release(recorder: Recorder, hand: Hand, node: Node, house: House) -> None:
    recorder.scene = "fields and a table of a later release reach the node"
    later = rows.station(house, "Later", colour="red", heat=3)
    hand.send(hand.batch([hand.insert("stations", later)], schema="later"))
    hand.send(hand.batch([hand.edit("stations", later["id"], {"colour": "blue", "sort": 7})], schema="later"))
    sauna = {"id": new_id(), "property_id": house.id, "name": "Sauna", "heat": 90}
    body = msgspec.json.encode([{"t": "saunas", "o": "i", "k": sauna["id"], "f": sauna}])
    house.group.rows(
        "WITH next AS (UPDATE sync_scopes SET head = head + 1 WHERE scope = %s RETURNING org_id, scope, head)"
        " INSERT INTO sync_feed (org_id, scope, pos, node, incarnation, hlc, differs, body)"
        " SELECT org_id, scope, head, 0, 0, %s, false, %s FROM next",
        *(house.id, at_ms(wall_ms()), body),
    )
    node.pull()


def _turned_away(recorder: Recorder, hand: Hand, house: House) -> None:
    recorder.scene = "a database was rolled back, and another life of it goes on"
    hand.hello(last=0)
    hand.hello()
    hand.pull()
    recorder.scene = "a node of another protocol"
    with pytest.raises((LinkDown, TurnedAway)):
        hand.link.call("/sync/v1/hello", pack(Hello(99, 2, 0, 0, "", VERSION, wall_ms())), HelloAnswer)
    recorder.scene = "a revoked node"
    house.revoke()
    with pytest.raises(TurnedAway):
        hand.hello()


def _table(name: str) -> dict[str, Any]:
    table = SCHEMA.tables[name]
    fields = [
        {"name": f.name, "type": pg_type(f.type), "merge": f.merge, "stages": list(f.stages), "nullable": f.nullable}
        for f in table.fields.values()
    ]
    return {"name": name, "kind": table.kind, "writer": table.writer, "parents": list(table.parents), "fields": fields}


def _dump(connection: Any) -> Iterator[str]:
    """Statements that make the database again: tables, rows, then what would stand in the rows' way."""
    known = connection.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type = 'trigger', rowid"
    ).fetchall()
    tables = [row for row in known if row[0] == "table" and row[1] != "sqlite_sequence"]
    yield from (f"{row[2]};" for row in tables)
    for row in tables:
        yield from _rows(connection, row[1])
    yield "DELETE FROM sqlite_sequence;"
    yield from _rows(connection, "sqlite_sequence")
    yield from (f"{row[2]};" for row in known if row[0] != "table")


def _rows(connection: Any, table: str) -> Iterator[str]:
    columns = [row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')]
    quoted = " || ',' || ".join(f'quote("{column}")' for column in columns)
    for row in connection.execute(f'SELECT {quoted} FROM "{table}" ORDER BY rowid').fetchall():
        yield f'INSERT INTO "{table}" ({", ".join(columns)}) VALUES ({row[0]});'


def _write(path: Path, data: Any) -> None:
    path.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n")
