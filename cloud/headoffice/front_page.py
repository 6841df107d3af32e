"""`GET /`: how the group is doing, and where somebody must look."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response

from cloud.headoffice.asking import ForGroup, TheOffice
from cloud.headoffice.bars import Bars, bars
from cloud.headoffice.change import change
from cloud.headoffice.office import PageRoute
from cloud.headoffice.reading.overview import Overview, PropertyLine, overview
from cloud.headoffice.tiles import tiles
from cloud.headoffice.words import Words

router = APIRouter(route_class=PageRoute, include_in_schema=False)
Way = Literal["asc", "desc"]
SPARK_WIDTH, SPARK_HEIGHT = 120, 28
_STATES = {"late": 0, None: 1, "new": 2, "property_only": 3, "online": 4}
# what each column sorts by; two currencies are never held against each other
SORTS: dict[str, Callable[[PropertyLine], Any]] = {
    "name": lambda line: line.day.name.casefold(),
    "sales": lambda line: line.trade.sales_minor,
    "taken": lambda line: line.trade.taken_minor,
    "orders": lambda line: line.trade.orders,
    "open": lambda line: line.unpaid.orders,
    "check": lambda line: line.trade.check_minor or 0,
    "node": lambda line: _STATES[line.node_state],
}
MONEY = frozenset({"sales", "taken", "check"})


@dataclass(frozen=True, slots=True)
class Column:
    """One heading of the table; `way` is how it is sorted now, `href` sorts it the other way round."""

    key: str
    label: str
    is_figure: bool
    way: Way | None
    href: str | None


@router.get("/")
async def front_page(
    request: Request,
    asking: ForGroup,
    office: TheOffice,
    sort: Annotated[str, Query(max_length=20)] = "name",
    dir: Way = "asc",
) -> Response:
    """The page, or its changing part."""
    now = office.now()
    found = await office.ask(asking, overview, now, office.thresholds)
    words = office.words(request)
    sort = sort if sort in SORTS else "name"
    return office.page(
        request,
        "front",
        who=asking.name,
        group=found.group,
        org_id=asking.org_id,
        found=found,
        now=now,
        groups=[(group, tiles(group, words, now)) for group in found.currencies],
        lines=in_order(found, sort, dir),
        columns=columns(words, sort, dir),
        sparks={line.day.id: spark(line) for line in found.lines},
        changes={
            line.day.id: change(line.trade.sales_minor, line.before.sales_minor if line.before else None)
            for line in found.lines
        },
    )


def in_order(found: Overview, sort: str, way: Way) -> list[PropertyLine]:
    """The properties as the reader wants them; equals stay by name."""
    lines = sorted(found.lines, key=SORTS[sort], reverse=way == "desc")
    return sorted(lines, key=lambda line: line.day.currency) if sort in MONEY else lines


def columns(words: Words, sort: str, way: Way) -> list[Column]:
    """The table's headings."""
    _ = words.gettext
    labels = {
        "name": _("Property"),
        "sales": _("Sales"),
        "hours": _("By hour"),
        "taken": _("Money taken"),
        "orders": _("Orders"),
        "open": _("Open"),
        "check": _("Average check"),
        "node": _("Node"),
    }
    found = []
    for key, label in labels.items():
        current: Way | None = way if key == sort else None
        first: Way = "asc" if key in ("name", "node") else "desc"
        following: Way = ("asc" if current == "desc" else "desc") if current else first
        href = f"/?sort={key}&dir={following}#properties" if key in SORTS else None
        found.append(Column(key, label, key not in ("name", "hours", "node"), current, href))
    return found


def spark(line: PropertyLine) -> Bars:
    """The property's sales by hour, small."""
    return bars(line.trade.by_hour, first_hour=line.day.cut_off_hour, width=SPARK_WIDTH, height=SPARK_HEIGHT)
