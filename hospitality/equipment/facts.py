"""What can happen to devices by people's hands; how they are is told by `device_states`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hospitality.ground.journal import journal_kind


@journal_kind("equipment.device_added")
@dataclass(frozen=True, slots=True)
class DeviceAdded:
    """Somebody set up a device."""

    device_id: str
    device_kind: str
    address: str


@journal_kind("equipment.drawer_asked")
@dataclass(frozen=True, slots=True)
class DrawerAsked:
    """Somebody had a cash drawer opened for no sale; the reason stands in the entry."""

    device_id: str


@journal_kind("equipment.device_changed")
@dataclass(frozen=True, slots=True)
class DeviceChanged:
    """A device was edited, replaced by another at its place, or taken away: the fields before and after."""

    device_id: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
