"""How the engine reaches the node's database; the host owns the connections."""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

T = TypeVar("T")


class Store(Protocol):
    """How the loops reach the node's database; the host owns the connections."""

    def write(self, job: Callable[[Any], T]) -> T:
        """Runs a job on the writer's connection, in a transaction of its own with capture off; durable on return."""
        ...

    def read(self, job: Callable[[Any], T]) -> T:
        """Runs a job on a reading connection."""
        ...

    @property
    def errors(self) -> tuple[type[Exception], ...]:
        """The driver's errors that mean: this transaction breaks a constraint."""
        ...
