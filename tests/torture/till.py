"""A till at its busiest on the node's own writer, and one line for each answer: `… -m tests.torture.till FOLDER FULL`.

It runs until it is killed. What it has said was acknowledged, and must be there after any power cut.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import edge.host
from edge.database import connect
from hospitality.checks.service import pay
from hospitality.orders.service import place_order
from hospitality.payments.rules import NewPayment
from tests.edge.node_fixture import act, node
from tests.torture.crashes import ORDER


def main() -> None:
    """Orders and payments, one after the other, for ever."""
    folder, synchronous = Path(sys.argv[1]), sys.argv[2]
    setattr(edge.host, "connect", _connecting(synchronous))  # noqa: B010
    with node(folder) as host:
        while True:
            placed = act(host, place_order, ORDER)
            _say("order", placed["id"], placed["total_minor"])
            due = placed["total_minor"]
            paid = act(host, pay, placed["id"], NewPayment("cash", due, due))
            _say("payment", paid["payment"]["id"])


def _connecting(synchronous: str) -> Callable[..., Any]:
    def connecting(*given: Any, **named: Any) -> Any:
        connection = connect(*given, **named)
        if synchronous != "FULL":
            connection.execute(f"PRAGMA synchronous = {synchronous}").fetchone()
        return connection

    return connecting


def _say(*words: Any) -> None:
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


if __name__ == "__main__":
    main()
