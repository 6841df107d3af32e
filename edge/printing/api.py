"""Printers and what waits for them over HTTP; only a node serves these.

The application's `state.printing` is the node's `Printing`, which is told of every change.
"""

import asyncio
from typing import Annotated, Literal, cast

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from devices.profiles import THERMAL_80, profile_named, profile_names
from edge.printing.asked import cancel, jobs_page, move, print_again, release
from edge.printing.printers import STATIONS_MAX, add_printer, edit_printer, printers_of, shown
from edge.printing.printing import Printing
from edge.printing.samples import sample_picture
from edge.printing.wanted import NewLabel, print_bill, print_invoice, print_label, print_test_page, print_x
from hospitality.ground.http import Asking, Cursor, ErrorEnvelope, Id, IdText, Limit, Shape, act, host_of, read
from hospitality.people.asking import Reader
from web.paper.paper import papers_of

router = APIRouter(
    prefix="/api/v1/properties/{property_id}", tags=["printing"], responses={"4XX": {"model": ErrorEnvelope}}
)
PaperColumns = Literal[42, 32]
Name = Annotated[str, Field(max_length=200)]
AddressText = Annotated[
    str,
    Field(
        max_length=300,
        description="host:port (9100 when it is left out), usb:04b8:0e15:SERIAL, serial:/dev/ttyUSB0 or file:/dev/usb/lp0",
    ),
]
Settings = Annotated[dict[Annotated[str, Field(max_length=40)], int | str], Field(max_length=20)]
TAKEN_BACK = ("profile", "backup_id")  # null takes these away, and leaves the others
ProfileName = Annotated[str, Field(max_length=60, description="one of GET …/printer-profiles")]
TemplateName = Annotated[str, Field(max_length=40)]
Stations = Annotated[list[IdText], Field(max_length=STATIONS_MAX)]
JobState = Literal["live", "queued", "sending", "unknown", "failed", "held", "confirmed", "cancelled", "expired"]


class NewPrinter(Shape):
    """A printer to set up; columns are 42 for paper of 80 mm and 32 for 58 mm, unless a profile says how many; `settings` are
    of a serial line.

    What waits longer than `backup_after_seconds` while it is in trouble goes to the printer `backup_id`.
    """

    name: Name
    address: AddressText
    station_ids: Stations = []
    receipts: bool = False
    columns: PaperColumns = 42
    profile: ProfileName | None = None
    backup_id: IdText | None = None
    backup_after_seconds: int = 60
    settings: Settings = {}


class PrinterChange(Shape):
    """The fields to set; null takes a profile or a backup away."""

    name: Name | None = None
    address: AddressText | None = None
    station_ids: Stations | None = None
    receipts: bool | None = None
    columns: PaperColumns | None = None
    profile: ProfileName | None = None
    backup_id: IdText | None = None
    backup_after_seconds: int | None = None
    settings: Settings | None = None


class PrinterShape(Shape):
    """A printer as it is set up."""

    id: str
    name: str
    address: str
    station_ids: list[str]
    receipts: bool
    columns: int
    profile: str | None = None
    backup_id: str | None = None
    backup_after_seconds: int = 60
    settings: dict[str, int | str] = {}


class StandingPrinter(PrinterShape):
    """A printer and how it is; `found_at`: where it was found a while ago, after its address changed."""

    state: str
    jobs_waiting: int
    detail: str
    found_at: str = ""


class Printers(Shape):
    """The property's printers by name."""

    items: list[StandingPrinter]


class ProfileShape(Shape):
    """A kind of printer."""

    name: str
    columns: int
    impact: bool
    red: bool


class Profiles(Shape):
    """Kinds of printers."""

    items: list[ProfileShape]


class PrintJobShape(Shape):
    """One slip for one printer; `reprint` says that a further copy is marked."""

    id: str
    printer_id: str
    printer_name: str | None
    kind: str
    title: str
    cause_id: str
    state: str
    attempts: int
    copies: int
    reprint: bool
    created_at: str
    changed_at: str
    next_attempt_at: str | None
    trouble: str | None
    detail: str
    home_name: str | None = None


class MoveShape(Shape):
    """Where a slip shall come out instead."""

    printer_id: IdText


class QueuedSlips(Shape):
    """What was queued, one slip a printer."""

    items: list[PrintJobShape]


class LabelShape(Shape):
    """A label; `code` is what its barcode holds."""

    title: Name
    lines: Annotated[list[Name], Field(max_length=20)] = []
    code: Annotated[str, Field(max_length=60)] | None = None
    copies: int = 1


class PrintJobs(Shape):
    """Print jobs, the last queued first."""

    items: list[PrintJobShape]
    next_cursor: str | None


def printing_of(request: Request) -> Printing:
    """The node's printing."""
    return cast(Printing, request.app.state.printing)


@router.get("/printers", response_model=Printers)
async def printers(request: Request, asking: Reader) -> dict[str, object]:
    """The printers, each with its state."""
    setups = await host_of(request).read(asking, printers_of)
    states = printing_of(request).by_id()
    items = []
    for setup in setups:
        state = (
            states[setup.id].shown() if setup.id in states else {"state": "checking", "jobs_waiting": 0, "detail": ""}
        )
        items.append({**state, **shown(setup)})
    return {"items": items}


@router.get("/printer-profiles", response_model=Profiles)
async def profiles(request: Request, asking: Reader) -> dict[str, object]:
    """The kinds of printers that are known, ours first."""
    found = map(profile_named, profile_names())
    kinds = [{"name": kind.name, "columns": kind.columns, "impact": kind.is_impact, "red": kind.red} for kind in found]
    return {"items": kinds}


@router.post("/printers", status_code=201, response_model=PrinterShape)
async def new_printer(request: Request, asking: Asking, new: NewPrinter) -> Response:
    """Sets up a printer; needs terminals.manage."""
    answer = await act(request, asking, add_printer, **new.model_dump())
    printing_of(request).nudge()
    return answer


@router.patch("/printers/{printer_id}", response_model=PrinterShape)
async def change_printer(request: Request, asking: Asking, printer_id: Id, change: PrinterChange) -> Response:
    """Sets the fields given; what waits is printed at the new address. Needs terminals.manage."""
    said = change.model_dump(exclude_unset=True)
    given = {name: value for name, value in said.items() if value is not None or name in TAKEN_BACK}
    answer = await act(request, asking, edit_printer, printer_id, given)
    printing_of(request).nudge()
    return answer


@router.get("/print-jobs", response_model=PrintJobs)
async def print_jobs(
    request: Request,
    asking: Reader,
    state: JobState | None = None,
    printer_id: Annotated[str | None, Query(max_length=36)] = None,
    order_id: Annotated[IdText | None, Query()] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """Slips, or those of an order, the last queued first; `state=live` are those that are not through."""
    return await read(
        request,
        asking,
        jobs_page,
        state=state,
        printer_id=printer_id,
        order_id=order_id,
        limit=limit,
        cursor=cursor,
    )


@router.post("/print-jobs/{job_id}/print-again", status_code=201, response_model=PrintJobShape)
async def again(request: Request, asking: Asking, job_id: Id) -> Response:
    """A slip that is through once more, marked REPRINT with who asked; needs orders.place."""
    answer = await act(request, asking, print_again, job_id)
    printing_of(request).nudge()
    return answer


@router.post("/print-jobs/{job_id}/release", status_code=201, response_model=PrintJobShape)
async def let_go(request: Request, asking: Asking, job_id: Id) -> Response:
    """Prints a held slip after all, or tries a waiting one at once; needs orders.place."""
    answer = await act(request, asking, release, job_id)
    printing_of(request).nudge()
    return answer


@router.post("/print-jobs/{job_id}/cancel", status_code=201, response_model=PrintJobShape)
async def drop(request: Request, asking: Asking, job_id: Id) -> Response:
    """Has a slip not printed; needs orders.place."""
    answer = await act(request, asking, cancel, job_id)
    printing_of(request).nudge()
    return answer


@router.post("/print-jobs/{job_id}/move", status_code=201, response_model=PrintJobShape)
async def elsewhere(request: Request, asking: Asking, job_id: Id, to: MoveShape) -> Response:
    """Has another printer print a waiting or held slip, which says so on paper; needs orders.place."""
    return await _queued(request, await act(request, asking, move, job_id, to.printer_id))


@router.post("/orders/{order_id}/print-bill", status_code=201, response_model=QueuedSlips)
async def print_the_bill(request: Request, asking: Asking, order_id: Id) -> Response:
    """The order's bill as it is now, where receipts come out; needs orders.place."""
    return await _queued(request, await act(request, asking, print_bill, order_id))


@router.post("/invoices/{invoice_id}/print", status_code=201, response_model=QueuedSlips)
async def print_the_invoice(request: Request, asking: Asking, invoice_id: Id) -> Response:
    """An invoice, where receipts come out; needs orders.place."""
    return await _queued(request, await act(request, asking, print_invoice, invoice_id))


@router.post("/x-report/print", status_code=201, response_model=QueuedSlips)
async def print_the_x(request: Request, asking: Asking) -> Response:
    """The day's figures so far, where receipts come out; needs reports.read."""
    return await _queued(request, await act(request, asking, print_x))


@router.post("/printers/{printer_id}/labels", status_code=201, response_model=QueuedSlips)
async def print_labels(request: Request, asking: Asking, printer_id: Id, new: LabelShape) -> Response:
    """Labels for shelves, tubs and things; needs orders.place."""
    return await _queued(request, await act(request, asking, print_label, printer_id, NewLabel(**new.model_dump())))


@router.post("/printers/{printer_id}/test-page", status_code=201, response_model=QueuedSlips)
async def print_a_test_page(request: Request, asking: Asking, printer_id: Id) -> Response:
    """A page that shows what a printer can; needs terminals.manage."""
    return await _queued(request, await act(request, asking, print_test_page, printer_id))


@router.get("/paper-previews/{template}", response_class=Response, responses={200: {"content": {"image/png": {}}}})
async def paper_preview(
    request: Request, asking: Reader, template: TemplateName, profile: ProfileName = THERMAL_80.name
) -> Response:
    """A PNG of a template with the property's own settings and made-up lines, as a kind of printer prints it."""
    papers = await host_of(request).read(asking, lambda reading: papers_of(reading, printing_of(request).zone))
    return Response(await asyncio.to_thread(sample_picture, template, papers, profile), media_type="image/png")


async def _queued(request: Request, answer: Response) -> Response:
    printing_of(request).nudge()
    return answer
