"""What a property says on paper: known, and edited at the property or at head office."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from hospitality.ground.ids import derived_id
from hospitality.ground.statements import Reading
from hospitality.ground.texts import set_text, words_of
from hospitality.ground.work import Work
from hospitality.paper import rules
from hospitality.paper.facts import PaperSettingsChanged
from hospitality.paper.models import PaperSettings
from hospitality.properties.service import MANAGE

_SETTINGS = """
    SELECT language, kitchen_language, head, foot, feedback_link, logo, left_out, buzzes, receipt_link,
           alarm_after_seconds FROM paper_settings
    WHERE org_id = :org_id AND id = :id
"""
_UNSAID: dict[str, Any] = {
    "language": None,
    "kitchen_language": None,
    "head": None,
    "foot": None,
    "feedback_link": None,
    "logo": None,
    "left_out": [],
    "buzzes": False,
    "receipt_link": False,
    "alarm_after_seconds": rules.ALARM_SECONDS,
}


def paper_settings(reading: Reading) -> dict[str, Any]:
    """The property's settings of paper, as it ships where nothing was said.

    {language, kitchen_language, head, foot, feedback_link, logo (base64), left_out (of `rules.PARTS`), buzzes, receipt_link,
    alarm_after_seconds}.
    """
    row = reading.one(_SETTINGS, id=settings_id(reading))
    if row is None:
        return dict(_UNSAID)
    flags = {name: bool(row[name]) for name in ("buzzes", "receipt_link")}
    return {**row, **flags, "left_out": words_of(row["left_out"])}


def alarm_after_seconds(reading: Reading) -> int:
    """How long a kitchen's slip may be on no paper before screens cry it out."""
    sql = "SELECT alarm_after_seconds FROM paper_settings WHERE org_id = :org_id AND id = :id"
    return int(reading.value(sql, id=settings_id(reading)) or rules.ALARM_SECONDS)


def edit_paper_settings(work: Work, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Sets the fields given, each by itself; an empty text takes one back. The settings as they are then."""
    work.require(MANAGE)
    current = paper_settings(work)
    given = rules.checked(fields)
    after = {name: value for name, value in given.items() if current[name] != value}
    if not after:
        return current
    stored = {**after, **({"left_out": set_text(after["left_out"])} if "left_out" in after else {})}
    if work.one(_SETTINGS, id=settings_id(work)) is None:
        work.add(PaperSettings, {"id": settings_id(work), **_UNSAID, "left_out": "[]", **stored})
    else:
        work.edit(PaperSettings, settings_id(work), **stored)
    before = {name: current[name] for name in after}
    work.journal(PaperSettingsChanged(_told(before), _told(after)))
    return {**current, **after}


def settings_id(reading: Reading) -> str:
    """The id of the property's settings of paper."""
    return derived_id(reading.property_id, "paper_settings")


def _told(fields: Mapping[str, Any]) -> dict[str, Any]:
    """As the journal keeps them: of a logo, enough to tell it from others."""
    logo = fields.get("logo")
    return {**fields, "logo": sha256(logo.encode()).hexdigest()[:16]} if logo else dict(fields)
