"""Serves the order queue at `/queue`: orders are drawn in the browser from `GET …/queue` and the node's events."""

from pathlib import Path

from fastapi import APIRouter

from edge.queue.texts import queue_texts
from edge.staff_page import StaffPageConfig, staff_page
from web.pages import Pages

TEMPLATES = {"queue": Path(__file__).parent}


def order_queue(config: StaffPageConfig, pages: Pages) -> APIRouter:
    """The router with `GET /queue`; `pages` must know the folder in `TEMPLATES`."""
    return staff_page(config, pages, name="queue", texts=queue_texts)
