"""Beginning and ending a session at head office, the same for the pages and for programs."""

from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool

from cloud import accounts
from cloud.accounts import SESSION_HOURS, SignedIn
from cloud.headoffice.office import Office
from cloud.host import COOKIE, token_of
from hospitality.ground.errors import Unauthorised


def address_of(request: Request) -> str:
    """Where the request comes from, as the server tells it."""
    return request.client.host if request.client else ""


async def sign_in(office: Office, request: Request, email: str, password: str) -> SignedIn:
    """Signs in; raises Unauthorised, or TooMany when it was tried too often."""
    address = address_of(request)
    office.sign_in_tries.check(address, email)
    signed_in = await run_in_threadpool(accounts.sign_in, office.host.database, email, password)
    office.sign_in_tries.passed(address, email)
    return signed_in


async def sign_out(office: Office, request: Request) -> None:
    """Ends the session that the request carries, if it is one."""
    try:
        token = token_of(request)
        caller = await office.host.caller_of(request, None)
    except Unauthorised:
        return
    await run_in_threadpool(accounts.sign_out, office.host.database, caller, token)


async def expires_at(office: Office, signed_in: SignedIn) -> str:
    """When the session ends."""

    def asked() -> str:
        with office.host.database.transaction(signed_in.org_id) as connection:
            row = connection.execute(
                "SELECT expires_at FROM account_sessions WHERE org_id = %s AND token_hash = %s",
                (signed_in.org_id, accounts.hashed(signed_in.token)),
            ).fetchone()
        assert row is not None, "the session was begun a moment ago"
        return str(row["expires_at"])

    return await run_in_threadpool(asked)


def keep(response: Response, request: Request, token: str) -> None:
    """Hands the session to the browser, where no script can read it."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=SESSION_HOURS * 3600,
        path="/",
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )


def forget(response: Response, request: Request) -> None:
    """Takes the session's cookie back."""
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax", secure=request.url.scheme == "https")
