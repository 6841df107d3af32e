"""Serves the print queue at `/slips`: slips are drawn in the browser from `GET …/print-jobs` and the node's status."""

from pathlib import Path

from fastapi import APIRouter

from edge.slips.texts import slips_texts
from edge.staff_page import StaffPageConfig, staff_page
from web.pages import Pages

TEMPLATES = {"slips": Path(__file__).parent}


def print_queue(config: StaffPageConfig, pages: Pages) -> APIRouter:
    """The router with `GET /slips`; `pages` must know the folder in `TEMPLATES`."""
    return staff_page(config, pages, name="slips", texts=slips_texts)
