"""Who may read the figures of a day."""

from typing import Annotated

from fastapi import Depends

from hospitality.days.reading import REPORTS
from hospitality.ground.work import Caller
from hospitality.people.asking import Reader


async def reporter(asking: Reader) -> Caller:
    """The caller, who may read reports."""
    asking.require(REPORTS)
    return asking


def check_own(asking: Caller, person_id: str) -> None:
    """Raises Forbidden unless it is about the caller, or they may read reports."""
    if asking.person_id != person_id:
        asking.require(REPORTS)


Reporter = Annotated[Caller, Depends(reporter)]
