from collections.abc import Iterator

import pytest

from tests.cloud.headoffice import evenings
from tests.cloud_fixture import HeadOffice, head_office, migrated
from tests.postgres_fixture import Databases, TemplateFactory


def pytest_configure(config: pytest.Config) -> None:
    """Brings in the session's database and browser; harmless when the whole suite has them already."""
    config.pluginmanager.import_plugin("tests.postgres_fixture")
    config.pluginmanager.import_plugin("tests.browser_fixture")


@pytest.fixture(scope="session")
def running(
    postgres_databases: Databases,
    database_template: TemplateFactory,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[HeadOffice]:
    """One head office for all of these tests."""
    database = postgres_databases.make(migrated(database_template))
    with head_office(database, tmp_path_factory.mktemp("head-office")) as started:
        yield started
    postgres_databases.drop(database)


@pytest.fixture
def office(running: HeadOffice) -> HeadOffice:
    """A group of this test's own at the running head office."""
    return running.anew()


@pytest.fixture
def on_friday(running: HeadOffice) -> HeadOffice:
    """As `office`, at twenty to nine on a Friday evening in Windhoek."""
    return running.anew(now=evenings.friday)
