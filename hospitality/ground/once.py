"""Running a verb once for its idempotency key, inside the unit of work; both hosts use it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec

from hospitality.ground.clock import instant_text
from hospitality.ground.errors import Refused
from hospitality.ground.host import KEPT_HOURS, Answer, KeptAnswer, Once
from hospitality.ground.work import Work

DONE, REQUESTED = 201, 202


# one key in 256 pays for forgetting the old ones, so that no act needs a job beside it
FORGETTING = "00"
_FORGET = "DELETE FROM kept_answers WHERE org_id = :org_id AND at < :before"


def run_once(work: Work, once: Once | None, verb: Callable[[Work], Any], *, requests: bool = False) -> Answer:
    """Runs the verb and keeps its answer under the key, or gives the answer that was kept.

    requests: whether the verb only asks the property to act. Raises Refused IDEMPOTENCY_KEY_REUSED when the key came
    with another body before.
    """
    if once is None:
        return Answer(msgspec.json.encode(verb(work)), requested=requests)
    kept = work.one("SELECT body_hash, status, body FROM kept_answers WHERE org_id = :org_id AND id = :id", id=once.id)
    if kept is not None:
        if kept["body_hash"] != once.body_hash:
            raise Refused(
                "IDEMPOTENCY_KEY_REUSED",
                "This Idempotency-Key was used for another request. Use a new key for a new request.",
            )
        return Answer(kept["body"].encode(), replayed=True, requested=kept["status"] == REQUESTED)
    body = msgspec.json.encode(verb(work))
    if once.id.startswith(FORGETTING):
        work.run(_FORGET, before=instant_text(work.now - timedelta(hours=KEPT_HOURS)))
    row = {
        "id": once.id,
        "at": work.now_text,
        "body_hash": once.body_hash,
        "status": REQUESTED if requests else DONE,
        "body": body.decode(),
    }
    work.add(KeptAnswer, row)
    return Answer(body, requested=requests)
