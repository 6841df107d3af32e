"""Serves the rules at `/rules`: drawn in the browser from `GET …/menu-rules`, the house rules and the cards taken offline."""

from pathlib import Path

from fastapi import APIRouter

from edge.rules.texts import rules_texts
from edge.staff_page import StaffPageConfig, staff_page
from web.pages import Pages

TEMPLATES = {"rules": Path(__file__).parent}


def rules_page(config: StaffPageConfig, pages: Pages) -> APIRouter:
    """The router with `GET /rules`; `pages` must know the folder in `TEMPLATES`."""
    return staff_page(config, pages, name="rules", texts=rules_texts)
