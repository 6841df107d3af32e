"""Sessions for programs: a bearer token for the mail address and password of an account."""

from fastapi import APIRouter, Request, Response
from pydantic import Field

from cloud.headoffice import sessions
from cloud.headoffice.asking import TheOffice
from hospitality.ground.http import ErrorEnvelope, Shape

router = APIRouter(prefix="/api/v1/sessions", tags=["sessions"], responses={"4XX": {"model": ErrorEnvelope}})


class NewSession(Shape):
    """Who signs in."""

    email: str = Field(max_length=254)
    password: str = Field(max_length=1000)


class Session(Shape):
    """A session's token, told once."""

    token: str
    expires_at: str
    org_id: str


@router.post("", status_code=201)
async def new_session(request: Request, office: TheOffice, new: NewSession) -> Session:
    """Signs in. Five tries a minute for an account from one address."""
    signed_in = await sessions.sign_in(office, request, new.email, new.password)
    return Session(
        token=signed_in.token, expires_at=await sessions.expires_at(office, signed_in), org_id=signed_in.org_id
    )


@router.delete("", status_code=204)
async def end_session(request: Request, office: TheOffice) -> Response:
    """Ends the session that the request carries."""
    await office.host.caller_of(request, None)
    await sessions.sign_out(office, request)
    return Response(status_code=204)
