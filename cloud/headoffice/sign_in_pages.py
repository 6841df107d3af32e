"""Signing in and out, and the owner's one-time link that sets a password."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from cloud import accounts
from cloud.accounts import PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN, hashed
from cloud.headoffice import sessions
from cloud.headoffice.asking import TheOffice
from cloud.headoffice.forms import own_address, small_form
from cloud.headoffice.office import Office, PageRoute
from hospitality.ground.clock import instant
from hospitality.ground.errors import Invalid, NotFound, TooMany, Trouble, Unauthorised
from web.pages import PAGE_HEADERS

router = APIRouter(route_class=PageRoute, include_in_schema=False)
Next = Annotated[str, Query(max_length=500)]
Token = Annotated[str, Path(max_length=100)]


@router.get("/sign-in")
async def sign_in_page(request: Request, office: TheOffice, next: Next = "/", out: str = "") -> Response:
    """The sign-in form; whoever is signed in goes on."""
    try:
        await office.host.caller_of(request, None)
    except Unauthorised:
        return _form(request, office, next=own_address(next), out=bool(out))
    return _go(own_address(next))


@router.post("/sign-in")
async def sign_in(request: Request, office: TheOffice) -> Response:
    """Signs in and goes on to where the reader wanted to be."""
    form = await small_form(request)
    email, to = form.get("email", ""), own_address(form.get("next", "/"))
    try:
        signed_in = await sessions.sign_in(office, request, email, form.get("password", ""))
    except (Unauthorised, TooMany) as trouble:
        return _form(request, office, next=to, email=email[:254], trouble=trouble)
    answer = _go(to)
    sessions.keep(answer, request, signed_in.token)
    return answer


@router.post("/sign-out")
async def sign_out(request: Request, office: TheOffice) -> Response:
    """Ends the session."""
    await sessions.sign_out(office, request)
    answer = _go("/sign-in?out=1")
    sessions.forget(answer, request)
    return answer


@router.get("/welcome/{token}")
async def welcome_page(request: Request, office: TheOffice, token: Token) -> Response:
    """Asks for a password, by a one-time link."""
    return await _welcome(request, office, token)


@router.post("/welcome/{token}")
async def welcome(request: Request, office: TheOffice, token: Token) -> Response:
    """Sets the password and signs in."""
    form = await small_form(request)
    password = form.get("password", "")
    try:
        office.sign_in_tries.check(sessions.address_of(request), f"link {hashed(token)}")
        _check_password(password, form.get("again", ""))
        signed_in = await run_in_threadpool(accounts.set_password, office.host.database, token, password)
    except (Invalid, TooMany) as trouble:
        return await _welcome(request, office, token, trouble=trouble)
    except Unauthorised as trouble:
        raise NotFound(trouble.code, trouble.message) from trouble
    answer = _go("/")
    sessions.keep(answer, request, signed_in.token)
    return answer


def _check_password(password: str, again: str) -> None:
    if len(password) < PASSWORD_LENGTH_MIN:
        raise Invalid("PASSWORD_TOO_SHORT", f"A password has at least {PASSWORD_LENGTH_MIN} characters.")
    if len(password) > PASSWORD_LENGTH_MAX:
        raise Invalid("PASSWORD_TOO_LONG", f"A password has at most {PASSWORD_LENGTH_MAX} characters.")
    if password != again:
        raise Invalid("PASSWORDS_DIFFER", "The two passwords are not the same. Type them again.")


def _form(
    request: Request,
    office: Office,
    *,
    next: str,
    email: str = "",
    out: bool = False,
    trouble: Trouble | None = None,
) -> Response:
    status = 200 if trouble is None else 429 if isinstance(trouble, TooMany) else 401
    answer = office.render(request, "sign_in.html", status=status, next=next, email=email, out=out, trouble=trouble)
    if isinstance(trouble, TooMany):
        answer.headers["Retry-After"] = str(trouble.retry_after_seconds)
    return answer


async def _welcome(request: Request, office: Office, token: str, trouble: Trouble | None = None) -> Response:
    found = await run_in_threadpool(_invited, office, token)
    status = 200 if trouble is None else 429 if isinstance(trouble, TooMany) else 422
    return office.render(
        request,
        "welcome.html",
        status=status,
        group=found[0],
        email=found[1],
        trouble=trouble,
        length_min=PASSWORD_LENGTH_MIN,
        length_max=PASSWORD_LENGTH_MAX,
    )


def _invited(office: Office, token: str) -> tuple[str, str]:
    """The group's name and the address that the link is for; NotFound when it is not good any more."""
    found = office.host.database.before_sign_in("link", hashed(token))
    link = msgspec.json.decode(found[0]["data"]) if found else None
    if link is None or link["used_at"] is not None or instant(link["expires_at"]) <= office.now():
        raise NotFound("LINK_NOT_GOOD", "This link was used or has expired. Ask for a new one.")
    with office.host.database.transaction(found[0]["org"]) as connection:
        row = connection.execute(
            "SELECT a.email, o.name FROM accounts a JOIN organisations o ON o.org_id = a.org_id AND o.id = a.org_id"
            " WHERE a.org_id = %s AND a.id = %s",
            (found[0]["org"], link["account_id"]),
        ).fetchone()
    assert row is not None, "the link refers to its account"
    return row["name"], row["email"]


def _go(to: str) -> Response:
    return RedirectResponse(to, status_code=303, headers=dict(PAGE_HEADERS))
