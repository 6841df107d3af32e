"""What can happen to what a property says on paper."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hospitality.ground.journal import journal_kind


@journal_kind("paper.settings_changed")
@dataclass(frozen=True, slots=True)
class PaperSettingsChanged:
    """Texts, logo, languages or parts of slips were edited: before and after, a logo by its digest."""

    before: Mapping[str, Any]
    after: Mapping[str, Any]
