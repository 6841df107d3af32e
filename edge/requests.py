"""Acts on what head office asked of this property: each fresh request's verb and its answer in one act.

So a request is done once, whatever happens between: a node that was killed finds it either answered or untouched. It
begins once the end of the feed was reached, since a database that was put back from a backup has to hear first what
its lost life had answered. Old requests wait for a person (`hospitality/requests/node_api.py`).
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial

import structlog

from edge.errand import AGAIN_SECONDS, Errand
from edge.host import EdgeHost
from hospitality.ground.errors import Unavailable
from hospitality.requests.loading import pending_requests, waiting_for_a_person
from hospitality.requests.service import answer_request, give_request_up

BATCH_MAX = 20
LOOK_SECONDS = 30.0  # without news, so that what grew old is counted
DATABASE_SECONDS = 30.0
log = structlog.get_logger(__name__)


class Requests:
    """The one that answers requests, on a thread of its own. `nudge` may be called from any thread.

    `caught_up` says whether the feed's end was reached since the start; `on_change` is called when the number of those
    that wait for a person is another.
    """

    def __init__(
        self,
        host: EdgeHost,
        *,
        caught_up: Callable[[], bool],
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        self._host = host
        self._caught_up = caught_up
        self._on_change = on_change
        self._errand = Errand("requests", self._turn)
        self.begun = False
        self.to_confirm = 0

    def start(self) -> None:
        """Begins, on a host that has started."""
        self._errand.start()

    def stop(self) -> None:
        """Finishes what is under way; to be called before the host stops."""
        self._errand.stop()

    def nudge(self) -> None:
        """Requests may have come, or the feed's end may have been reached."""
        self._errand.nudge()

    def now(self) -> datetime:
        """The time by which requests grow old: the node's."""
        return self._host.now()

    def step(self) -> float:
        """Answers the next BATCH_MAX fresh requests; how many seconds to rest then without news."""
        now = self.now()
        fresh = self._host.ask(partial(pending_requests, now=now, limit=BATCH_MAX)).result(DATABASE_SECONDS)
        system, act = self._host.system(), self._host.writer.act
        # queued together they share a commit, and the writer keeps their order
        promises = [(id, act(system, partial(answer_request, request_id=id, now=now))) for id in fresh]
        rest = 0.0 if len(fresh) == BATCH_MAX else LOOK_SECONDS
        for id, promise in promises:
            try:
                promise.result(DATABASE_SECONDS)
            except Unavailable as error:
                log.warning("request_not_answered", request_id=id, error=error.message)
                rest = AGAIN_SECONDS
            except Exception:  # whatever breaks one request must not hold up the others; nothing of it was kept
                log.exception("request_failed", request_id=id)
                act(system, partial(give_request_up, request_id=id, now=now)).result(DATABASE_SECONDS)
        return rest

    def _turn(self) -> float:
        self.begun = self.begun or self._caught_up()
        rest = self.step() if self.begun else LOOK_SECONDS
        self._count()
        return rest

    def _count(self) -> None:
        found = self._host.ask(partial(waiting_for_a_person, now=self.now())).result(DATABASE_SECONDS)
        if found != self.to_confirm:
            self.to_confirm = found
            self._on_change()
