"""The kitchen screen: a page per station that lives on the node's tickets and events."""

from edge.kds.page import TEMPLATES, KitchenScreenConfig, KitchenTerminal, Station, kitchen_screen

__all__ = ["TEMPLATES", "KitchenScreenConfig", "KitchenTerminal", "Station", "kitchen_screen"]
