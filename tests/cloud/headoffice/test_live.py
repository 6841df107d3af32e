import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx2
import pytest

from cloud.headoffice import live
from tests.cloud_fixture import ANSWER_MAX_SECONDS, HeadOffice, There, head_office, migrated
from tests.postgres_fixture import Databases, TemplateFactory

EVENTS_MAX = 200


@contextmanager
def listening(office: HeadOffice, path: str = "/live") -> Iterator[Iterator[str]]:
    """The names of the stream's events as they come; the first news of it is taken."""
    headers = {"Authorization": f"Bearer {office.token}"}
    with office.client(headers=headers) as client, client.stream("GET", path) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        events = names(answer)
        assert [next(events), next(events)] == ["hello", "news"]
        yield events


def names(answer: httpx2.Response) -> Iterator[str]:
    name = ""
    for line in answer.iter_lines():
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            assert json.loads(line.removeprefix("data: "))["server_time"].endswith("Z")
            yield name


def until(events: Iterator[str], wanted: str) -> list[str]:
    """What came before the wanted event."""
    before: list[str] = []
    ends = time.monotonic() + ANSWER_MAX_SECONDS
    for name in events:
        if name == wanted:
            return before
        before.append(name)
        assert len(before) < EVENTS_MAX
        assert time.monotonic() < ends, f"{wanted} never came"
    raise AssertionError(f"the stream ended before {wanted}")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The stream's pace, quicker."""
    monkeypatch.setattr(live, "BEAT_SECONDS", 0.4)
    monkeypatch.setattr(live, "NEWS_SECONDS_MIN", 0.2)


@pytest.fixture
def there(office: HeadOffice) -> There:
    return office.add_property("Harbour House")


def test_what_a_node_pushes_is_news(office: HeadOffice, there: There) -> None:
    with listening(office) as events:
        until(events, "beat")
        office.sell(there, [("Burger", 1, 10000)])
        assert set(until(events, "news")) <= {"beat"}


def test_what_head_office_writes_is_news(office: HeadOffice, there: There) -> None:
    with listening(office) as events:
        until(events, "beat")
        office.add_property("Dune Lodge")
        assert set(until(events, "news")) <= {"beat"}


def test_a_property_that_joins_is_listened_to_as_well(office: HeadOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "AGAIN_SECONDS", 0.5)
    with listening(office) as events:
        fresh = office.add_property("Dune Lodge")
        # from then on its own scope is heard; every round tells news once by itself
        until(events, "news")
        office.sell(fresh, [("Burger", 1, 10000)])
        until(events, "news")


def test_a_burst_is_told_no_oftener_than_its_pace(office: HeadOffice, there: There) -> None:
    with listening(office) as events:
        begun = time.monotonic()
        for _ in range(30):
            office.sell(there, [("Burger", 1, 10000)])
        told = until(events, "beat").count("news")
        assert 1 <= told <= (time.monotonic() - begun) / live.NEWS_SECONDS_MIN + 1


def test_another_groups_or_propertys_news_wakes_nobody(office: HeadOffice, there: There) -> None:
    other = office.another_group()
    elsewhere, beside = other.add_property("Elsewhere"), office.add_property("Dune Lodge")
    with listening(office, f"/live?property={there.id}") as events:
        until(events, "beat")
        other.sell(elsewhere, [("Burger", 1, 10000)])
        office.sell(beside, [("Burger", 1, 10000)])
        assert until(events, "beat") == []
        office.sell(there, [("Burger", 1, 10000)])
        until(events, "news")


def test_a_stream_ends_with_its_session(office: HeadOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "AGAIN_SECONDS", 0.2)
    with listening(office) as events:
        with office.client(headers={"Authorization": f"Bearer {office.token}"}) as client:
            assert client.delete("/api/v1/sessions").status_code == 204
        until(events, "out")
        assert list(events) == []


def test_a_server_that_stops_ends_the_streams_of_open_pages(
    postgres_databases: Databases, database_template: TemplateFactory, tmp_path: Path
) -> None:
    database = postgres_databases.make(migrated(database_template))
    with ExitStack() as pages:
        with head_office(database, tmp_path) as office:
            events = pages.enter_context(listening(office))
        # leaving the block waits for the server, which does not wait for the page
        assert "out" not in list(events)
    postgres_databases.drop(database)


def test_one_session_has_a_bounded_number_of_streams(office: HeadOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "STREAMS_PER_SESSION_MAX", 1)
    with listening(office):
        answer = office.get("/live")
        assert (answer.status_code, answer.json()["error"]["code"]) == (429, "TOO_MANY_PAGES")
    ends = time.monotonic() + ANSWER_MAX_SECONDS
    while True:
        # the place is free again once the server has seen the stream go
        assert time.monotonic() < ends
        try:
            with listening(office):
                break
        except AssertionError:
            continue
