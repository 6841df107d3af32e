"""What can happen to a property: it joins its organisation, and its business days open and close."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hospitality.ground.journal import journal_kind


@journal_kind("properties.organisation_added")
@dataclass(frozen=True, slots=True)
class OrganisationAdded:
    """A group began."""

    organisation_id: str


@journal_kind("properties.property_added")
@dataclass(frozen=True, slots=True)
class PropertyAdded:
    """A property joined its group."""

    added_property_id: str


@journal_kind("properties.node_revoked")
@dataclass(frozen=True, slots=True)
class NodeRevoked:
    """Head office let a property's machine do nothing any more; the entry's reason says why."""

    node_id: str
    node_code: str
    of_property_id: str


@journal_kind("properties.business_day_opened")
@dataclass(frozen=True, slots=True)
class BusinessDayOpened:
    """What is sold from here on belongs to `date`."""

    date: str


@journal_kind("properties.business_day_closed")
@dataclass(frozen=True, slots=True)
class BusinessDayClosed:
    """Nothing more is booked to `date`."""

    date: str


@journal_kind("properties.house_rules_changed")
@dataclass(frozen=True, slots=True)
class HouseRulesChanged:
    """How the property handles money and days was edited: before and after."""

    before: Mapping[str, Any]
    after: Mapping[str, Any]
