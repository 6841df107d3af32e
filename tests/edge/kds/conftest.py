from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.edge.kds.node_double import KitchenNode


@pytest.fixture
def node() -> Iterator[KitchenNode]:
    """A node with an empty kitchen."""
    with KitchenNode() as running:
        yield running


@pytest.fixture
def screen(page: Page, node: KitchenNode) -> Page:
    """The grill's kitchen screen, enrolled and live."""
    page.goto(node.enrol_url)
    page.locator("[data-sign][data-state=online]").wait_for()
    return page
