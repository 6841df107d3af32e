"""Who may look at conflicts and decide about them: they hold values of whatever people edit."""

from typing import Annotated

from fastapi import Depends

from hospitality.conflicts.service import RESOLVE
from hospitality.ground.errors import Forbidden
from hospitality.ground.http import Asking
from hospitality.ground.work import Caller


async def resolver(asking: Asking) -> Caller:
    """The caller, who manages the property."""
    if not asking.may(RESOLVE):
        raise Forbidden("NOT_PERMITTED", "Your role does not allow this. Ask a manager to do it.", permission=RESOLVE)
    return asking


Resolver = Annotated[Caller, Depends(resolver)]
