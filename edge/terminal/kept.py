"""Actions that the node has not accepted yet, kept on this machine's disk until it has.

An action is written here before it is first sent, so that neither a lost answer nor a crash of this app can
lose it or send it twice: it always goes out under the key that it was given when it was made.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec

from edge.terminal.locations import write_private

ACTIONS_MAX = 500

Kind = Literal["order", "lines", "void", "act", "payment", "sign_out"]
APPROVAL_NEEDED = "APPROVAL_NEEDED"
OFFLINE_OVER_LIMIT = "OFFLINE_OVER_LIMIT"
# their details name what a manager must approve for it to be done
APPROVABLE = frozenset({APPROVAL_NEEDED, OFFLINE_OVER_LIMIT})


class KeptAction(msgspec.Struct, frozen=True, kw_only=True):
    """One action of one person, ready to be sent as often as needed under one idempotency key."""

    key: str
    kind: Kind
    path: str
    body: dict[str, Any]
    person_id: str
    person_name: str
    title: str
    """What staff call it: "Table 4, 3 lines"."""
    amount_minor: int = 0
    currency: str = ""
    made_at: str = ""
    order_id: str | None = None
    refusal: str = ""
    """The node's reason when it refused; such an action waits for a person, not for the node."""
    name: str = ""
    """Which of the table of actions an "act" is."""
    needs: dict[str, Any] | None = None
    """What a manager must approve for it to be done, as the node named it."""


def load(path: Path) -> tuple[list[KeptAction], bool]:
    """The actions kept before, and whether the file could be read; an unreadable one is set aside, not lost."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=list[KeptAction]), True
    except FileNotFoundError:
        return [], True
    except (OSError, msgspec.DecodeError, msgspec.ValidationError):
        damaged = path.with_suffix(".damaged")
        if path.exists() and not damaged.exists():
            path.rename(damaged)
        return [], False


def save(path: Path, actions: Sequence[KeptAction]) -> None:
    """Keep these actions and no others. A sign-out is worth nothing after a restart. Raises OSError."""
    lasting = [action for action in actions if action.kind != "sign_out"]
    write_private(path, msgspec.json.encode(lasting))
