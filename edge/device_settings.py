"""What may be set of a device and its line: the same question for what prints and for all else."""

from collections.abc import Mapping, Sequence
from typing import Any

from hospitality.ground.errors import Invalid


def check_settings(said: Mapping[str, Any], may_be: Mapping[str, Sequence[Any]]) -> None:
    """Raises Invalid DEVICE_SETTING_INVALID, which tells what may be set and to what."""
    for name, value in said.items():
        if name not in may_be or value not in may_be[name]:
            known = "; ".join(f"{name}: {_listed(values)}" for name, values in may_be.items())
            raise Invalid("DEVICE_SETTING_INVALID", f"A device can be set so: {known}.", setting=name, value=value)


def _listed(values: Sequence[Any]) -> str:
    return f"{values[0]} to {values[-1]}" if isinstance(values, range) else ", ".join(map(str, values))
