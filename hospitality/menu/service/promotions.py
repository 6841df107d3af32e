"""Promotions: what is taken off orders by itself, as it is set up and as orders ask for it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from hospitality.ground.errors import NotFound
from hospitality.ground.ids import version_of
from hospitality.ground.statements import Found, Reading
from hospitality.ground.texts import words_of
from hospitality.ground.work import Work
from hospitality.menu import models
from hospitality.menu.facts import PromotionAdded, PromotionChanged, PromotionRemoved
from hospitality.menu.hours import Period, hours_of
from hospitality.menu.periods import periods_of
from hospitality.menu.promotions import TERMS, Promotion, check_promotion, is_complete
from hospitality.menu.service.occasions import Kind, add_rule, edit_rule, remove_rule

SETS = ("item_ids", "category_ids", "weekdays", "period_ids")
PROMOTION_FIELDS = ("name", "kind", *TERMS, *SETS, "channel", "area_id", "from_time", "to_time", "active")
PROMOTIONS_MAX = 200
_ON = "on"
_PROMOTIONS = f"""
    SELECT id, {", ".join(PROMOTION_FIELDS)} FROM promotions
    WHERE org_id = :org_id AND property_id = :property_id AND NOT _deleted
"""


def promotions_list(reading: Reading) -> list[dict[str, Any]]:
    """The promotions by name (`PROMOTION_FIELDS`)."""
    rows = reading.rows(f"{_PROMOTIONS} ORDER BY name, id LIMIT :limit", limit=PROMOTIONS_MAX)
    return [_shown(row) for row in rows]


def promotion_view(reading: Reading, promotion_id: str) -> dict[str, Any]:
    """One promotion; NotFound when the property has none of that id."""
    row = reading.one(f"{_PROMOTIONS} AND id = :id", id=promotion_id)
    if row is None:
        raise NotFound.of("promotion", promotion_id)
    return _shown(row)


def has_promotions(reading: Reading) -> bool:
    """Whether the property ever set one up."""
    sql = "SELECT 1 FROM promotions WHERE org_id = :org_id AND property_id = :property_id LIMIT 1"
    return reading.value(sql) is not None


def promotions_on(reading: Reading) -> Sequence[Promotion]:
    """Those that don't rest, the first made first."""
    return reading.cached(_promotions_on, (_ON,))[_ON]


def _promotions_on(reading: Reading, keys: Collection[str]) -> dict[str, tuple[Promotion, ...]]:
    rows = reading.rows(f"{_PROMOTIONS} AND active ORDER BY id LIMIT :limit", limit=PROMOTIONS_MAX)
    named = {id for row in rows for id in words_of(row["period_ids"])}
    periods = periods_of(reading, named) if named else {}
    return {_ON: tuple(_on(rows, periods))}


_KIND = Kind(
    "promotion",
    models.Promotion,
    PROMOTION_FIELDS,
    promotion_view,
    check_promotion,
    PromotionAdded,
    PromotionChanged,
    PromotionRemoved,
    names={
        "item_ids": "menu_item_id",
        "category_ids": "category_id",
        "period_ids": "period_id",
        "area_id": "area_id",
    },
    sets=SETS,
)


def add_promotion(work: Work, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Sets up a promotion (`PROMOTION_FIELDS`), answering it as it is listed."""
    return add_rule(work, _KIND, fields)


def edit_promotion(
    work: Work, promotion_id: str, fields: Mapping[str, Any], *, version: str | None = None
) -> dict[str, Any]:
    """Sets the fields given, each by itself, and of a set each element by itself; its kind stays.

    An open order has it as it is then once it changes; one that is settled keeps what it had.
    """
    return edit_rule(work, _KIND, promotion_id, fields, version=version)


def remove_promotion(work: Work, promotion_id: str, *, version: str | None = None) -> dict[str, Any]:
    """Takes a promotion away for good, answering it as it was."""
    return remove_rule(work, _KIND, promotion_id, version=version)


def _shown(row: Found) -> dict[str, Any]:
    shown = {**dict(row), "active": bool(row["active"]), **{name: words_of(row[name]) for name in SETS}}
    return {**shown, "version": version_of(shown)}


def _on(rows: Iterable[Found], periods: Mapping[str, Period]) -> Iterable[Promotion]:
    for row in rows:
        hours, bound = hours_of(row, words_of(row["weekdays"])), words_of(row["period_ids"])
        within = tuple(periods[id] for id in bound if id in periods)
        if hours is None or not is_complete(row) or (bound and not within):
            continue  # no verb leaves it so, edits made apart may: an order pays its prices rather than less for ever
        yield Promotion(
            row["id"],
            row["name"],
            row["kind"],
            hours,
            frozenset(words_of(row["item_ids"])),
            frozenset(words_of(row["category_ids"])),
            **{name: row[name] or 0 for name in TERMS},
            channel=row["channel"],
            area_id=row["area_id"],
            periods=within,
        )
