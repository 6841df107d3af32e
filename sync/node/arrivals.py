"""What comes from the hub goes into the node's rows: pages of a feed and chunks of rows, in slices short enough that a till
never waits, each with the cursor and the clock's high-water mark in the same transaction."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sync.clock import HybridClock
from sync.node.apply import Applied, apply_page, slices
from sync.node.cursors import cursors_of
from sync.node.outbox import put
from sync.node.store import Store
from sync.node.take import Taken
from sync.schema import Schema
from sync.wire import Page


@dataclass
class Arrivals:
    """`changed` is told which tables something came for; `greet` has the hub greeted anew."""

    store: Store
    schema: Schema
    clock: HybridClock
    changed: Callable[[frozenset[str]], None]
    greet: Callable[[], None]
    slice_entries: int
    slice_changes: int

    def take(self, job: Callable[[Any], Taken | None]) -> None:
        """Rows as they stand, taken by the job."""

        def whole(connection: Any) -> Taken | None:
            done = job(connection)
            if done is not None:
                self._saw(connection, done.hlc)
            return done

        taken = self.store.write(whole)
        if taken is not None and taken.tables:
            self.changed(taken.tables)

    def page(self, page: Page, epoch: int) -> None:
        """A page that was asked for in this epoch."""
        if epoch not in (0, page.epoch):  # the hub was put back: what this node knows is of another history
            if self.store.read(lambda c: cursors_of(c, [page.scope]))[page.scope][1] == epoch:
                self.greet()
            return
        if page.to == page.after and page.epoch == epoch and not page.seal:
            return  # nothing new, and nothing to write down
        for part in slices(page, self.slice_entries, self.slice_changes):
            done: Applied = self.store.write(lambda c, p=part: self._slice(c, p))  # type: ignore[misc]
            if done.tables:
                self.changed(done.tables)

    def _slice(self, connection: Any, part: Page) -> Applied:
        done = apply_page(connection, self.schema, part, self.store.errors)
        if part.entries:
            self._saw(connection, done.hlc)
        return done

    def _saw(self, connection: Any, hlc: int) -> None:
        # kept with what was seen, so that after a restart an edit of it is later still
        self.clock.observe(hlc)
        put(connection, "high", str(self.clock.high))
