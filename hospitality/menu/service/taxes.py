"""Taxes: their rates, what stands in for one on what leaves the house, and what else the same is taxed at."""

from collections.abc import Mapping, Sequence
from typing import Any

from hospitality.ground.errors import Invalid
from hospitality.ground.statements import Reading
from hospitality.ground.texts import kept_name, set_text
from hospitality.ground.work import Work
from hospitality.menu import rules
from hospitality.menu.facts import TaxRateAdded, TaxRateChanged
from hospitality.menu.models import TaxRate
from hospitality.menu.reading import tax_rates_list
from hospitality.menu.service import MANAGE, check_known


def add_tax_rate(
    work: Work,
    *,
    name: str,
    rate_bp: int,
    included: bool,
    away_rate_id: str | None = None,
    with_rate_ids: Sequence[str] = (),
    compound: bool = False,
) -> dict[str, Any]:
    """Sets up a tax of `rate_bp` basis points, answering it as it is listed."""
    work.require(MANAGE)
    others = sorted(set(with_rate_ids))
    values = {
        "name": kept_name(name, what="tax"),
        "rate_bp": rules.check_rate(rate_bp),
        "included": included,
        "away_rate_id": away_rate_id,
        "with_rate_ids": others,
        "compound": compound,
    }
    _check_others(work, None, values)
    row = work.add(TaxRate, {**values, "with_rate_ids": set_text(others)})
    work.journal(TaxRateAdded(row["id"], rate_bp, included, away_rate_id, others, compound))
    return {"id": row["id"], **values}


def edit_tax_rate(work: Work, tax_rate_id: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Sets the fields given (away_rate_id, with_rate_ids, compound), each by itself.

    Head office's to say, as all of a rate is.
    """
    work.require(MANAGE)
    check_known(work, {"tax_rate_id": tax_rate_id})
    before = next(rate for rate in tax_rates_list(work) if rate["id"] == tax_rate_id)
    wanted = dict(fields)
    if "with_rate_ids" in wanted:
        wanted["with_rate_ids"] = sorted(set(wanted["with_rate_ids"]))
    _check_others(work, tax_rate_id, {**before, **wanted})
    after = {name: value for name, value in wanted.items() if before[name] != value}
    if after:
        stored = {"with_rate_ids": set_text(after["with_rate_ids"])} if "with_rate_ids" in after else {}
        work.edit(TaxRate, tax_rate_id, **{**after, **stored})
        work.journal(TaxRateChanged(tax_rate_id, {name: before[name] for name in after}, after))
    return {**before, **after}


def _check_others(reading: Reading, tax_rate_id: str | None, values: Mapping[str, Any]) -> None:
    """Raises unless the rates that one names can stand in for it, and beside it."""
    for id in (values["away_rate_id"], *values["with_rate_ids"]):
        check_known(reading, {"tax_rate_id": id})
    if tax_rate_id is not None and values["away_rate_id"] == tax_rate_id:
        raise Invalid("AWAY_RATE_INVALID", "A rate can't stand in for itself. Choose another, or none.")
    if tax_rate_id in values["with_rate_ids"] or len(values["with_rate_ids"]) >= rules.TAXES_MAX:
        raise Invalid(
            "FURTHER_RATES_INVALID",
            f"Name other rates than this one, {rules.TAXES_MAX - 1} at most.",
            with_rate_ids=values["with_rate_ids"],
        )
