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
    """Whole evenings begin first: the longest tests last would leave the other worker idle."""
    items.sort(key=lambda item: item.get_closest_marker("story") is None)
