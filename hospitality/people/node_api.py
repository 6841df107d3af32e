"""PINs, sessions and terminals over HTTP: only a node serves these.

A request that repeats its Idempotency-Key gets its first answer, the token or code in it included, though these are
kept nowhere: they are made again from the key under the device's secret (`proofs.seed`). The body's hash is kept under
that secret too, since a PIN is in it.
"""

import hmac
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Annotated, Any

import msgspec
import segno
from fastapi import APIRouter, Request, Response
from pydantic import Field

from hospitality.ground.errors import Unauthorised
from hospitality.ground.host import Answer, Once
from hospitality.ground.http import Asking, ErrorEnvelope, Id, IdText, Shape, act, host_of, json_answer, once_of, read
from hospitality.ground.statements import Reading
from hospitality.ground.work import Caller
from hospitality.people.api import PersonShape
from hospitality.people.asking import Reader
from hospitality.people.proofs import code_hash_of, hash_of, new_code, new_token, seed
from hospitality.people.rules import check_pin
from hospitality.people.service.pins import begin_attempt, end_attempt, issue_pin_code, set_pin
from hospitality.people.service.sessions import open_session, sign_out
from hospitality.people.service.terminals import enrol_terminal, issue_terminal_code, revoke_terminal, terminals_of
from hospitality.people.settings import PeopleSettings, people_settings

router = APIRouter(
    prefix="/api/v1/properties/{property_id}", tags=["people"], responses={"4XX": {"model": ErrorEnvelope}}
)
enrol_router = APIRouter(prefix="/api/v1/terminals", tags=["terminals"], responses={"4XX": {"model": ErrorEnvelope}})
Presence = Callable[[str], tuple[bool | None, str | None]]
"""By a terminal's id whether it listens, and when it last did; a host that knows puts it at `app.state.presence`."""
CodeText = Annotated[str, Field(max_length=40)]


class PinChoice(Shape):
    """A one-time code and the PIN to set with it."""

    code: CodeText
    pin: str


class PinOwner(Shape):
    """Whose PIN was set."""

    person_id: str


class PinCodeRequest(Shape):
    """Who shall set a PIN."""

    person_id: IdText


class CodeShape(Shape):
    """A one-time code to hand over."""

    code: str
    expires_at: str


class SignIn(Shape):
    """A person at this terminal."""

    person_id: IdText
    pin: str


class SignedInShape(Shape):
    """A session: its token, who it is, what they may do, and until when."""

    token: str
    person: PersonShape
    permissions: list[str]
    expires_at: str


class NothingMore(Shape):
    """It is done."""


class NewTerminal(Shape):
    """A screen to enrol; kind is till, kitchen or room, which one of `room_id` is."""

    name: str
    kind: str
    station_id: IdText | None = None
    room_id: IdText | None = None


class TerminalCode(CodeShape):
    """A one-time code for a screen; a browser opens the link instead of typing it. `qr`: the link's QR code, `1` is dark."""

    link: str
    qr: list[str]


class TerminalShape(Shape):
    """An enrolled screen; whether it listens now, and when one that does not was last heard of."""

    id: str
    name: str
    kind: str
    station_id: str | None
    room_id: str | None
    online: bool | None
    last_heard_at: str | None


class Terminals(Shape):
    """The property's screens."""

    items: list[TerminalShape]


class Enrolment(Shape):
    """A screen shows its code."""

    code: CodeText
    name: str | None = None


class Enrolled(Shape):
    """The screen's own token and what it is."""

    terminal_id: str
    name: str
    kind: str
    station_id: str | None
    token: str
    property_id: str
    property_name: str


@router.post("/pins", status_code=201, response_model=PinOwner)
async def choose_pin(request: Request, asking: Asking, choice: PinChoice) -> Response:
    """Sets a PIN of 4 to 12 digits (6 and more for managers) by a one-time code."""
    check_pin(choice.pin)
    settings = node_settings(request)
    once = await keyed_once(request, asking, settings)
    verifier = await settings.pin_hash(choice.pin)
    answer = await host_of(request).act_once(
        asking, once, set_pin, code_hash=code_hash_of(choice.code), verifier=verifier, pin_length=len(choice.pin)
    )
    return answered(answer, {})


@router.post("/pin-codes", status_code=201, response_model=CodeShape)
async def new_pin_code(request: Request, asking: Asking, wanted: PinCodeRequest) -> Response:
    """Gives out a code with which somebody sets a PIN; needs people.manage."""
    settings = node_settings(request)
    once = await keyed_once(request, asking, settings)
    code = new_code(seed(settings.device_secret, once, "pin code"))
    answer = await host_of(request).act_once(
        asking, once, issue_pin_code, wanted.person_id, code_hash=code_hash_of(code)
    )
    return answered(answer, {"code": code})


@router.post("/sign-ins", status_code=201, response_model=SignedInShape)
async def sign_in(request: Request, asking: Asking, who: SignIn) -> Response:
    """Opens a session at this terminal. 401 WRONG_PIN; 429 PIN_LOCKED after five wrong ones.

    The try is written down before the PIN is checked, and stays written when it was wrong.
    """
    check_pin(who.pin)
    settings, host = node_settings(request), host_of(request)
    once = await keyed_once(request, asking, settings)
    attempt = await host.act(asking, begin_attempt, who.person_id)
    matched = await settings.pin_matches(who.pin, attempt.verifier)
    if not await host.act(asking, end_attempt, attempt, right=matched):
        raise Unauthorised("WRONG_PIN", "That is not the PIN. Try again.", failures=attempt.failures)
    token = new_token(seed(settings.device_secret, once, "session"))
    answer = await host.act_once(asking, once, open_session, who.person_id, token_hash=hash_of(token))
    return answered(answer, {"token": token})


@router.post("/sign-outs", status_code=201, response_model=NothingMore)
async def leave(request: Request, asking: Asking) -> Response:
    """Ends the caller's session."""
    return await act(request, asking, sign_out)


@router.get("/terminals", response_model=Terminals)
async def terminals(request: Request, asking: Reader) -> Response:
    """The enrolled screens by name; those that were revoked are left out."""
    presence: Presence = getattr(request.app.state, "presence", _unknown)

    def question(reading: Reading) -> dict[str, Any]:
        told = [(one, presence(one["id"])) for one in terminals_of(reading)["items"]]
        return {"items": [{**one, "online": there, "last_heard_at": left} for one, (there, left) in told]}

    return await read(request, asking, question)


@router.post("/terminals", status_code=201, response_model=TerminalCode)
async def new_terminal(request: Request, asking: Asking, new: NewTerminal) -> Response:
    """Gives out a code (and a link for browsers) with which a screen enrols; needs terminals.manage."""
    settings = node_settings(request)
    once = await keyed_once(request, asking, settings)
    code = new_code(seed(settings.device_secret, once, "terminal code"))
    answer = await host_of(request).act_once(
        asking,
        once,
        issue_terminal_code,
        name=new.name,
        kind=new.kind,
        station_id=new.station_id,
        room_id=new.room_id,
        code_hash=code_hash_of(code),
    )
    link = f"{settings.base_url.rstrip('/')}/enrol/{code}"
    rows = ["".join(str(dark) for dark in row) for row in segno.make(link, micro=False).matrix]
    return answered(answer, {"code": code, "link": link, "qr": rows})


@router.post("/terminals/{terminal_id}/revoke", status_code=201, response_model=NothingMore)
async def revoke(request: Request, asking: Asking, terminal_id: Id) -> Response:
    """Stops a screen's token and ends the sessions on it; needs terminals.manage."""
    return await act(request, asking, revoke_terminal, terminal_id)


@enrol_router.post("/enrol", status_code=201, response_model=Enrolled)
async def enrol(request: Request, shown: Enrolment) -> Response:
    """Enrols the screen that shows a code; needs no token, so the host limits how often it is tried."""
    settings = node_settings(request)
    caller = Caller(settings.org_id, settings.property_id)
    once = await keyed_once(request, caller, settings)
    token = new_token(seed(settings.device_secret, once, "terminal"))
    answer = await host_of(request).act_once(
        caller, once, enrol_terminal, code_hash=code_hash_of(shown.code), token_hash=hash_of(token), name=shown.name
    )
    return answered(answer, {"token": token})


def _unknown(terminal_id: str) -> tuple[bool | None, str | None]:
    return None, None


def node_settings(request: Request) -> PeopleSettings:
    settings = people_settings(request)
    assert settings is not None, "these routes are a node's"
    return settings


async def keyed_once(request: Request, caller: Caller, settings: PeopleSettings) -> Once | None:
    once = await once_of(request, caller)
    if once is None:
        return None
    keyed = hmac.new(settings.device_secret, once.body_hash.encode(), "sha256").hexdigest()
    return replace(once, body_hash=keyed)


def answered(answer: Answer, secrets: Mapping[str, str | list[str]]) -> Response:
    """The answer with what must not be kept in it."""
    body = msgspec.json.encode({**msgspec.json.decode(answer.body), **secrets})
    headers = {"Idempotent-Replayed": "true"} if answer.replayed else None
    return json_answer(body, 201, headers)
