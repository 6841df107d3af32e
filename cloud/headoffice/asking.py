"""Who asks for a page, and the office that answers; as dependencies of the routes."""

from typing import Annotated, cast

from fastapi import Depends, Request

from cloud.headoffice.office import Office
from hospitality.ground.http import PropertyId
from hospitality.ground.work import Caller


def office_of(request: Request) -> Office:
    """The office that serves this request."""
    return cast(Office, request.app.state.office)


TheOffice = Annotated[Office, Depends(office_of)]


async def group_caller(request: Request, office: TheOffice) -> Caller:
    """Someone signed in, on the business of their whole group."""
    return await office.caller(request)


async def one_property_caller(request: Request, office: TheOffice, property_id: PropertyId) -> Caller:
    """Someone signed in, on one property of their own group."""
    return await office.caller(request, property_id)


ForGroup = Annotated[Caller, Depends(group_caller)]
ForProperty = Annotated[Caller, Depends(one_property_caller)]
