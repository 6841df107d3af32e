"""One thing that staff may do: its key, words, right, what it asks, and the request that it makes. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from edge.terminal.forms import Field, nested
from edge.terminal.subject import Subject

Scope = Literal["line", "order", "till"]
Report = Literal["x", "day", "server"]


@dataclass(frozen=True)
class Action:
    """One row of the table. `path` names parts in braces: of the subject, else of the answers."""

    name: str
    key: str
    label: str
    scope: Scope
    right: str
    path: str
    done: str
    """What is said when the node has done it."""
    lent: bool = False
    """Whether a manager's PIN lends the right for once."""
    offered: Callable[[Subject], bool] = lambda _subject: True
    asks: Callable[[Subject], tuple[Field, ...]] = lambda _subject: ()
    says: Mapping[str, Any] = field(default_factory=dict)
    """What goes into the request beside the answers."""
    shows: Report | None = None
    """The report that is opened afterwards, or, without a path, instead."""

    def request(self, subject: Subject, answers: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        """The path below the property's, and the body."""
        parts = _parts(subject) | {name: str(value) for name, value in answers.items()}
        taken = {name for name in answers if "{" + name + "}" in self.path}
        said = {name: value.format(**parts) if isinstance(value, str) else value for name, value in self.says.items()}
        return self.path.format(**parts), said | nested({n: v for n, v in answers.items() if n not in taken})


def _parts(subject: Subject) -> dict[str, str]:
    return {
        "order": subject.order.id if subject.order else "",
        "line": subject.line.id if subject.line else "",
        "drawer": subject.drawer.id if subject.drawer else "",
        "session": subject.session_id,
        "day": subject.business_date,
        "person": subject.person_id,
        "terminal": subject.terminal_id,
    }
