"""Who may look: most of what a property's screens read is not for the tablet in a guest's room."""

from typing import Annotated

from fastapi import Depends

from hospitality.ground.errors import Forbidden
from hospitality.ground.http import Asking
from hospitality.ground.work import Caller
from hospitality.people.rules import READ


async def reader(asking: Asking) -> Caller:
    """The caller, who may look at the property's orders, payments and people."""
    if not asking.may(READ):
        raise Forbidden("NOT_PERMITTED", "This screen does not show that. Use a till.", permission=READ)
    return asking


Reader = Annotated[Caller, Depends(reader)]
