"""Fixtures that every folder of tests may ask for."""

import os
import re

import pytest
from hypothesis import settings

pytest_plugins = ["tests.postgres_fixture", "tests.browser_fixture"]

# a busy machine is no failure: nothing here asserts on time
settings.register_profile("house", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("house")

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def pytest_make_parametrize_id(val: object) -> str | None:
    """Leaves fresh ids out of tests' names, which must be the same in every worker."""
    return _UUID.sub("id", val) if isinstance(val, str) and _UUID.search(val) else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that share what their module starts (a browser, head office) go to one worker, which starts it once.

    They are given out before the others, the largest modules first; so what is left at the end is single tests, and no
    worker idles beside a long one. Of these, whole evenings begin first.
    """
    for item in items:
        if item.get_closest_marker("xdist_group") is None and _shares_with_its_module(item):
            item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))
    items.sort(key=lambda item: item.get_closest_marker("story") is None)


def _shares_with_its_module(item: pytest.Item) -> bool:
    if not isinstance(item, pytest.Function):
        return False
    return any(found[-1].scope == "module" for found in item._fixtureinfo.name2fixturedefs.values())
