"""The door over HTTP: waitlist and reservations, quoted times, suggested tables, seating, deposits, the rules of the door."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import AwareDatetime, Field

from hospitality.ground.http import Asking, ErrorEnvelope, Id, IdText, Shape, act, host_of, read
from hospitality.parties.reading import host_rules, parties_view, party_view, quote_view, suggestions_view
from hospitality.parties.rules import COVERS_MAX, MINUTES_MAX, TABLES_MAX, State
from hospitality.parties.rules.deposits import NewDeposit, NewEnd
from hospitality.parties.service import add_party, edit_host_rules, edit_party, seat_party, step_party
from hospitality.parties.service.deposits import apply_deposit, end_deposit, take_deposit
from hospitality.people.asking import Reader

router = APIRouter(
    prefix="/api/v1/properties/{property_id}", tags=["parties"], responses={"4XX": {"model": ErrorEnvelope}}
)
Covers = Annotated[int, Query(ge=1, le=COVERS_MAX)]
TableIds = Annotated[list[IdText], Field(max_length=TABLES_MAX)]
_UUID_QUERY = Query(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")
AskedId = Annotated[str | None, _UUID_QUERY]


class PartyFields(Shape):
    """What can be said of a party. `table_ids` is the whole list of tables kept for it, of which each merges by itself.

    `pager`: the number of the one that they hold, called when their table is ready. `quoted_minutes`: what those who wait
    were told, from now; left out for a new party, it is reckoned.
    """

    name: str = ""
    covers: int = 1
    phone: str | None = None
    note: str | None = None
    pager: str | None = None
    area_id: IdText | None = None
    reserved_for: str | None = None
    stay_minutes: int | None = None
    quoted_minutes: int | None = None
    table_ids: TableIds = []


class NewParty(PartyFields):
    """A party that comes in, or reserves (`reserved_for`, an instant with its zone)."""

    name: str
    covers: int


class Clash(Shape):
    """Another party that has one of the same tables at the same time; `was_first`: it keeps the table by rule."""

    party_id: str
    was_first: bool


class DepositShape(Shape):
    """Money that the party left, and how much of it is still held."""

    id: str
    tender: Literal["cash", "card"]
    amount_minor: int
    currency: str
    reference: str | None
    at: str
    held_minor: int


class PartyShape(Shape):
    """A party as it stands. `seated_at`: its tables while it sits; `waits_since` while it waits.

    A reserved party is `late` once its hour has passed, and a `no_show` by itself after the grace time.
    """

    id: str
    name: str
    phone: str | None
    note: str | None
    pager: str | None
    covers: int
    area_id: str | None
    reserved_for: str | None
    stay_minutes: int | None
    quoted_for: str | None
    made_at: str
    made_by: str | None
    state: State
    table_ids: list[str]
    waits_since: str | None
    told_at: str | None
    seated_at: list[str]
    clashes: list[Clash]
    deposit_asked_minor: int
    deposit_held_minor: int
    deposits: list[DepositShape]


class HostRulesShape(Shape):
    """How the door is kept: minutes that a reserved table is held, minutes of a stay until enough of them were measured,
    and who is asked for a deposit (parties of `deposit_covers_min` and more, `deposit_minor` a guest; zero asks nobody)."""

    grace_minutes: int
    turn_minutes: int
    deposit_covers_min: int
    deposit_minor: int


class HostRulesEdit(Shape):
    """The rules to set; what is left out stays."""

    grace_minutes: int | None = None
    turn_minutes: int | None = None
    deposit_covers_min: int | None = None
    deposit_minor: int | None = None


class Parties(Shape):
    """The parties of a business date: who waits first, then who is late, reserved, gone."""

    date: str
    items: list[PartyShape]
    rules: HostRulesShape


class Quote(Shape):
    """How long a party that comes now would wait, behind so many; null where no table ever fits it."""

    covers: int
    ahead: int
    minutes: int | None
    at: str | None


class Suggestion(Shape):
    """Tables for a party, the one that the others are put to first; `until` somebody else's reservation begins."""

    table_ids: list[str]
    labels: list[str]
    area_id: str
    seats: int
    until: str | None


class Suggestions(Shape):
    """The best first."""

    items: list[Suggestion]


class NewPartyStep(Shape):
    """What the party did: it is here, it was told that its table is ready, it cancelled, it never came."""

    step: Literal["arrived", "told", "cancelled", "no_show"]


class NewPartySeating(Shape):
    """Where to seat it; without tables at those that are kept for it. `covers` where fewer or more came."""

    table_ids: TableIds = []
    covers: int | None = None


class NewDepositShape(Shape):
    """Money to hold; a card's has the card terminal's reference."""

    tender: Literal["cash", "card"]
    amount_minor: int
    reference: str | None = None


class Application(Shape):
    """The order that the deposit pays, as far as both go."""

    order_id: IdText


class NewEndShape(Shape):
    """Why a deposit, or part of it, is given back or kept; the approval of the deposit where the role lacks the right."""

    kind: Literal["given_back", "kept"]
    amount_minor: int
    reason: str
    reference: str | None = None
    approval_id: IdText | None = None


def _now(request: Request) -> datetime:
    return host_of(request).now()


@router.get("/parties", response_model=Parties)
async def parties(request: Request, asking: Reader, on: Annotated[date | None, Query(alias="date")] = None) -> Response:
    """The parties of a business date, without one of the date at hand."""
    return await read(request, asking, parties_view, now=_now(request), day=on)


@router.get("/parties/quote", response_model=Quote)
async def quote(request: Request, asking: Reader, covers: Covers, area_id: AskedId = None) -> Response:
    """How long a party of so many would wait."""
    return await read(request, asking, quote_view, covers=covers, area_id=area_id, now=_now(request))


@router.get("/table-suggestions", response_model=Suggestions)
async def suggested(
    request: Request,
    asking: Reader,
    covers: Covers,
    area_id: AskedId = None,
    at: AwareDatetime | None = None,
    party_id: AskedId = None,
    stay_minutes: Annotated[int | None, Query(ge=1, le=MINUTES_MAX)] = None,
) -> Response:
    """Tables, or tables put together, that so many guests can have now or at a moment to come."""
    asked: dict[str, Any] = {"covers": covers, "area_id": area_id, "at": at, "party_id": party_id}
    return await read(request, asking, suggestions_view, now=_now(request), stay_minutes=stay_minutes, **asked)


@router.post("/parties", status_code=201, response_model=PartyShape)
async def new_party(request: Request, asking: Asking, new: NewParty) -> Response:
    """Puts a party on the waitlist or takes its reservation; needs tables.seat."""
    return await act(request, asking, add_party, new.model_dump(exclude_unset=True))


@router.get("/parties/{party_id}", response_model=PartyShape)
async def party(request: Request, asking: Reader, party_id: Id) -> Response:
    """One party."""
    return await read(request, asking, party_view, party_id, now=_now(request))


@router.patch("/parties/{party_id}", response_model=PartyShape)
async def change_party(request: Request, asking: Asking, party_id: Id, change: PartyFields) -> Response:
    """Edits the fields given, each by itself; needs tables.seat."""
    return await act(request, asking, edit_party, party_id, change.model_dump(exclude_unset=True))


@router.post("/parties/{party_id}/steps", status_code=201, response_model=PartyShape)
async def new_step(request: Request, asking: Asking, party_id: Id, new: NewPartyStep) -> Response:
    """Moves a party on; needs tables.seat."""
    return await act(request, asking, step_party, party_id, step=new.step)


@router.post("/parties/{party_id}/seatings", status_code=201, response_model=PartyShape)
async def new_seating(request: Request, asking: Asking, party_id: Id, new: NewPartySeating) -> Response:
    """Seats a party, putting tables together for it where there are several; needs tables.seat."""
    return await act(request, asking, seat_party, party_id, table_ids=new.table_ids, covers=new.covers)


@router.post("/parties/{party_id}/deposits", status_code=201, response_model=PartyShape)
async def new_deposit(request: Request, asking: Asking, party_id: Id, new: NewDepositShape) -> Response:
    """Holds money of a party; needs payments.take."""
    return await act(request, asking, take_deposit, party_id, NewDeposit(new.tender, new.amount_minor, new.reference))


@router.post("/deposits/{deposit_id}/applications", status_code=201, response_model=PartyShape)
async def apply(request: Request, asking: Asking, deposit_id: Id, to: Application) -> Response:
    """Pays an order from a deposit; needs payments.take."""
    return await act(request, asking, apply_deposit, deposit_id, order_id=to.order_id)


@router.post("/deposits/{deposit_id}/ends", status_code=201, response_model=PartyShape)
async def end(request: Request, asking: Asking, deposit_id: Id, new: NewEndShape) -> Response:
    """Gives a deposit back or keeps it, for a reason; needs payments.refund or an approval."""
    ending = NewEnd(new.kind, new.amount_minor, new.reason, new.reference)
    return await act(request, asking, end_deposit, deposit_id, ending, approval_id=new.approval_id)


@router.get("/host-rules", response_model=HostRulesShape)
async def rules_of(request: Request, asking: Reader) -> Response:
    """How the door is kept."""
    return await read(request, asking, host_rules)


@router.patch("/host-rules", response_model=HostRulesShape)
async def edit_rules(request: Request, asking: Asking, edit: HostRulesEdit) -> Response:
    """Sets rules of the door; needs tables.manage."""
    return await act(request, asking, edit_host_rules, edit.model_dump(exclude_none=True))
