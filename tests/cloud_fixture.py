"""A running head office for tests: its HTTP on a free port, one group with an owner, and rows as nodes push them.

with head_office(database(template=migrated(database_template)), tmp_path) as office:
    there = office.add_property("Harbour House")
    office.sell(there, [("Burger", 2, 9500)], paid="cash")
"""

import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import uvicorn
from argon2 import PasswordHasher
from fastapi import FastAPI
from pydantic import SecretStr

from cloud.accounts import add_account, begin_session, offer_link
from cloud.app import Cloud, build
from cloud.database import migrate
from cloud.headoffice.mount import guests_tries
from cloud.headoffice.throttle import SignInThrottle
from cloud.serving import Server
from cloud.settings import CloudSettings
from hospitality.ground.clock import Clock, instant_text, trading_date, utc_now
from hospitality.ground.ids import derived_id, new_id
from hospitality.ground.statements import insert_statement
from hospitality.ground.work import Caller, Work
from hospitality.properties.service import add_organisation, add_property
from sync.clock import at_ms
from sync.hub.capture import NEWS_CHANNEL
from sync.hub.register import enrol, offer_code
from tests.postgres_fixture import FreshDatabase, TemplateFactory

START_MAX_SECONDS = 30
ANSWER_MAX_SECONDS = 30
PASSWORD = "correct horse battery"
GROUP = "Coast & Desert Hospitality"
Row = tuple[str, Mapping[str, Any]]


@dataclass(frozen=True)
class There:
    """A property with its node as head office knows them; `node` 0 is none."""

    id: str
    zone: str
    currency: str
    cut_off_hour: int
    node: int
    node_id: str
    node_code: str

    def day_of(self, moment: datetime) -> date:
        """The business date of a moment by the property's clock."""
        return trading_date(moment, self.zone, self.cut_off_hour)


@dataclass
class HeadOffice:
    """The running head office and its one group."""

    cloud: Cloud
    app: FastAPI
    url: str
    org_id: str
    now: Clock = utc_now
    email: str = "owner@example.com"
    password: str = PASSWORD
    token: str = ""
    _numbers: dict[str, int] = field(default_factory=dict)

    # --- asking

    def client(self, **options: Any) -> httpx2.Client:
        """An HTTP client of nobody."""
        return httpx2.Client(base_url=self.url, timeout=ANSWER_MAX_SECONDS, trust_env=False, **options)

    def get(self, path: str, **options: Any) -> httpx2.Response:
        """An answer to the owner, by bearer token."""
        headers = {"Authorization": f"Bearer {self.token}", **options.pop("headers", {})}
        with self.client() as client:
            return client.get(path, headers=headers, **options)

    def post(self, path: str, *, token: str | None = None, key: str | None = None, **options: Any) -> httpx2.Response:
        """An answer to the owner, or to whoever holds the token; with an Idempotency-Key if one is given."""
        headers = {"Authorization": f"Bearer {token or self.token}", **({"Idempotency-Key": key} if key else {})}
        with self.client() as client:
            return client.post(path, headers=headers, **options)

    # --- the group

    def another_group(self, name: str = "Another group") -> "HeadOffice":
        """One more group at the same head office, with an owner of its own."""
        return _group(self.cloud, self.app, self.url, name, self.now)

    def anew(self, *, now: Clock = utc_now) -> "HeadOffice":
        """A group for one test, which sees nothing of others; the pages' clock and what they counted begin anew."""
        self.app.state.office = replace(
            self.app.state.office, now=now, sign_in_tries=SignInThrottle(), guests_tries=guests_tries()
        )
        return _group(self.cloud, self.app, self.url, GROUP, now)

    def invite(self, email: str, role: str = "owner") -> str:
        """An account without a password yet; answers the path of its one-time link."""
        with self.cloud.database.transaction(self.org_id) as connection:
            account_id = add_account(connection, self.org_id, email, role)
            return f"/welcome/{offer_link(connection, self.org_id, account_id)}"

    def sign_in(self, email: str, role: str) -> str:
        """A session's token of a new account with this role."""
        with self.cloud.database.transaction(self.org_id) as connection:
            account = {"id": add_account(connection, self.org_id, email, role), "email": email, "role": role}
            connection.execute("UPDATE accounts SET password_hash = %s WHERE id = %s", (_digest(), account["id"]))
            return begin_session(connection, self.org_id, account).token

    def add_property(
        self,
        name: str,
        *,
        zone: str = "UTC",
        currency: str = "NAD",
        cut_off_hour: int = 4,
        node: bool = True,
    ) -> There:
        """A property; unless told otherwise with a node that was heard a moment ago."""
        caller = Caller(self.org_id, permissions=frozenset({"*"}), name="test")

        def verb(work: Work) -> dict[str, Any]:
            return add_property(work, name=name, zone=zone, currency=currency, cut_off_hour=cut_off_hour)

        id = self.cloud.host.act_now(caller, verb)["id"]
        if not node:
            return There(id, zone, currency, cut_off_hour, 0, "", "")
        with self.cloud.database.transaction(self.org_id) as connection:
            code, _ = offer_code(connection, self.org_id, id)
            enrolled = enrol(connection, self.org_id, code, "no key")
        there = There(id, zone, currency, cut_off_hour, enrolled.number, enrolled.node_id, enrolled.code)
        self.heard(there)
        return there

    def heard(self, there: There, *, ago: timedelta = timedelta(0), **columns: Any) -> None:
        """The property's node was heard so long ago; columns of `sync_nodes` may be given."""
        values = {"seen_at": instant_text(self.now() - ago), "version": "0.1.0", **columns}
        changes = ", ".join(f"{name} = %s" for name in values)
        with self.cloud.database.transaction(self.org_id) as connection:
            connection.execute(
                f"UPDATE sync_nodes SET {changes} WHERE org_id = %s AND id = %s",
                (*values.values(), self.org_id, there.node_id),
            )

    # --- rows as the property's node pushes them

    def push(self, there: There, rows: Sequence[Row], *, hlc: int | None = None) -> None:
        """Writes rows under the node's stamp without capture, and tells the news; one transaction."""
        stamp = at_ms(time.time_ns() // 1_000_000) if hlc is None else hlc
        with self.cloud.database.transaction(self.org_id) as connection:
            connection.execute("SELECT set_config('sync.applying', '1', true)")
            for table, values in rows:
                row = {"org_id": self.org_id, "id": new_id(), "property_id": there.id, **values}
                row |= {"_hlc": stamp, "_node": there.node} if not table.startswith("sync_q") else {}
                connection.execute(insert_statement(table, tuple(row), "postgresql"), tuple(row.values()))
            connection.execute("SELECT pg_notify(%s, %s)", (NEWS_CHANNEL, f"{there.id} {there.node}"))

    def open_day(self, there: There, day: date | None = None, *, status: str = "open") -> date:
        """A business day of the property; today's by default."""
        day = day or there.day_of(self.now())
        opened_at = instant_text(datetime(day.year, day.month, day.day, 5, tzinfo=UTC))
        values = {"date": day.isoformat(), "opened_at": opened_at, "closed_at": None, "status": status}
        id = derived_id(there.id, f"business_day:{day.isoformat()}")
        self.push(there, [("business_days", {"id": id, **values})])
        return day

    def sell(self, there: There, lines: Sequence[tuple[str, int, int]], **more: Any) -> str:
        """Pushes an order as `order` makes it; answers its id."""
        rows = self.order(there, lines, **more)
        self.push(there, rows)
        return str(rows[0][1]["id"])

    def order(
        self,
        there: There,
        lines: Sequence[tuple[str, int, int]],
        *,
        paid: str | None = None,
        paid_minor: int | None = None,
        at: datetime | None = None,
        paid_at: datetime | None = None,
        day: date | None = None,
        voided: Sequence[int] = (),
        tax_on_top_bp: int = 0,
        channel: str = "dine_in",
        table: str | None = "12",
        opened_by: str | None = None,
    ) -> list[Row]:
        """An order of lines (name, quantity, price of one) as rows, its head first.

        paid: `cash` or `card` pays all of it and issues the receipt; with paid_minor only that much. voided: indexes of
        lines that were taken off.
        """
        at = at or self.now()
        day = day or there.day_of(at)
        order_id, moment, station = new_id(), instant_text(at), new_id()
        number = self._numbers[there.id] = self._numbers.get(there.id, 0) + 1
        common = {"business_date": day.isoformat()}
        head = {
            "id": order_id,
            "number": f"{there.node_code}1-{number}",
            "channel": channel,
            "table_label": table,
            "covers": 2,
            "currency": there.currency,
            "opened_by": opened_by,
            "opened_at": moment,
        }
        rows: list[Row] = [("orders", {**head, **common})]
        total = 0
        for n, (name, quantity, each) in enumerate(lines):
            line_id = new_id()
            line = {
                "id": line_id,
                "order_id": order_id,
                "line_no": n + 1,
                "menu_item_id": derived_id(there.id, name),
                "name": name,
                "quantity": quantity,
                "unit_price_minor": each,
                "amount_minor": quantity * each,
                "tax_rate_name": "Tax" if tax_on_top_bp else None,
                "tax_rate_bp": tax_on_top_bp,
                "tax_included": False,
                "choices": "[]",
                "station_id": station,
                "ticket_id": derived_id(order_id, "ticket"),
                "prep_seconds": 600,
                "placed_at": moment,
            }
            rows.append(("order_lines", {**line, **common}))
            if n in voided:
                void = {"order_id": order_id, "line_id": line_id, "reason": "Changed their mind", "at": moment}
                rows.append(("line_voids", {"id": derived_id(line_id, "void"), **void, **common}))
            else:
                total += quantity * each
        total += (2 * total * tax_on_top_bp + 10_000) // 20_000
        if paid is not None:
            paid_text = instant_text(paid_at or at)
            rows += self._payment(there, order_id, paid, total, paid_minor, paid_text, number, day)
        return rows

    def _payment(
        self,
        there: There,
        order_id: str,
        tender: str,
        total: int,
        paid_minor: int | None,
        moment: str,
        number: int,
        day: date,
    ) -> list[Row]:
        amount = total if paid_minor is None else paid_minor
        payment = {
            "order_id": order_id,
            "tender": tender,
            "amount_minor": amount,
            "tendered_minor": amount if tender == "cash" else None,
            "change_minor": 0,
            "currency": there.currency,
            "reference": None if tender == "cash" else f"T-{number}",
            "taken_at": moment,
            "business_date": day.isoformat(),
        }
        receipt = {
            "order_id": order_id,
            "number": f"{there.node_code}1-{number}",
            "total_minor": total,
            "currency": there.currency,
            "taxes": "[]",
            "issued_at": moment,
            "business_date": day.isoformat(),
        }
        return [("payments", payment), *([("receipts", receipt)] if amount == total else [])]

    def menu_item(self, there: There, name: str, price_minor: int) -> str:
        """A menu item as the node pushed it; answers its id."""
        station, category, item = new_id(), new_id(), new_id()
        values = {
            "id": item,
            "name": name,
            "category_id": category,
            "price_minor": price_minor,
            "station_id": station,
            "available": True,
            "prep_seconds": 600,
        }
        self.push(
            there,
            [
                ("stations", {"id": station, "name": "Grill", "sort": 1}),
                ("menu_categories", {"id": category, "name": "Mains", "sort": 1}),
                ("menu_items", values),
            ],
        )
        return item

    def conflict(
        self,
        there: There,
        item_id: str,
        field: str,
        *,
        won: Any,
        lost: Any,
        won_by_node: bool = False,
        at: datetime | None = None,
        stands: bool = True,
    ) -> str:
        """An entry of the conflict log on a menu item; unless `stands`, the field has been edited since."""
        at = at or self.now()
        hlc = at_ms(int(at.timestamp() * 1000))
        id = new_id()
        won_node, lost_node = (there.node, 0) if won_by_node else (0, there.node)
        values = {
            "tbl": "menu_items",
            "row_id": item_id,
            "field": field,
            "rule": "last_writer",
            "won_value": msgspec.json.encode(won).decode(),
            "won_hlc": hlc,
            "won_node": won_node,
            "lost_value": msgspec.json.encode(lost).decode(),
            "lost_hlc": hlc - at_ms(30_000),
            "lost_node": lost_node,
            "decided_at": instant_text(at),
        }
        stamp = msgspec.json.encode({field: [hlc if stands else hlc + 1, won_node]}).decode()
        with self.cloud.database.transaction(self.org_id) as connection:
            connection.execute("SELECT set_config('sync.applying', '1', true)")
            connection.execute(
                f"UPDATE menu_items SET \"{field}\" = %s, _fv = (coalesce(_fv, '{{}}')::jsonb || %s::jsonb)::text"
                " WHERE org_id = %s AND id = %s",
                (won, stamp, self.org_id, item_id),
            )
        self.push(there, [("sync_conflicts", {"id": id, **values})], hlc=hlc)
        return id

    def set_aside(
        self,
        there: There,
        *,
        code: str = "PARENT_MISSING",
        changes: Sequence[Row] = (),
        told: bool = True,
        held: bool = True,
    ) -> str:
        """A transaction that head office could not take in; answers its id. told: both ends know of it, which the first
        release told nobody; held: its content is here, which an older copy of head office may lack."""
        body = [
            {"s": 7 + n, "h": 1, "t": t, "o": "i", "k": f.get("id", new_id()), "f": dict(f)}
            for n, (t, f) in enumerate(changes)
        ]
        id = new_id()
        values = {
            "id": id,
            "node_id": there.node_id,
            "incarnation": 1,
            "first": 7,
            "last": 7 + max(0, len(body) - 1),
            "code": code,
            "reason": "insert or update on table violates a foreign key",
            "body": msgspec.json.encode(body).decode(),
            "at": instant_text(self.now()),
            "state": "waiting",
        }
        known = {name: values[name] for name in ("id", "incarnation", "first", "last", "code", "reason", "at")}
        holds = Counter(table for table, _ in changes)
        fact = {**known, "node": there.node, "tables": msgspec.json.encode(holds).decode(), "hash": ""}
        rows: list[Row] = [("sync_quarantine", values)] if held else []
        self.push(there, [*rows, *([("sync_troubles", fact)] if told else [])])
        return id


def migrated(database_template: TemplateFactory) -> str:
    """The name of a template of head office's database at this release."""
    return database_template("head_office", lambda made: migrate(made.owner_url))


@contextmanager
def head_office(
    database: FreshDatabase, folder: Path, *, group: str = GROUP, now: Clock = utc_now
) -> Iterator[HeadOffice]:
    """A head office that runs for the length of the block, on a database at this release; `now` is its pages' clock."""
    settings = CloudSettings(data=folder, database_url=SecretStr(database.app_url))
    with Cloud(settings, now=now) as cloud:
        app = build(cloud)
        with _served(app) as url:
            yield _group(cloud, app, url, group, now)


@cache
def _digest() -> str:
    """The password's verifier, made once: to make one takes a tenth of a second, as it should."""
    return PasswordHasher().hash(PASSWORD)


def _group(cloud: Cloud, app: FastAPI, url: str, name: str, now: Clock) -> HeadOffice:
    org_id = new_id()
    email = f"owner-{org_id}@example.com"
    caller = Caller(org_id, permissions=frozenset({"*"}), name="test")
    cloud.host.act_now(caller, lambda work: add_organisation(work, name=name))
    office = HeadOffice(cloud, app, url, org_id, now, email)
    office.token = office.sign_in(email, "owner")
    return office


@contextmanager
def _served(app: FastAPI) -> Iterator[str]:
    # with its lifespan, which hears PostgreSQL's news
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", timeout_graceful_shutdown=5)
    server = Server(config)
    thread = threading.Thread(target=server.run, name="head office", daemon=True)
    thread.start()
    limit = time.monotonic() + START_MAX_SECONDS
    while not server.started:
        assert thread.is_alive(), "head office ended at once"
        assert time.monotonic() < limit, "head office did not start"
        thread.join(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(START_MAX_SECONDS)
        assert not thread.is_alive(), "head office did not stop"
