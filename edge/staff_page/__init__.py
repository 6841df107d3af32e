"""What the pages of staff share: who may open them, signing in by PIN, the switches in their heads."""

from edge.staff_page.page import CATALOGUES, TEMPLATES, StaffPageConfig, staff_page

__all__ = ["CATALOGUES", "TEMPLATES", "StaffPageConfig", "staff_page"]
