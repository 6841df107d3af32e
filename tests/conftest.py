"""Fixtures that every folder of tests may ask for."""

import os

from hypothesis import settings

pytest_plugins = ["tests.postgres_fixture", "tests.browser_fixture"]

# a busy machine is no failure: nothing here asserts on time
settings.register_profile("house", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("house")
