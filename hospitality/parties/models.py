"""A party is a record that staff, head office and (later) guests edit field by field; what happens to it is facts.

That it sits is no row here: the seating names the party. Its state is made of both, and of the hour.
"""

from hospitality.ground.tables import AMOUNT, COUNT, DAY, ELEMENTS, ID, INSTANT, WORDS, Row, column, described

STEPS = ("arrived", "told", "cancelled", "no_show")
ENDS = ("applied", "given_back", "kept")


class Party(Row, table=True):
    """Guests who wait since `made_at`, or have reserved for `reserved_for`.

    table_ids: the tables that are kept for them, each merging by itself; two parties that got one table while apart are a
    conflict that their views show. quoted_for: when those who wait were told that they would sit. stay_minutes: how long
    they mean to stay, where that is not what is usual for so many. pager: the number of the one that they hold.
    """

    __tablename__ = "parties"
    __table_args__ = described(
        "record", writer="both", indexes=[["property_id", "reserved_for"], ["property_id", "made_at"]]
    )

    name: str = column(WORDS, pii="direct")
    phone: str | None = column(WORDS, pii="direct", optional=True)
    note: str | None = column(WORDS, pii="indirect", optional=True)
    covers: int = column(COUNT)
    area_id: str | None = column(ID, optional=True)
    reserved_for: str | None = column(INSTANT, optional=True)
    stay_minutes: int | None = column(COUNT, optional=True)
    table_ids: str = column(ELEMENTS, merge="set")
    quoted_for: str | None = column(INSTANT, optional=True)
    pager: str | None = column(WORDS, optional=True)
    made_at: str = column(INSTANT)
    made_by: str | None = column(ID, pii="indirect", optional=True)


class PartyStep(Row, table=True):
    """A party moved on: one of STEPS. The last of arrived, cancelled and no_show holds; who comes after all has arrived."""

    __tablename__ = "party_steps"
    __table_args__ = described("fact", refers={"party_id": "parties"}, indexes=[["party_id"]])

    party_id: str = column(ID, pii="indirect")
    step: str = column(WORDS)
    person_id: str | None = column(ID, pii="indirect", optional=True)
    terminal_id: str | None = column(ID, optional=True)
    at: str = column(INSTANT)
    business_date: str = column(DAY)


class Deposit(Row, table=True):
    """Money held for a party: no sale, and the guests' own until it is applied or kept. Cash lies in a drawer's session."""

    __tablename__ = "deposits"
    __table_args__ = described("fact", indexes=[["party_id"], ["property_id", "business_date"], ["drawer_session_id"]])

    party_id: str = column(ID, pii="indirect")
    tender: str = column(WORDS)
    amount_minor: int = column(AMOUNT)
    currency: str = column(WORDS)
    reference: str | None = column(WORDS, pii="indirect", optional=True)
    drawer_session_id: str | None = column(ID, optional=True)
    person_id: str | None = column(ID, pii="indirect", optional=True)
    terminal_id: str | None = column(ID, optional=True)
    at: str = column(INSTANT)
    business_date: str = column(DAY)


class DepositEnd(Row, table=True):
    """Part of a deposit is held no more: one of ENDS. `payment_id` is the payment that it became.

    Given back in cash, it leaves a drawer's session; by card, under the card terminal's reference.
    """

    __tablename__ = "deposit_ends"
    __table_args__ = described(
        "fact",
        refers={"deposit_id": "deposits"},
        indexes=[["deposit_id"], ["property_id", "business_date"], ["drawer_session_id"]],
    )

    deposit_id: str = column(ID)
    kind: str = column(WORDS)
    tender: str = column(WORDS)
    amount_minor: int = column(AMOUNT)
    currency: str = column(WORDS)
    payment_id: str | None = column(ID, optional=True)
    reference: str | None = column(WORDS, pii="indirect", optional=True)
    reason: str | None = column(WORDS, pii="indirect", optional=True)
    drawer_session_id: str | None = column(ID, optional=True)
    person_id: str | None = column(ID, pii="indirect", optional=True)
    approver_id: str | None = column(ID, pii="indirect", optional=True)
    terminal_id: str | None = column(ID, optional=True)
    at: str = column(INSTANT)
    business_date: str = column(DAY)


class HostRules(Row, table=True):
    """How a property handles its door; one row each, its id following from the property's.

    grace_minutes: how long after the hour a reserved table is held. turn_minutes: how long guests stay, until enough of
    them have. deposit_covers_min, deposit_minor: parties of so many leave so much a guest; zero asks nobody.
    """

    __tablename__ = "host_rules"
    __table_args__ = described("record", writer="both", indexes=[["property_id"]])

    grace_minutes: int = column(COUNT)
    turn_minutes: int = column(COUNT)
    deposit_covers_min: int = column(COUNT)
    deposit_minor: int = column(AMOUNT)
