"""What can happen to a request."""

from dataclasses import dataclass

from hospitality.ground.journal import journal_kind


@journal_kind("requests.request_made")
@dataclass(frozen=True, slots=True)
class RequestMade:
    """Head office asked the property to do something."""

    request_id: str
    verb: str


@journal_kind("requests.request_answered")
@dataclass(frozen=True, slots=True)
class RequestAnswered:
    """The property did it, or refused; `code` says why."""

    request_id: str
    verb: str
    accepted: bool
    code: str | None
