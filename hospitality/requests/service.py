"""Asking (head office's verb) and answering (the node's and its people's).

An answer is written in the act that does what was asked, so that it is done once however often it is tried: the row
that says so and what it says were durable together. A request that is old waits for a person (R22).
"""

from datetime import datetime, timedelta
from typing import Any

import msgspec

from hospitality.ground.clock import instant_text
from hospitality.ground.errors import Refused
from hospitality.ground.ids import derived_id
from hospitality.ground.texts import kept_text
from hospitality.ground.work import Caller, Work
from hospitality.orders.service import PLACE
from hospitality.properties.service import current_business_date
from hospitality.requests import rules
from hospitality.requests.facts import RequestAnswered, RequestMade
from hospitality.requests.loading import LoadedRequest, load_request
from hospitality.requests.models import Request, RequestAnswer
from hospitality.requests.reading import request_view
from hospitality.requests.verbs import Requestable, requestable

CONFIRM = PLACE


def make_request(
    work: Work,
    asked: Requestable,
    arguments: str,
    *,
    confirm_after: timedelta = rules.CONFIRM_AFTER,
    expire_after: timedelta = rules.EXPIRE_AFTER,
) -> dict[str, Any]:
    """Asks the property to run a verb: {request_id, state, follow}, the last the path at which to ask for its answer.

    arguments: as `asked.written` has them. Who may not run the verb may not ask for it either.
    """
    work.require(asked.needs)
    rules.check_arguments(arguments)
    row = work.add(
        Request,
        {
            "verb": asked.name,
            "arguments": arguments,
            "permissions": msgspec.json.encode(sorted(one for one in asked.may if work.caller.may(one))).decode(),
            "asked_by": work.caller.person_id,
            "asked_at": work.now_text,
            "confirm_at": instant_text(work.now + confirm_after),
            "expires_at": instant_text(work.now + expire_after),
        },
    )
    work.journal(RequestMade(row["id"], asked.name))
    follow = f"/api/v1/properties/{work.property_id}/requests/{row['id']}"
    return {"request_id": row["id"], "state": "pending", "follow": follow}


def answer_request(work: Work, request_id: str, *, now: datetime) -> bool:
    """Acts on a request that is still fresh, and answers it; False when it was answered, or waits for a person."""
    found = load_request(work, request_id)
    if found.state(now) != "pending":
        return False
    _answer_by_acting(work, found)
    return True


def confirm_request(work: Work, request_id: str, *, now: datetime) -> dict[str, Any]:
    """A person at the property has it done, old or not: the request as it is then, refused where the verb was.

    It is done in the name and with the permissions of who asked. Doing it twice is doing it once.
    """
    work.require(CONFIRM)
    found = load_request(work, request_id)
    state = found.state(now)
    if state != "accepted":
        rules.check_open(state)
        _answer_by_acting(work, found)
    return request_view(work, request_id, now=now)


def refuse_request(work: Work, request_id: str, *, reason: str | None = None, now: datetime) -> dict[str, Any]:
    """A person at the property declines it: the request as it is then. Doing it twice is doing it once."""
    work.require(CONFIRM)
    found = load_request(work, request_id)
    state = found.state(now)
    if state != "refused":
        rules.check_open(state)
        why = kept_text(reason, what="reason", length_max=rules.REASON_LENGTH_MAX)
        _refuse(work, found, Refused("DECLINED", why or "The property declined this. Ask there."))
    return request_view(work, request_id, now=now)


def give_request_up(work: Work, request_id: str, *, now: datetime) -> bool:
    """Answers a request that broke down in the doing, of which nothing was kept; False when it has an answer."""
    found = load_request(work, request_id)
    if found.state(now) != "pending":
        return False
    _refuse(work, found, Refused("REQUEST_FAILED", "The property's node failed at this. Ask there; its log says why."))
    return True


def _answer_by_acting(work: Work, found: LoadedRequest) -> None:
    try:
        asked = requestable(found.row["verb"])
        with work.part(_asker(work, found, asked)):
            answer = asked.run(work, found.row["arguments"])
    except Refused as error:
        _refuse(work, found, error)
    else:
        _answer(work, found, accepted=True, answer=answer)


def _asker(work: Work, found: LoadedRequest, asked: Requestable) -> Caller:
    """Who asked, with what they may of what the verb uses; at the confirming person's terminal if there is one."""
    carried = frozenset(msgspec.json.decode(found.row["permissions"], type=list[str]))
    may = carried & asked.may
    return Caller(work.org_id, work.property_id, found.row["asked_by"], work.caller.terminal_id, may, absent=True)


def _refuse(work: Work, found: LoadedRequest, error: Refused) -> None:
    _answer(work, found, accepted=False, answer=error.details, code=error.code, message=error.message)


def _answer(
    work: Work,
    found: LoadedRequest,
    *,
    accepted: bool,
    answer: dict[str, Any],
    code: str | None = None,
    message: str | None = None,
) -> None:
    row = {
        "id": derived_id(found.id, "answer"),
        "request_id": found.id,
        "accepted": accepted,
        "code": code,
        "message": message,
        "answer": msgspec.json.encode(answer).decode(),
        "answered_by": work.caller.person_id,
        "terminal_id": work.caller.terminal_id,
        "answered_at": work.now_text,
        "business_date": current_business_date(work),
    }
    work.add(RequestAnswer, row)
    work.journal(RequestAnswered(found.id, found.row["verb"], accepted, code))
