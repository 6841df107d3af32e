from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cloud_fixture import HeadOffice, head_office, migrated
from tests.postgres_fixture import DatabaseFactory, TemplateFactory


def pytest_configure(config: pytest.Config) -> None:
    """Brings in the session's database and browser; harmless when the whole suite has them already."""
    config.pluginmanager.import_plugin("tests.postgres_fixture")
    config.pluginmanager.import_plugin("tests.browser_fixture")


@pytest.fixture
def office(database: DatabaseFactory, database_template: TemplateFactory, tmp_path: Path) -> Iterator[HeadOffice]:
    """A running head office with one group and its owner."""
    with head_office(database(template=migrated(database_template)), tmp_path) as running:
        yield running
