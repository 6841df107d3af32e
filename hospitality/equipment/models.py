"""Devices as they are set up, and how each is; the node that has them writes both, and head office shows them."""

from hospitality.ground.tables import DOCUMENT, FLAG, ID, INSTANT, WORDS, Row, column, described


class Device(Row, table=True):
    """A device of a node: what it is, where it is plugged in, and whose it is. `settings` are a JSON object.

    What it says goes to the terminal `terminal_id`; one that is not `active` was taken away.
    """

    __tablename__ = "devices"
    __table_args__ = described("record", indexes=[["property_id"]])

    name: str = column(WORDS)
    kind: str = column(WORDS)
    driver: str = column(WORDS)
    address: str = column(WORDS)
    terminal_id: str | None = column(ID, optional=True)
    station_id: str | None = column(ID, optional=True)
    settings: str = column(DOCUMENT)
    node_code: str = column(WORDS)
    active: bool = column(FLAG)


class DeviceState(Row, table=True):
    """How a device or a printer is, by its node's word; `id` is the device's. Written when it is another than before."""

    __tablename__ = "device_states"
    __table_args__ = described("record", indexes=[["property_id"]])

    name: str = column(WORDS)
    kind: str = column(WORDS)
    state: str = column(WORDS)
    detail: str = column(WORDS)
    since: str = column(INSTANT)
    node_code: str = column(WORDS)
    active: bool = column(FLAG)
