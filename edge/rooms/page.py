"""Serves the rooms at `/rooms`: drawn in the browser from what the node answers and tells."""

from pathlib import Path

from fastapi import APIRouter

from edge.rooms.texts import rooms_texts
from edge.staff_page import StaffPageConfig, staff_page
from web.pages import Pages

TEMPLATES = {"rooms": Path(__file__).parent}


def rooms_page(config: StaffPageConfig, pages: Pages) -> APIRouter:
    """The router with `GET /rooms`; `pages` must know the folder in `TEMPLATES`."""
    return staff_page(config, pages, name="rooms", texts=rooms_texts)
