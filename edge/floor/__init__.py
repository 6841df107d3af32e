"""The floor plan: tables with their states, and the drawing of them."""

from edge.floor.page import TEMPLATES, floor_plan

__all__ = ["TEMPLATES", "floor_plan"]
