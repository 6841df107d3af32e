"""Money taken and given back, and receipts issued: facts that only the property's node writes."""

from hospitality.ground.tables import AMOUNT, DAY, DOCUMENT, FLAG, ID, INSTANT, WORDS, Row, column, described

TENDERS = ("cash", "card", "deposit")
CAUSES = ("reopened", "changed", "settled_twice")


class Payment(Row, table=True):
    """Money taken for an order. Cash: what was handed over and given back; card: the terminal's reference; deposit: what
    the party had left before.

    `tip_minor` came on top of the amount. `attempt_id` names the card attempt that was approved; the payment's id follows
    from it, so that an approval that is told twice is one payment. `drawer_session_id`: into which drawer cash went.
    Cash is rounded to the smallest coin: tendered = change + amount + tip + rounding, in the house currency; `given_*` and
    `rate_micro` say what was handed over of another one, and at which house rate it counts.
    """

    __tablename__ = "payments"
    __table_args__ = described(
        "fact",
        large=True,
        refers={"order_id": "orders"},
        indexes=[["order_id"], ["property_id", "business_date", "id"], ["drawer_session_id"]],
    )

    order_id: str = column(ID)
    tender: str = column(WORDS)
    amount_minor: int = column(AMOUNT)
    tendered_minor: int | None = column(AMOUNT, optional=True)
    change_minor: int = column(AMOUNT)
    currency: str = column(WORDS)
    reference: str | None = column(WORDS, pii="indirect", optional=True)
    taken_by: str | None = column(ID, pii="indirect", optional=True)
    terminal_id: str | None = column(ID, optional=True)
    taken_at: str = column(INSTANT)
    business_date: str = column(DAY)
    tip_minor: int = column(AMOUNT, default=0, otherwise="0")
    attempt_id: str | None = column(ID, optional=True)
    drawer_session_id: str | None = column(ID, optional=True)
    rounding_minor: int = column(AMOUNT, default=0, otherwise="0")
    given_currency: str | None = column(WORDS, optional=True)
    given_minor: int | None = column(AMOUNT, optional=True)
    rate_micro: int | None = column(AMOUNT, optional=True)


class Receipt(Row, table=True):
    """An order was settled: its receipt's number and what it came to. `taxes` is the order's list as JSON.

    adjustments: what each comp, discount and charge came to then, as JSON, since it may come to something else later; null
    on receipts of releases that did not keep it. replaces: the numbers of the order's withdrawn receipts that this one
    stands in for.
    """

    __tablename__ = "receipts"
    __table_args__ = described(
        "fact", large=True, refers={"order_id": "orders"}, indexes=[["order_id"], ["property_id", "business_date"]]
    )

    order_id: str = column(ID)
    number: str = column(WORDS)
    total_minor: int = column(AMOUNT)
    currency: str = column(WORDS)
    taxes: str = column(DOCUMENT)
    issued_at: str = column(INSTANT)
    business_date: str = column(DAY)
    adjustments: str | None = column(DOCUMENT, optional=True)
    replaces: str | None = column(WORDS, optional=True)


class ReceiptWithdrawal(Row, table=True):
    """A receipt counts no more: its order is open again, and its sums are taken back on this day. Its number stays.

    turns_refunds: what was refunded of it, before or after, counts as reversed, so that its sums are taken back less that.

    cause: one of CAUSES; `reopened` by somebody, for a reason; `changed`, when the order came to something else at a node
    that did not know of the receipt; `settled_twice`, when another receipt of the same order stands. Two nodes that were
    apart may each withdraw one receipt: the first counts.
    """

    __tablename__ = "receipt_withdrawals"
    __table_args__ = described(
        "fact",
        refers={"receipt_id": "receipts"},
        indexes=[["receipt_id"], ["order_id"], ["property_id", "business_date"]],
    )

    receipt_id: str = column(ID)
    order_id: str = column(ID)
    cause: str = column(WORDS)
    reason: str | None = column(WORDS, pii="indirect", optional=True)
    person_id: str | None = column(ID, pii="indirect", optional=True)
    approver_id: str | None = column(ID, pii="indirect", optional=True)
    terminal_id: str | None = column(ID, optional=True)
    at: str = column(INSTANT)
    business_date: str = column(DAY)
    turns_refunds: bool = column(FLAG, default=False, otherwise="0")


class Refund(Row, table=True):
    """Money of a payment given back, with a number of its own.

    kind: `reversal` undoes a payment, `refund` gives back part of a sale; that one's `taxes` are its portion of the
    receipt's, as JSON, and `tip_minor` is given back on top of the amount. `receipt_id`: of which receipt, which may turn it
    into a reversal by being withdrawn.
    """

    __tablename__ = "refunds"
    __table_args__ = described(
        "fact",
        refers={"payment_id": "payments"},
        indexes=[["order_id"], ["payment_id"], ["property_id", "business_date", "id"], ["drawer_session_id"]],
    )

    payment_id: str = column(ID)
    order_id: str = column(ID)
    number: str = column(WORDS)
    kind: str = column(WORDS)
    tender: str = column(WORDS)
    amount_minor: int = column(AMOUNT)
    tip_minor: int = column(AMOUNT)
    currency: str = column(WORDS)
    reference: str | None = column(WORDS, pii="indirect", optional=True)
    taxes: str = column(DOCUMENT)
    reason: str = column(WORDS, pii="indirect")
    person_id: str | None = column(ID, pii="indirect", optional=True)
    approver_id: str | None = column(ID, pii="indirect", optional=True)
    terminal_id: str | None = column(ID, optional=True)
    given_at: str = column(INSTANT)
    business_date: str = column(DAY)
    drawer_session_id: str | None = column(ID, optional=True)
    rounding_minor: int = column(AMOUNT, default=0, otherwise="0")
    receipt_id: str | None = column(ID, optional=True)


class CardAttempt(Row, table=True):
    """A card terminal was asked to charge a card; `number` is what it was asked under, by which it is looked up."""

    __tablename__ = "card_attempts"
    __table_args__ = described(
        "fact", refers={"order_id": "orders"}, indexes=[["order_id"], ["property_id", "business_date", "id"]]
    )

    order_id: str = column(ID)
    number: str = column(WORDS)
    amount_minor: int = column(AMOUNT)
    tip_minor: int = column(AMOUNT)
    currency: str = column(WORDS)
    person_id: str | None = column(ID, pii="indirect", optional=True)
    terminal_id: str | None = column(ID, optional=True)
    at: str = column(INSTANT)
    business_date: str = column(DAY)


class CardAnswer(Row, table=True):
    """What became known of an attempt; its state follows from all its answers."""

    __tablename__ = "card_answers"
    __table_args__ = described("fact", refers={"attempt_id": "card_attempts"}, indexes=[["attempt_id"]])

    attempt_id: str = column(ID)
    outcome: str = column(WORDS)
    source: str = column(WORDS)
    reference: str | None = column(WORDS, pii="indirect", optional=True)
    reason: str | None = column(WORDS, pii="indirect", optional=True)
    person_id: str | None = column(ID, pii="indirect", optional=True)
    approver_id: str | None = column(ID, pii="indirect", optional=True)
    terminal_id: str | None = column(ID, optional=True)
    at: str = column(INSTANT)
    business_date: str = column(DAY)


class CardRefund(Row, table=True):
    """A card terminal was asked to give money of a payment back to its card; `number` is what it was asked under. Money is
    given back (a `Refund`) once it is approved."""

    __tablename__ = "card_refunds"
    __table_args__ = described(
        "fact",
        refers={"payment_id": "payments", "order_id": "orders"},
        indexes=[["order_id"], ["payment_id"], ["property_id", "business_date", "id"]],
    )

    payment_id: str = column(ID)
    order_id: str = column(ID)
    number: str = column(WORDS)
    amount_minor: int = column(AMOUNT)
    tip_minor: int = column(AMOUNT)
    currency: str = column(WORDS)
    reason: str = column(WORDS, pii="indirect")
    person_id: str | None = column(ID, pii="indirect", optional=True)
    approver_id: str | None = column(ID, pii="indirect", optional=True)
    terminal_id: str | None = column(ID, optional=True)
    at: str = column(INSTANT)
    business_date: str = column(DAY)


class CardRefundAnswer(Row, table=True):
    """What became known of that; its state follows from all its answers."""

    __tablename__ = "card_refund_answers"
    __table_args__ = described("fact", refers={"card_refund_id": "card_refunds"}, indexes=[["card_refund_id"]])

    card_refund_id: str = column(ID)
    outcome: str = column(WORDS)
    source: str = column(WORDS)
    reference: str | None = column(WORDS, pii="indirect", optional=True)
    reason: str | None = column(WORDS, pii="indirect", optional=True)
    person_id: str | None = column(ID, pii="indirect", optional=True)
    approver_id: str | None = column(ID, pii="indirect", optional=True)
    terminal_id: str | None = column(ID, optional=True)
    at: str = column(INSTANT)
    business_date: str = column(DAY)


class OfflineCard(Row, table=True):
    """A card payment that the acquirer had not heard of when it was taken: money at risk until an outcome is told.

    Its id follows from the payment's. way: one of `rules.offline.WAYS`. amount_minor: tip included. over: which of the
    house's limits it went over, by whose approval; empty where it went over none.
    """

    __tablename__ = "offline_cards"
    __table_args__ = described(
        "fact",
        refers={"payment_id": "payments", "order_id": "orders"},
        indexes=[["payment_id"], ["property_id", "business_date", "id"]],
    )

    payment_id: str = column(ID)
    order_id: str = column(ID)
    way: str = column(WORDS)
    amount_minor: int = column(AMOUNT)
    currency: str = column(WORDS)
    over: str = column(WORDS)
    person_id: str | None = column(ID, pii="indirect", optional=True)
    approver_id: str | None = column(ID, pii="indirect", optional=True)
    terminal_id: str | None = column(ID, optional=True)
    at: str = column(INSTANT)
    business_date: str = column(DAY)


class OfflineOutcome(Row, table=True):
    """What became of a card that was taken offline: the acquirer confirmed it, or the money is lost, and why.

    amount_minor: what was still at risk. Two nodes that were apart may each tell one: the first counts.
    """

    __tablename__ = "offline_outcomes"
    __table_args__ = described(
        "fact",
        refers={"offline_card_id": "offline_cards"},
        indexes=[["offline_card_id"], ["property_id", "business_date"]],
    )

    offline_card_id: str = column(ID)
    outcome: str = column(WORDS)
    amount_minor: int = column(AMOUNT)
    currency: str = column(WORDS)
    reason: str = column(WORDS, pii="indirect")
    person_id: str | None = column(ID, pii="indirect", optional=True)
    approver_id: str | None = column(ID, pii="indirect", optional=True)
    terminal_id: str | None = column(ID, optional=True)
    at: str = column(INSTANT)
    business_date: str = column(DAY)
