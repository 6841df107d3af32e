"""Service charges by rule: a large party is charged when it orders, by the rule of that moment."""

from typing import Any

from hospitality.ground.errors import NotFound
from hospitality.ground.ids import new_id
from hospitality.ground.statements import Reading
from hospitality.ground.texts import kept_name
from hospitality.ground.work import Work
from hospitality.orders import rules
from hospitality.orders.facts import ServiceChargeRuleSet
from hospitality.orders.models import Adjustment, ServiceChargeRule
from hospitality.orders.rules import Adjusting

MANAGE = "menu.manage"
_RULES = """
    SELECT id, name, covers_min, percent_bp, active FROM service_charge_rules
    WHERE org_id = :org_id AND property_id = :property_id {which} ORDER BY covers_min DESC, id LIMIT 100
"""


def charge_by_rule(work: Work, order_id: str, covers: int, *, today: str) -> tuple[Adjusting, ...]:
    """Puts the charge of the rule for so many covers on a new order; nothing where no rule is for them."""
    rule = work.one(_RULES.format(which="AND active AND covers_min <= :covers"), covers=covers)
    if rule is None:
        return ()
    one = Adjusting(new_id(), "service_charge", percent_bp=rule["percent_bp"], name=rule["name"])
    row = {
        "id": one.id,
        "order_id": order_id,
        "line_id": None,
        "kind": one.kind,
        "name": one.name,
        "percent_bp": one.percent_bp,
        "amount_minor": None,
        "rule_id": rule["id"],
        "reason": None,
        "person_id": work.caller.person_id,
        "approver_id": None,
        "terminal_id": work.caller.terminal_id,
        "at": work.now_text,
        "business_date": today,
    }
    work.add(Adjustment, row)
    return (one,)


def charge_rules(reading: Reading) -> dict[str, Any]:
    """{items}: the property's rules, those for the largest parties first."""
    return {"items": [_shown(row) for row in reading.rows(_RULES.format(which=""))]}


def add_charge_rule(work: Work, *, name: str, covers_min: int, percent_bp: int) -> dict[str, Any]:
    """Sets a rule: {id, name, covers_min, percent_bp, active}."""
    work.require(MANAGE)
    rules.check_charge_rule(covers_min, percent_bp)
    values = {"name": kept_name(name, what="service charge"), "covers_min": covers_min, "percent_bp": percent_bp}
    row = work.add(ServiceChargeRule, {**values, "active": True})
    work.journal(ServiceChargeRuleSet(row["id"], covers_min, percent_bp, active=True))
    return _shown(row)


def end_charge_rule(work: Work, rule_id: str) -> dict[str, Any]:
    """Stops charging by a rule; what was charged by it stays. Ending it again changes nothing."""
    work.require(MANAGE)
    row = work.one(_RULES.format(which="AND id = :id"), id=rule_id)
    if row is None:
        raise NotFound.of("service charge rule", rule_id)
    if row["active"]:
        work.edit(ServiceChargeRule, rule_id, active=False)
        work.journal(ServiceChargeRuleSet(rule_id, row["covers_min"], row["percent_bp"], active=False))
    return {**_shown(row), "active": False}


def _shown(row: Any) -> dict[str, Any]:
    found = {name: row[name] for name in ("id", "name", "covers_min", "percent_bp")}
    return {**found, "active": bool(row["active"])}
