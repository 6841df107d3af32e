"""What people do to printers and slips is found in the audit by its id, with who did it and what was before (R15)."""

import msgspec

from edge.host import EdgeHost
from edge.printing.asked import cancel, release
from edge.printing.printers import add_printer, edit_printer
from edge.printing.reader import Reader
from tests.edge.node_fixture import KITCHEN, SELMA, STEAK, act, ask
from tests.edge.printing.evening import jobs, order


def test_who_set_up_a_printer_and_who_dropped_a_ticket_is_kept(host: EdgeHost) -> None:
    printer = act(host, add_printer, name="Grill", address="127.0.0.1:9", station_ids=[KITCHEN])["id"]
    act(host, edit_printer, printer, {"receipts": True, "name": "Grill"})
    reader = Reader(host)
    reader.begin()
    for _ in range(2):
        order(host, STEAK)
    while reader.step()[1]:
        pass
    dropped, printed = (row["id"] for row in jobs(host))
    act(host, cancel, dropped)
    act(host, release, printed)
    rows = ask(
        host, lambda r: r.rows("SELECT kind, actor_id, data FROM journal WHERE kind LIKE 'printing.%' ORDER BY rowid")
    )
    told = [(row["kind"], row["actor_id"], msgspec.json.decode(row["data"])) for row in rows]
    assert [(kind, who) for kind, who, _ in told] == [
        (f"printing.{what}", SELMA) for what in ("printer_added", "printer_changed", "slip_cancelled", "slip_released")
    ]
    changed = {"printer_id": printer, "before": {"receipts": False}, "after": {"receipts": True}}
    assert [data.get("job_id") for *_, data in told[2:]] == [dropped, printed]
    assert (told[0][2]["printer_id"], told[1][2]) == (printer, changed)
