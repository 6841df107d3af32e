"""The node's own tables: printers and their queue, how far each reader of the journal got, and the kitchen screens that
there should be. They never replicate."""

from hospitality.ground.tables import COUNT, DOCUMENT, FLAG, ID, INSTANT, WORDS, Row, column, described


class Printer(Row, table=True):
    """A printer of the property: where it is and what it prints. `station_ids` is a JSON list of ids, and `settings` how a
    serial line is set, a JSON object. `hardware` and `told_name` are what one on the network is known by.

    `profile` names what it can do (`devices.profiles`); without one it is a thermal printer of so many columns.
    What waits longer than `backup_after_seconds` for a printer in trouble goes to `backup_id`.
    """

    __tablename__ = "printers"
    __table_args__ = described("local", host="edge")

    name: str = column(WORDS)
    address: str = column(WORDS)
    station_ids: str = column(DOCUMENT)
    receipts: bool = column(FLAG)
    columns: int = column(COUNT)
    profile: str | None = column(WORDS, optional=True)
    backup_id: str | None = column(ID, optional=True)
    backup_after_seconds: int = column(COUNT, default=60, otherwise="60")
    settings: str = column(DOCUMENT, default="{}", otherwise="{}")
    hardware: str = column(WORDS, default="", otherwise="")
    told_name: str = column(WORDS, default="", otherwise="")


class PrintJob(Row, table=True):
    """One document for one printer; its id follows from its cause, so that the same cause never queues it twice.

    From `sequence` on the columns are those of `devices.spool.Job`. `asked_by` is who last asked for a copy.
    """

    __tablename__ = "print_jobs"
    __table_args__ = described("local", host="edge", indexes=[["printer_id", "state"], ["sequence"]])

    printer_id: str = column(ID)
    cause_id: str = column(ID)
    kind: str = column(WORDS)
    title: str = column(WORDS, pii="indirect")
    document: str = column(DOCUMENT, pii="indirect")
    asked_by: str | None = column(ID, pii="indirect", optional=True)
    sequence: int = column(COUNT)
    state: str = column(WORDS)
    created_at: str = column(INSTANT)
    fresh_since: str = column(INSTANT)
    changed_at: str = column(INSTANT)
    attempts: int = column(COUNT)
    copies: int = column(COUNT)
    unconfirmed: int = column(COUNT)
    troubles: int = column(COUNT)
    next_attempt_at: str | None = column(INSTANT, optional=True)
    trouble: str | None = column(WORDS, optional=True)
    detail: str = column(WORDS)
    home_id: str | None = column(ID, optional=True)


class ReaderPlace(Row, table=True):
    """How far a reader of the journal got, as the journal's row number in this database."""

    __tablename__ = "reader_places"
    __table_args__ = described("local", host="edge")

    name: str = column(WORDS)
    place: int = column(COUNT)


class KitchenScreen(Row, table=True):
    """A screen that there should be: a terminal, and the station that it shows, or `all`."""

    __tablename__ = "kitchen_screens"
    __table_args__ = described("local", host="edge")

    terminal_id: str = column(ID)
    shows: str = column(WORDS)


class StandIn(Row, table=True):
    """Who shows or prints a station's tickets while none of its screens is heard; `id` is the station's."""

    __tablename__ = "stand_ins"
    __table_args__ = described("local", host="edge")

    since: str = column(INSTANT)
    to_station_id: str | None = column(ID, optional=True)
    printer_id: str | None = column(ID, optional=True)
