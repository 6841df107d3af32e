"""The floor plan: tables with their states, and the drawing of them."""

from edge.floor.page import TEMPLATES, FloorConfig, floor_plan

__all__ = ["TEMPLATES", "FloorConfig", "floor_plan"]
