"""Numbers that people read come from a series of the node and incarnation that makes them: `A2-104`.

No two nodes, restored ones included, can give the same one. An order's counter restarts each business day; a receipt's
never does.
"""

from hospitality.ground.ids import derived_id
from hospitality.ground.tables import COUNT, WORDS, Row, column, described
from hospitality.ground.work import Work


class NumberSeries(Row, table=True):
    """The last number given in a series; local to the node, since the series is."""

    __tablename__ = "number_series"
    __table_args__ = described("local")

    name: str = column(WORDS)
    last: int = column(COUNT)


def node_code_of(number: str) -> str:
    """The letter of the node that gave a number, whichever life of it: `A` of `A2-104`."""
    return number.rpartition("-")[0].rstrip("0123456789")


_NEXT = """
    INSERT INTO number_series (org_id, id, property_id, name, last) VALUES (:org_id, :id, :property_id, :name, 1)
    ON CONFLICT (org_id, id) DO UPDATE SET last = number_series.last + 1 RETURNING last
"""


def next_number(work: Work, series: str, *, restarts: str = "") -> str:
    """The next number of a series, e.g. `order`; `restarts` names the stretch it counts in (a business date), or none.

    Written code, incarnation, count: `A2-104`. The gap that a rolled back act leaves is none: the count rolls back too.
    """
    name = f"{series}:{work.place.code}{work.place.incarnation}:{restarts}"
    last = work.value(_NEXT, id=derived_id(work.property_id, name), name=name)
    return f"{work.place.code}{work.place.incarnation}-{last}"
