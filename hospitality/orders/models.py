"""An order is written once: its head, its lines with what was chosen, and facts about lines that come later.

What a line was sold at is a snapshot, and no foreign key leads from it to the menu: money must not wait for, or be
refused with, a description. Ids and tickets are UUIDv7, so that rows of one evening lie together on disk.
"""

from hospitality.ground.tables import (
    AMOUNT,
    COUNT,
    DAY,
    DOCUMENT,
    FLAG,
    ID,
    INSTANT,
    WORDS,
    Row,
    column,
    described,
)

ADJUSTMENTS = ("comp", "discount", "service_charge", "exempt")
CHANGES = ("table", "covers", "server", "tab", "promised")
STEPS = ("started", "ready", "served", "recalled")


class Order(Row, table=True):
    """The head of an order; its state and totals are derived. `tax_by_line`: how its taxes are rounded, as the house had it."""

    __tablename__ = "orders"
    __table_args__ = described("fact", large=True, indexes=[["property_id", "business_date", "id"]])

    number: str = column(WORDS)
    channel: str = column(WORDS)
    table_label: str | None = column(WORDS, optional=True)
    covers: int | None = column(COUNT, optional=True)
    note: str | None = column(WORDS, pii="indirect", optional=True)
    currency: str = column(WORDS)
    opened_by: str | None = column(ID, pii="indirect", optional=True)
    terminal_id: str | None = column(ID, optional=True)
    business_date: str = column(DAY)
    opened_at: str = column(INSTANT)
    tax_by_line: bool = column(FLAG, default=False, otherwise="0")


class OrderLine(Row, table=True):
    """One line as it was sold. `choices` is a JSON list of {option_id, group_name, name, price_delta_minor, quantity}.

    All lines of one placing for one station and course share a ticket. A `held` one is the kitchen's once it is fired.
    `amount_minor` is the unit price times the quantity. A choice may have `half` (left, right), and `depth` where it is
    nested under the one before; a quantity of 0 is a preset that was left out; `of_whole` is said of the
    set that the line is a part of.

    part_of: of what was ordered as one but is several lines, a JSON object {id, menu_item_id, name, quantity, option_id,
    depth}: `id` is the same on all of its lines, and `menu_item_id`, `name` and `quantity` are of what was ordered.
    sold_as: of what is not sold by the piece, {kind, thousandths, price_minor, by}: `open`, or a unit with so much of it.
    more_taxes: the taxes beside that, a JSON array of `menu.rules.Levied`.
    whole_id: of a part, the line that was divided. Nothing was ordered anew: its quantity and amount are 0 here, and what
    it has follows from the divisions of the whole.
    """

    __tablename__ = "order_lines"
    __table_args__ = described(
        "fact",
        large=True,
        refers={"order_id": "orders"},
        indexes=[["order_id"], ["ticket_id"], ["property_id", "business_date"]],
    )

    order_id: str = column(ID)
    line_no: int = column(COUNT)
    menu_item_id: str = column(ID)
    name: str = column(WORDS)
    quantity: int = column(COUNT)
    unit_price_minor: int = column(AMOUNT)
    amount_minor: int = column(AMOUNT)
    tax_rate_name: str | None = column(WORDS, optional=True)
    tax_rate_bp: int = column(COUNT)
    tax_included: bool = column(FLAG)
    more_taxes: str | None = column(DOCUMENT, optional=True)
    choices: str = column(DOCUMENT)
    note: str | None = column(WORDS, pii="indirect", optional=True)
    seat: int | None = column(COUNT, optional=True)
    station_id: str = column(ID)
    ticket_id: str = column(ID)
    prep_seconds: int = column(COUNT)
    placed_at: str = column(INSTANT)
    placed_by: str | None = column(ID, pii="indirect", optional=True)
    business_date: str = column(DAY)
    course: int | None = column(COUNT, optional=True)
    held: bool = column(FLAG, default=False, otherwise="0")
    part_of: str | None = column(DOCUMENT, optional=True)
    sold_as: str | None = column(DOCUMENT, optional=True)
    whole_id: str | None = column(ID, optional=True)


class LineStep(Row, table=True):
    """A line moved on in the kitchen. `step_no` counts a line's steps, since a wall clock can go backwards."""

    __tablename__ = "line_steps"
    __table_args__ = described(
        "fact",
        large=True,
        refers={"line_id": "order_lines"},
        indexes=[["ticket_id", "line_id", "step_no", "at"], ["line_id"]],
    )

    order_id: str = column(ID)
    line_id: str = column(ID)
    ticket_id: str = column(ID)
    step: str = column(WORDS)
    step_no: int = column(COUNT)
    at: str = column(INSTANT)
    person_id: str | None = column(ID, pii="indirect", optional=True)
    terminal_id: str | None = column(ID, optional=True)
    business_date: str = column(DAY)


class LineVoid(Row, table=True):
    """A line was taken off. Of what two nodes that were apart took off both, the first void counts.

    fired: whether the kitchen knew of it; wasted: whether it was made for nothing. amount_minor: what was taken off, which
    is less than the line's amount where it was divided; none in rows of older releases.
    """

    __tablename__ = "line_voids"
    __table_args__ = described(
        "fact",
        refers={"line_id": "order_lines"},
        indexes=[["order_id"], ["line_id"], ["property_id", "business_date"]],
    )

    order_id: str = column(ID)
    line_id: str = column(ID)
    reason: str = column(WORDS, pii="indirect")
    person_id: str | None = column(ID, pii="indirect", optional=True)
    approver_id: str | None = column(ID, pii="indirect", optional=True)
    terminal_id: str | None = column(ID, optional=True)
    at: str = column(INSTANT)
    business_date: str = column(DAY)
    fired: bool | None = column(FLAG, optional=True)
    wasted: bool | None = column(FLAG, optional=True)
    amount_minor: int | None = column(AMOUNT, optional=True)


class LineFire(Row, table=True):
    """A held line was sent to its station. Fired at two nodes that were apart, it was fired at the earlier time."""

    __tablename__ = "line_fires"
    __table_args__ = described(
        "fact", large=True, refers={"line_id": "order_lines"}, indexes=[["line_id"], ["ticket_id"]]
    )

    order_id: str = column(ID)
    line_id: str = column(ID)
    ticket_id: str = column(ID)
    at: str = column(INSTANT)
    person_id: str | None = column(ID, pii="indirect", optional=True)
    terminal_id: str | None = column(ID, optional=True)
    business_date: str = column(DAY)


class TicketRush(Row, table=True):
    """Somebody asked a station to make a ticket before others."""

    __tablename__ = "ticket_rushes"
    __table_args__ = described("fact", refers={"order_id": "orders"}, indexes=[["ticket_id"], ["order_id"]])

    order_id: str = column(ID)
    ticket_id: str = column(ID)
    at: str = column(INSTANT)
    person_id: str | None = column(ID, pii="indirect", optional=True)
    terminal_id: str | None = column(ID, optional=True)
    business_date: str = column(DAY)


class Adjustment(Row, table=True):
    """Something was taken off an order or one of its lines, or put on it; what it comes to is derived.

    kind: one of ADJUSTMENTS. Either `percent_bp` or `amount_minor`, and neither for a comp, which takes all, or an
    exemption from taxes, which names the guest's `certificate`. `rule_id` names the rule that put a service charge on, or
    the promotion: of kind `rules.PROMOTION`, which nobody makes by hand, an amount off one line, whose id and all else
    follows from order, line, promotion and amount, so that two nodes that reckon the same make one. One of a line goes
    with it to another order. `origin_id`: the adjustment of a whole order of which this is a part, taken along when lines
    went to another; of two such for the same, which two nodes made while apart, the first counts.
    """

    __tablename__ = "adjustments"
    __table_args__ = described("fact", refers={"order_id": "orders"}, indexes=[["order_id"], ["line_id"]])

    order_id: str = column(ID)
    line_id: str | None = column(ID, optional=True)
    kind: str = column(WORDS)
    name: str | None = column(WORDS, optional=True)
    percent_bp: int | None = column(COUNT, optional=True)
    amount_minor: int | None = column(AMOUNT, optional=True)
    rule_id: str | None = column(ID, optional=True)
    reason: str | None = column(WORDS, pii="indirect", optional=True)
    person_id: str | None = column(ID, pii="indirect", optional=True)
    approver_id: str | None = column(ID, pii="indirect", optional=True)
    terminal_id: str | None = column(ID, optional=True)
    at: str = column(INSTANT)
    business_date: str = column(DAY)
    origin_id: str | None = column(ID, optional=True)
    certificate: str | None = column(WORDS, pii="indirect", optional=True)


class AdjustmentWithdrawal(Row, table=True):
    """An adjustment counts no more."""

    __tablename__ = "adjustment_withdrawals"
    __table_args__ = described("fact", refers={"adjustment_id": "adjustments"}, indexes=[["adjustment_id"]])

    adjustment_id: str = column(ID)
    reason: str = column(WORDS, pii="indirect")
    person_id: str | None = column(ID, pii="indirect", optional=True)
    approver_id: str | None = column(ID, pii="indirect", optional=True)
    terminal_id: str | None = column(ID, optional=True)
    at: str = column(INSTANT)
    business_date: str = column(DAY)


class ServiceChargeRule(Row, table=True):
    """Parties of `covers_min` and more get a service charge when they order; what was charged by it stays."""

    __tablename__ = "service_charge_rules"
    __table_args__ = described("record", writer="both", indexes=[["property_id"]])

    name: str = column(WORDS)
    covers_min: int = column(COUNT)
    percent_bp: int = column(COUNT)
    active: bool = column(FLAG)


class PromotionWaiver(Row, table=True):
    """A promotion was taken off an order: nothing is taken off it by that any more."""

    __tablename__ = "promotion_waivers"
    __table_args__ = described("fact", refers={"order_id": "orders"}, indexes=[["order_id"]])

    order_id: str = column(ID)
    promotion_id: str = column(ID)
    reason: str = column(WORDS, pii="indirect")
    person_id: str | None = column(ID, pii="indirect", optional=True)
    approver_id: str | None = column(ID, pii="indirect", optional=True)
    terminal_id: str | None = column(ID, optional=True)
    at: str = column(INSTANT)
    business_date: str = column(DAY)


class OrderChange(Row, table=True):
    """From here on an order has another table, server, number of covers, name of its tab or promised time; the last one
    of each holds.

    field: one of CHANGES. value: the new one as text, empty for none; a server's is the name of nobody but `server_id`, a
    promise is an instant.
    """

    __tablename__ = "order_changes"
    __table_args__ = described(
        "fact", refers={"order_id": "orders"}, indexes=[["order_id", "field", "at"], ["property_id", "business_date"]]
    )

    order_id: str = column(ID)
    field: str = column(WORDS)
    value: str = column(WORDS, pii="indirect")
    server_id: str | None = column(ID, pii="indirect", optional=True)
    person_id: str | None = column(ID, pii="indirect", optional=True)
    terminal_id: str | None = column(ID, optional=True)
    at: str = column(INSTANT)
    business_date: str = column(DAY)


class LineMove(Row, table=True):
    """A line stands on another order from here on; which one it stands on is that of its last move, or its own.

    `order_id` is the one that it left. `move_no` counts a line's moves, since a wall clock can go backwards: of two that
    were made apart, both the second, the later holds. `line_no` is its place on the other order. What it was placed,
    fired, made and voided as stays as it is.
    """

    __tablename__ = "line_moves"
    __table_args__ = described(
        "fact",
        refers={"line_id": "order_lines", "to_order_id": "orders"},
        indexes=[["line_id", "move_no"], ["order_id"], ["to_order_id"]],
    )

    line_id: str = column(ID)
    order_id: str = column(ID)
    to_order_id: str = column(ID)
    move_no: int = column(COUNT)
    line_no: int = column(COUNT)
    person_id: str | None = column(ID, pii="indirect", optional=True)
    terminal_id: str | None = column(ID, optional=True)
    at: str = column(INSTANT)
    business_date: str = column(DAY)


class LineDivision(Row, table=True):
    """So many of a line are a line of their own from here on, `part_id`; what either has is derived.

    `line_id`: of which they were taken, itself a part or the whole. `whole_id`: the line that was placed, which the kitchen
    makes as one. `order_id`: where that happened.
    """

    __tablename__ = "line_divisions"
    __table_args__ = described(
        "fact",
        refers={"line_id": "order_lines", "part_id": "order_lines"},
        indexes=[["whole_id"], ["order_id"]],
    )

    line_id: str = column(ID)
    part_id: str = column(ID)
    whole_id: str = column(ID)
    order_id: str = column(ID)
    quantity: int = column(COUNT)
    person_id: str | None = column(ID, pii="indirect", optional=True)
    terminal_id: str | None = column(ID, optional=True)
    at: str = column(INSTANT)
    business_date: str = column(DAY)
