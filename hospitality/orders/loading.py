"""Orders with their lines, voids and kitchen states: five SELECTs for any number of them, and three more where lines
came from other orders or went to them, or were divided."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from hospitality.ground.errors import NotFound
from hospitality.ground.statements import Reading
from hospitality.menu.rules import Levied
from hospitality.orders.rules import (
    EXEMPT,
    PROMOTION,
    Adjusted,
    Adjusting,
    adjusted,
    counting,
    reckoned,
    state_after,
)
from hospitality.orders.rules.pieces import Division, pieces
from hospitality.orders.rules.taxes import Rate, Taxed, Totals, totals, untaxed

NOT_DIVIDED: Mapping[str, int] = {}
ADJUSTING = (
    "id",
    "kind",
    "line_id",
    "percent_bp",
    "amount_minor",
    "name",
    "reason",
    "rule_id",
    "origin_id",
    "certificate",
)


@dataclass(frozen=True, slots=True)
class Moved:
    """Where a line stands now: by how many moves, from which order and as which line of this one.

    contested: the numbers of the orders to which it was moved as well, by others who were apart.
    """

    order_id: str
    order_number: str
    from_number: str
    move_no: int
    line_no: int
    contested: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LoadedLine:
    """One line: its row, what was chosen, its kitchen state (`voided` when it was taken off) and why.

    The row is of the order that it was placed on; `moved` says where it stands since.
    """

    row: Mapping[str, Any]
    options: list[dict[str, Any]]
    state: str = "placed"
    void_reason: str | None = None
    moved: Moved | None = None

    @property
    def part_of(self) -> dict[str, Any] | None:
        """What it was ordered as a part of (`OrderLine.part_of`); None for a line of its own."""
        part = self.row["part_of"]
        return None if part is None else msgspec.json.decode(part, type=dict[str, Any])

    @property
    def sold_as(self) -> dict[str, Any] | None:
        """What was keyed in for it; None where it is sold by the piece."""
        sold = self.row["sold_as"]
        return None if sold is None else msgspec.json.decode(sold, type=dict[str, Any])

    @property
    def made_as(self) -> str:
        """The id of the line as which the kitchen makes it: the whole that it is a part of, else itself."""
        return str(self.row["whole_id"] or self.row["id"])

    @property
    def is_kitchens(self) -> bool:
        """Whether its station knows of it: it was never held, or was fired."""
        return not self.row["held"] or self.row["fired_at"] is not None

    def reached(self, state: str) -> "LoadedLine":
        """The line after it moved on to `state`."""
        return replace(self, state=state)

    def fired(self, at: str) -> "LoadedLine":
        """The line after it was sent to its station."""
        return replace(self, row={**self.row, "fired_at": at}, state="placed")

    def voided(self, reason: str) -> "LoadedLine":
        """The line after it was taken off."""
        return replace(self, state="voided", void_reason=reason)


@dataclass(frozen=True, slots=True)
class LoadedOrder:
    """One order: its row, the name of who opened it, its lines by number, and what was taken off it or put on: first
    by promotions, then as it was made.

    merged_into: the number of the order that has the last of its lines now.
    """

    row: Mapping[str, Any]
    opened_by_name: str | None
    lines: tuple[LoadedLine, ...]
    adjustments: tuple[Adjusting, ...] = ()
    merged_into: str | None = None

    @property
    def id(self) -> str:
        """The order's id."""
        return str(self.row["id"])

    @property
    def number(self) -> str:
        """The number that people read."""
        return str(self.row["number"])

    def together(self, line: LoadedLine) -> tuple[LoadedLine, ...]:
        """All lines that were ordered as one with this one, itself among them."""
        if line.part_of is None:
            return (line,)
        whole = line.part_of["id"]
        return tuple(one for one in self.lines if one.part_of is not None and one.part_of["id"] == whole)

    def left(self) -> tuple[LoadedLine, ...]:
        """The lines that were not taken off."""
        return tuple(line for line in self.lines if line.state != "voided")

    def empty(self) -> tuple[LoadedLine, ...]:
        """The lines that stand though nothing is left of them: others, who were apart, had taken all."""
        return tuple(line for line in self.left() if not line.row["quantity"])

    def reckoned_at(self) -> str | None:
        """When the last of what the kitchen has should be ready; None when it has nothing left to bring."""
        waiting = (line for line in self.left() if line.is_kitchens and line.state != "served")
        return reckoned(
            (line.row["fired_at"] if line.row["held"] else line.row["placed_at"], line.row["prep_seconds"])
            for line in waiting
        )

    @property
    def by_line(self) -> bool:
        """Whether its taxes are rounded line by line."""
        return bool(self.row["tax_by_line"])

    def adjusted(self) -> Adjusted:
        """The amounts of the lines that are left, in their order, and what each adjustment came to."""
        rows = [line.row for line in self.left()]
        amounts = [(row["id"], row["amount_minor"]) for row in rows]
        is_exempt = any(one.kind == EXEMPT for one in self.adjustments)
        rates = [_rate(row) for row in rows] if is_exempt else []
        return adjusted(amounts, self.adjustments, rates, by_line=self.by_line)

    def came_to(self) -> list[tuple[Adjusting, int]]:
        """What was taken off and put on, with what each comes to: a promotion, whose parts are of
        lines, as one of the order."""
        if not self.adjustments:
            return []
        effects = self.adjusted().effects
        found: dict[str | None, tuple[Adjusting, int]] = {}
        for one in self.adjustments:
            if one.kind == PROMOTION:
                of, so_far = found.get(one.rule_id, (one, 0))
                whole = replace(of, id=min(of.id, one.id), line_id=None, amount_minor=None)
                found[one.rule_id] = whole, so_far + effects[one.id]
            else:
                found[one.id] = one, effects[one.id]
        return list(found.values())

    def without_promotions(self) -> "LoadedOrder":
        """The order as if nothing were taken off it by itself."""
        return replace(self, adjustments=tuple(one for one in self.adjustments if one.kind != PROMOTION))

    def totals(self) -> Totals:
        """What the lines that are left come to, with what was taken off and put on; what is exempt is taxed at nothing."""
        rows = [line.row for line in self.lines if line.state != "voided"]
        if not self.adjustments:
            return totals((Taxed(row["amount_minor"], *_rate(row)) for row in rows), by_line=self.by_line)
        after = self.adjusted()
        rates = [_rate(row) for row in rows]
        for place in after.exempt:
            rates[place] = untaxed(rates[place])
        taxed = (Taxed(amount, *rate) for amount, rate in zip(after.amounts, rates, strict=True))
        return totals(taxed, by_line=self.by_line)


def _rate(row: Mapping[str, Any]) -> Rate:
    more = msgspec.json.decode(row["more_taxes"], type=list[Levied]) if row["more_taxes"] else ()
    return Rate(row["tax_rate_name"], row["tax_rate_bp"], bool(row["tax_included"]), tuple(more))


# asked of held lines alone, so that a plain line costs no look
FIRED_AT = """
    CASE WHEN l.held THEN (SELECT MIN(f.at) FROM line_fires f WHERE f.org_id = l.org_id AND f.line_id = l.id) END
"""
# of a line that two nodes took off while apart, the first void counts; `v` is the void
FIRST_VOID = """NOT EXISTS (
    SELECT 1 FROM line_voids b
    WHERE b.org_id = v.org_id AND b.line_id = v.line_id AND (b.at, b.id) < (v.at, v.id))"""
# whether line `l`, or the one that it is a part of, was divided: how much of it there is follows from the divisions
DIVIDED = """EXISTS (
    SELECT 1 FROM line_divisions d WHERE d.org_id = l.org_id AND d.whole_id = COALESCE(l.whole_id, l.id))"""
# the table that an order is at now; `o` is the order
TABLE_LABEL = """
    NULLIF(COALESCE((SELECT c.value FROM order_changes c WHERE c.org_id = o.org_id AND c.order_id = o.id
                     AND c.field = 'table' ORDER BY c.at DESC, c.id DESC LIMIT 1), o.table_label), '')
"""
_FIELDS = {"table": "table_label", "promised": "promised_at"}


def lines_left(until: str = "", *, org: str = "o.org_id", fence: str = "") -> str:
    """Whether a line is left on order `o`: one placed on it and not moved since, or one whose last move led there.

    until: `AND {of}.business_date <= :day`, where only facts of so far count. org, fence: how a host's planner is helped
    to look at each order by itself.
    """
    by = {name: until.format(of=name) for name in ("l", "v", "m", "n")}
    not_voided = f"""NOT EXISTS (
        SELECT 1 FROM line_voids v
        WHERE v.org_id = {org} AND v.order_id = l.order_id AND v.line_id = l.id {by["v"]})"""
    return f"""(
    EXISTS (SELECT 1 FROM order_lines l WHERE l.org_id = {org} AND l.order_id = o.id {by["l"]} AND {not_voided}
        AND NOT EXISTS (SELECT 1 FROM line_moves m WHERE m.org_id = {org} AND m.line_id = l.id {by["m"]}) {fence})
    OR EXISTS (
        SELECT 1 FROM line_moves m JOIN order_lines l ON l.org_id = m.org_id AND l.id = m.line_id
        WHERE m.org_id = {org} AND m.to_order_id = o.id {by["m"]} AND {not_voided}
          AND NOT EXISTS (
            SELECT 1 FROM line_moves n WHERE n.org_id = {org} AND n.line_id = m.line_id {by["n"]}
              AND (n.move_no, n.at, n.id) > (m.move_no, m.at, m.id)) {fence}))"""


# the order to which a line's last move led, if any did
MOVED_TO = """
    (SELECT m.to_order_id FROM line_moves m WHERE m.org_id = l.org_id AND m.line_id = l.id
     ORDER BY m.move_no DESC, m.at DESC, m.id DESC LIMIT 1)
"""
_CHANGES = """
    SELECT c.order_id, c.field, c.value, c.server_id, p.display_name AS server_name
    FROM order_changes c LEFT JOIN people p ON p.org_id = c.org_id AND p.id = c.server_id
    WHERE c.org_id = :org_id AND c.order_id IN (:ids) ORDER BY c.at, c.id
"""
_ORDERS = """
    SELECT o.id, o.number, o.channel, o.table_label, o.covers, o.note, o.currency, o.opened_by, o.business_date,
           o.opened_at, o.tax_by_line, p.display_name AS opened_by_name,
           EXISTS (SELECT 1 FROM line_moves m WHERE m.org_id = o.org_id AND m.order_id = o.id) AS gave,
           EXISTS (SELECT 1 FROM line_moves m WHERE m.org_id = o.org_id AND m.to_order_id = o.id) AS got,
           EXISTS (SELECT 1 FROM line_divisions d WHERE d.org_id = o.org_id AND d.order_id = o.id) AS divided
    FROM orders o LEFT JOIN people p ON p.org_id = o.org_id AND p.id = o.opened_by
    WHERE o.org_id = :org_id AND o.property_id = :property_id AND o.id IN (:ids)
"""
_LINES = f"""
    SELECT l.id, l.order_id, l.line_no, l.menu_item_id, l.name, l.quantity, l.unit_price_minor, l.amount_minor,
           l.tax_rate_name, l.tax_rate_bp, l.tax_included, l.more_taxes, l.choices, l.note, l.seat, l.station_id, l.ticket_id,
           l.prep_seconds, l.placed_at, l.placed_by, l.course, l.held, l.part_of, l.sold_as,
           l.whole_id, {FIRED_AT} AS fired_at, v.reason AS void_reason
    FROM order_lines l
    LEFT JOIN line_voids v ON v.org_id = l.org_id AND v.order_id = l.order_id AND v.line_id = l.id
         AND {FIRST_VOID}
    WHERE l.org_id = :org_id AND {{which}}
    ORDER BY l.order_id, l.line_no, l.id
"""
_LINES_OF = _LINES.format(which="l.order_id IN (:ids)")
_LINES_MOVED = _LINES.format(which="l.id IN (:ids)")
# all moves of the lines that came to these orders or left them, so that each line's last one is known
_MOVES = """
    SELECT m.id, m.at, m.line_id, m.order_id, m.to_order_id, m.move_no, m.line_no, t.number AS to_number, f.number AS from_number
    FROM line_moves m
    JOIN orders t ON t.org_id = m.org_id AND t.id = m.to_order_id
    JOIN orders f ON f.org_id = m.org_id AND f.id = m.order_id
    WHERE m.org_id = :org_id AND m.line_id IN (
        SELECT k.line_id FROM line_moves k WHERE k.org_id = :org_id AND k.order_id IN (:ids)
        UNION SELECT k.line_id FROM line_moves k WHERE k.org_id = :org_id AND k.to_order_id IN (:ids))
    ORDER BY m.line_id, m.move_no, m.at, m.id
"""
_ADJUSTMENTS = """
    SELECT a.id, a.order_id, a.line_id, a.kind, a.name, a.percent_bp, a.amount_minor, a.reason, a.rule_id, a.origin_id,
           a.certificate
    FROM adjustments a
    WHERE a.org_id = :org_id AND (a.order_id IN (:ids) {of_lines}) AND NOT EXISTS (
        SELECT 1 FROM adjustment_withdrawals w WHERE w.org_id = a.org_id AND w.adjustment_id = a.id)
    ORDER BY a.kind = 'promotion' DESC, a.at, a.id
"""
_DIVISIONS = """
    SELECT d.whole_id, w.quantity AS ordered, d.line_id, d.part_id, d.quantity
    FROM line_divisions d JOIN order_lines w ON w.org_id = d.org_id AND w.id = d.whole_id
    WHERE d.org_id = :org_id AND d.whole_id IN (:ids) ORDER BY d.at, d.id
"""
_STEPS = """
    SELECT line_id, step, step_no FROM line_steps
    WHERE org_id = :org_id AND ticket_id IN (:ticket_ids) ORDER BY ticket_id, line_id, step_no, at, id
"""


def load_orders(reading: Reading, order_ids: Sequence[str]) -> list[LoadedOrder]:
    """The property's orders of these ids, in their order; ids that it doesn't have are left out."""
    if not order_ids:
        return []
    heads = {row["id"]: head_of(row) for row in reading.rows(_ORDERS, ids=order_ids)}
    for change in reading.rows(_CHANGES, ids=list(heads)):
        heads[change["order_id"]] |= changed(change)
    lines = reading.rows(_LINES_OF, ids=list(heads))
    crossed = [id for id, head in heads.items() if head["gave"] or head["got"]]
    moves, gone = _moves(reading, crossed) if crossed else ({}, {})
    if moves:
        here = {row["id"] for row in lines}
        came = [line_id for line_id, move in moves.items() if move.order_id in heads and line_id not in here]
        lines = [*lines, *reading.rows(_LINES_MOVED, ids=came)]
    reached = lines_reached(reading, {line["ticket_id"] for line in lines})
    there = pieces_of(reading, lines) if crossed or any(head["divided"] for head in heads.values()) else {}
    by_order: dict[str, list[LoadedLine]] = {id: [] for id in heads}
    for row in lines:
        moved = moves.get(row["id"])
        of = row["order_id"] if moved is None else moved.order_id
        if of in by_order:
            by_order[of].append(loaded_line(row, reached, moved, there))
    standing = _adjustments(reading, by_order, moves)
    loaded = (
        LoadedOrder(heads[id], heads[id]["opened_by_name"], tuple(by_order[id]), standing.get(id, ()))
        for id in order_ids
        if id in heads
    )
    return [_crossed(order, gone) if order.id in crossed else order for order in loaded]


def _crossed(order: LoadedOrder, gone: Mapping[str, str]) -> LoadedOrder:
    """An order that lines came to or left, with its lines by their numbers there."""
    lines = tuple(sorted(order.lines, key=lambda line: (line.row["line_no"], line.row["id"])))
    return replace(order, lines=lines, merged_into=None if order.left() else gone.get(order.id))


def _moves(reading: Reading, order_ids: list[str]) -> tuple[dict[str, Moved], dict[str, str]]:
    """Line id → where it stands now, of each line that came to one of these orders or left it; and order id → the number
    of the order to which a line of it went last."""
    found: dict[str, Moved] = {}
    last: dict[str, tuple[tuple[str, str], str]] = {}
    for row in reading.rows(_MOVES, ids=order_ids):
        when = (row["at"], row["id"])
        last[row["order_id"]] = max(last.get(row["order_id"], (("", ""), "")), (when, row["to_number"]))
        before = found.get(row["line_id"])
        contested: tuple[str, ...] = ()
        if before is not None and before.move_no == row["move_no"]:  # two who were apart moved it
            others = dict.fromkeys((*before.contested, before.order_number))
            contested = tuple(number for number in others if number != row["to_number"])
        found[row["line_id"]] = Moved(
            row["to_order_id"], row["to_number"], row["from_number"], row["move_no"], row["line_no"], contested
        )
    return found, {order_id: number for order_id, (_, number) in last.items()}


def head_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """An order's head as it was placed; who opened it serves it."""
    return {
        **dict(row),
        "tab": None,
        "promised_at": None,
        "server_id": row["opened_by"],
        "server_name": row["opened_by_name"],
    }


def changed(change: Mapping[str, Any]) -> dict[str, Any]:
    """What a change makes of the head."""
    field, value = change["field"], change["value"]
    if field == "server":
        return {"server_id": change["server_id"], "server_name": change["server_name"]}
    if field == "covers":
        return {"covers": int(value) if value else None}
    return {_FIELDS.get(field, field): value or None}


def _adjustments(
    reading: Reading, lines: Mapping[str, Sequence[LoadedLine]], moves: Mapping[str, Moved]
) -> dict[str, tuple[Adjusting, ...]]:
    """Order id → what was taken off it or put on; what is of a line is of the order where the line is."""
    came = [line.row["id"] for of in lines.values() for line in of if line.moved is not None] if moves else []
    sql = _ADJUSTMENTS.format(of_lines="OR a.line_id IN (:line_ids)" if came else "")
    found: dict[str, list[Adjusting]] = {}
    for row in reading.rows(sql, ids=list(lines), **({"line_ids": came} if came else {})):
        moved = moves.get(row["line_id"] or "")
        one = Adjusting(**{name: row[name] for name in ADJUSTING})
        found.setdefault(row["order_id"] if moved is None else moved.order_id, []).append(one)
    return {id: counting(of) for id, of in found.items()}


def load_order(reading: Reading, order_id: str) -> LoadedOrder:
    """One order; NotFound when the property doesn't have it."""
    found = load_orders(reading, [order_id])
    if not found:
        raise NotFound.of("order", order_id)
    return found[0]


def loaded_line(
    row: Mapping[str, Any],
    reached: Mapping[str, tuple[str, int]],
    moved: Moved | None = None,
    there: Mapping[str, int] = NOT_DIVIDED,
) -> LoadedLine:
    """A line from its row (with `void_reason` and `fired_at`), the states that `lines_reached` found, and how many there
    are of each piece of a line that was divided."""
    options = msgspec.json.decode(row["choices"])
    if moved is not None:
        row = {**dict(row), "line_no": moved.line_no}
    quantity = there.get(row["id"])
    if quantity is not None:
        row = {**dict(row), "quantity": quantity, "amount_minor": quantity * row["unit_price_minor"]}
    if row["void_reason"] is not None:
        return LoadedLine(row, options, "voided", row["void_reason"], moved)
    if row["held"] and row["fired_at"] is None:
        return LoadedLine(row, options, "held", None, moved)
    state, _ = reached.get(row["whole_id"] or row["id"], ("placed", 0))
    return LoadedLine(row, options, state, None, moved)


def pieces_of(reading: Reading, rows: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Line id → how many there are of it, of each piece of those of these lines that were divided."""
    found: dict[str, tuple[int, list[Division]]] = {}
    for row in reading.rows(_DIVISIONS, ids={row["whole_id"] or row["id"] for row in rows}):
        of = found.setdefault(row["whole_id"], (row["ordered"], []))[1]
        of.append(Division(row["line_id"], row["part_id"], row["quantity"]))
    return {
        id: n for whole, (ordered, divisions) in found.items() for id, n in pieces(whole, ordered, divisions).items()
    }


def pieces_voided(reading: Reading, rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Line id → what was taken off with it, of lines that were divided (rows with id, whole_id and unit_price_minor): what
    there is of it by all divisions, also those that its void did not know of."""
    there = pieces_of(reading, rows) if rows else {}
    return {row["id"]: there[row["id"]] * row["unit_price_minor"] for row in rows}


def lines_reached(reading: Reading, ticket_ids: Collection[str]) -> dict[str, tuple[str, int]]:
    """Line id → (kitchen state, number of its last step), for each line of these tickets that has a step."""
    if not ticket_ids:
        return {}
    rows = reading.rows(_STEPS, ticket_ids=list(ticket_ids))
    return {row["line_id"]: (state_after([row["step"]]), row["step_no"]) for row in rows}
