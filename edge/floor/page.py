"""Serves the floor plan at `/floor`: tables are drawn in the browser from `GET …/floor` and the node's events."""

from pathlib import Path

from fastapi import APIRouter

from edge.floor.texts import floor_texts
from edge.staff_page import StaffPageConfig, staff_page
from web.pages import Pages

TEMPLATES = {"floor": Path(__file__).parent}


def floor_plan(config: StaffPageConfig, pages: Pages) -> APIRouter:
    """The router with `GET /floor`; `pages` must know the folder in `TEMPLATES`."""
    return staff_page(config, pages, name="floor", texts=floor_texts)
