"""Which kitchen screens are heard, and who stands in for a station whose screens are not."""

from edge.screens.screens import Screens

__all__ = ["Screens"]
