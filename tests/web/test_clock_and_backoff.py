"""The small modules under the live connection, run in the browser that they are written for."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page
from starlette.applications import Starlette

from tests.serving import serve
from web.pages import Pages


@pytest.fixture
def modules(page: Page) -> Iterator[Page]:
    """A page from which the static modules can be imported."""
    app = Starlette()
    Pages({}).mount(app)
    with serve(app) as url:
        page.goto(f"{url}/static/mark.svg")
        yield page


def run(page: Page, script: str, argument: object = None) -> Any:
    return page.evaluate(script, argument)


def test_the_node_s_time_is_anchored_to_the_message_with_the_shortest_way(modules: Page) -> None:
    now = run(
        modules,
        """async () => {
          const { ServerClock } = await import("/static/clock.js");
          let monotonic = 0;
          const clock = new ServerClock({ monotonic: () => monotonic, wall: () => 0 });
          const start = Date.parse("2026-11-22T18:00:00.000Z");
          for (const [at, sent] of [[900, 0], [2010, 2000], [4700, 4000]]) {
            monotonic = at;
            clock.hear(new Date(start + sent).toISOString());
          }
          monotonic = 10_000;
          return [clock.now() - start, clock.skew() + clock.now()];
        }""",
    )
    assert now == [9990, 0]


def test_a_clock_that_heard_nothing_uses_its_own_and_ignores_nonsense(modules: Page) -> None:
    now = run(
        modules,
        """async () => {
          const { ServerClock } = await import("/static/clock.js");
          const clock = new ServerClock({ monotonic: () => 5, wall: () => 77 });
          clock.hear("yesterday");
          return clock.now();
        }""",
    )
    assert now == 77


def test_waits_grow_are_spread_over_the_whole_span_and_start_again_after_a_good_link(modules: Page) -> None:
    waits = run(
        modules,
        """async () => {
          const { Backoff } = await import("/static/backoff.js");
          const worst = new Backoff({ random: () => 1 });
          const longest = Array.from({ length: 8 }, () => worst.next());
          worst.reset();
          longest.push(worst.next());
          const best = new Backoff({ random: () => 0 });
          return [longest, Array.from({ length: 3 }, () => best.next())];
        }""",
    )
    assert waits == [[250, 500, 1000, 2000, 4000, 5000, 5000, 5000, 250], [100, 100, 100]]


def test_a_length_of_time_can_be_read_from_afar(modules: Page) -> None:
    written = run(
        modules,
        """async () => {
          const { duration } = await import("/static/sign.js");
          return [-5, 0, 35_400, 724_000, 3_905_000].map(duration);
        }""",
    )
    assert written == ["0:00", "0:00", "0:35", "12:04", "1:05:05"]
