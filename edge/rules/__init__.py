"""What holds at some times as a manager sets it up: prices, serving periods, routes, promotions; and cards taken offline."""

from edge.rules.page import TEMPLATES, rules_page

__all__ = ["TEMPLATES", "rules_page"]
