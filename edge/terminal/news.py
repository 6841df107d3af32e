"""What the desk tells the screens, as values; the app carries them as messages."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from edge.terminal.client import NodeError
from edge.terminal.kept import KeptAction
from edge.terminal.shapes.hardware import CardSaid


class Topic(Enum):
    """What has changed, so that a screen draws only what it shows."""

    LINK = "link"
    STATUS = "status"
    PEOPLE = "people"
    MENU = "menu"
    PRICES = "prices"
    ORDERS = "orders"
    TICKETS = "tickets"
    KEPT = "kept"
    SESSION = "session"
    DRAFT = "draft"


ALL_TOPICS = frozenset(Topic)


@dataclass(frozen=True)
class Link:
    """Whether this terminal hears the node; `since` is when that last changed."""

    heard: bool
    since: datetime
    tried: bool = True
    """False until the first attempt to hear the node has ended."""


@dataclass(frozen=True)
class Changed:
    """These topics are to be drawn anew."""

    topics: frozenset[Topic]


@dataclass(frozen=True)
class Accepted:
    """The node has taken an action; `answer` is its JSON."""

    action: KeptAction
    answer: bytes


@dataclass(frozen=True)
class Waiting:
    """The node was asked and did not answer: the action is kept and asked again."""

    action: KeptAction


@dataclass(frozen=True)
class Refused:
    """The node refused an action: a person must change something."""

    action: KeptAction
    error: NodeError


@dataclass(frozen=True)
class SessionEnded:
    """The node no longer knows the person's sign-in."""

    person_id: str


@dataclass(frozen=True)
class Unenrolled:
    """The node no longer knows this terminal."""

    reason: str


@dataclass(frozen=True)
class TrainingOver:
    """Training was ended at the node: by a manager, or since the day was closed."""

    reason: str


@dataclass(frozen=True)
class Trouble:
    """Something that staff should read, with nothing to decide."""

    words: str


@dataclass(frozen=True)
class Spoken:
    """The texts are of another language from now on: the property's."""


@dataclass(frozen=True)
class Scanned:
    """A scanner of this terminal read a code."""

    code: str


@dataclass(frozen=True)
class CardTold:
    """The card terminal of this till said what becomes of a card payment."""

    said: CardSaid


News = (
    CardTold
    | Scanned
    | Spoken
    | Changed
    | Accepted
    | Waiting
    | Refused
    | SessionEnded
    | Unenrolled
    | TrainingOver
    | Trouble
)
