"""The driver on real sockets: against the virtual printer with its faults, and peers that are no printers."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from devices.conversation import Patience
from devices.documents import Cut, Document, Text, marked_reprint
from devices.escpos import EndMarker, process_id
from devices.layout import to_text
from devices.line import Reach
from devices.printer import Outcome, Paper, Printer, Trouble, Verdict
from devices.receipt_printer import ReceiptPrinter
from devices.virtual_printer import VirtualPrinter

# Far above what the short timeouts of these tests allow, far below a hang.
BOUND_SECONDS = 30.0
LONG = Document((*(Text(f"line {number}") for number in range(200)), Cut()))


def slip(text: str) -> Document:
    return Document((Text(text), Text("second line"), Text("third line"), Cut()))


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + BOUND_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        threading.Event().wait(0.01)


def test_a_healthy_printer_is_ready_and_confirms(virtual: VirtualPrinter, network: Printer, receipt: Document) -> None:
    assert network.status().ready
    assert network.print(receipt, job="a/1") == Outcome(Verdict.CONFIRMED)
    (printed,) = virtual.printed()
    assert printed.text == to_text(receipt, 42)
    assert virtual.counts()["kicks"] == 1
    assert virtual.counts()["nonsense"] == 0


def test_jobs_come_out_in_the_order_in_which_they_were_confirmed(virtual: VirtualPrinter, network: Printer) -> None:
    for number in range(20):
        assert network.print(slip(f"ticket {number}"), job=str(number)).verdict is Verdict.CONFIRMED
    assert [printed.text.split("\n")[0] for printed in virtual.printed()] == [
        f"ticket {number}" for number in range(20)
    ]


def test_a_named_end_marker_confirms_that_very_job(virtual: VirtualPrinter, hasty: Patience) -> None:
    printer = ReceiptPrinter(Reach("tcp", virtual.host, virtual.port), marker=EndMarker.PROCESS_ID, patience=hasty)
    assert printer.print(slip("named"), job="7f3a/1").verdict is Verdict.CONFIRMED
    assert [printed.job for printed in virtual.printed()] == [process_id("7f3a/1").decode()]


def test_paper_out_before_the_job_prints_nothing(virtual: VirtualPrinter, network: Printer) -> None:
    virtual.paper_out()
    status = network.status()
    assert (status.trouble, status.paper) == (Trouble.PAPER_OUT, Paper.OUT)
    outcome = network.print(slip("never"), job="a/1")
    assert (outcome.verdict, outcome.trouble) == (Verdict.FAILED, Trouble.PAPER_OUT)
    virtual.refill()
    assert network.print(slip("later"), job="a/2").verdict is Verdict.CONFIRMED
    assert [printed.text.split("\n")[0] for printed in virtual.printed()] == ["later"]


def test_low_paper_is_told_and_prints(virtual: VirtualPrinter, network: Printer) -> None:
    virtual.paper_low()
    assert network.status().paper is Paper.LOW
    assert network.print(slip("still fine"), job="a/1").verdict is Verdict.CONFIRMED


def test_paper_out_in_the_middle_is_unknown_and_the_rest_comes_with_the_new_roll(
    virtual: VirtualPrinter, network: Printer
) -> None:
    virtual.paper_out(after_lines=2)
    outcome = network.print(slip("one"), job="a/1")
    assert (outcome.verdict, outcome.trouble) == (Verdict.UNKNOWN, Trouble.PAPER_OUT)
    assert virtual.printed() == []
    assert virtual.unfinished() == "one\nsecond line"
    virtual.refill()
    assert network.print(marked_reprint(slip("one"), "Copy 2"), job="a/2").verdict is Verdict.CONFIRMED
    first, second = (printed.text for printed in virtual.printed())
    assert first == "one\nsecond line\nthird line"
    assert "REPRINT" in second


def test_a_printer_that_forgets_at_refill_leaves_half_a_slip_and_a_whole_reprint(hasty: Patience) -> None:
    with VirtualPrinter(keeps_buffer=False) as virtual:
        printer = ReceiptPrinter(Reach("tcp", virtual.host, virtual.port), patience=hasty)
        virtual.paper_out(after_lines=2)
        assert printer.print(slip("one"), job="a/1").verdict is Verdict.UNKNOWN
        virtual.refill()
        assert printer.print(marked_reprint(slip("one"), "Copy 2"), job="a/2").verdict is Verdict.CONFIRMED
        half, whole = (printed.text for printed in virtual.printed())
        assert half == "one\nsecond line"
        assert whole.split("\n")[0].strip() == "REPRINT"
        assert whole.endswith("one\nsecond line\nthird line")


def test_paper_that_ends_with_the_last_line_is_not_confirmed(virtual: VirtualPrinter, network: Printer) -> None:
    virtual.paper_out(after_lines=3)
    outcome = network.print(slip("one"), job="a/1")
    assert (outcome.verdict, outcome.trouble) == (Verdict.UNKNOWN, Trouble.PAPER_OUT)


def test_an_open_cover_before_the_job_prints_nothing(virtual: VirtualPrinter, network: Printer) -> None:
    virtual.open_cover()
    assert network.status().trouble is Trouble.COVER_OPEN
    outcome = network.print(slip("never"), job="a/1")
    assert (outcome.verdict, outcome.trouble) == (Verdict.FAILED, Trouble.COVER_OPEN)
    virtual.close_cover()
    assert network.status().ready
    assert virtual.counts()["lines"] == 0


def test_a_cover_opened_in_the_middle_is_unknown(virtual: VirtualPrinter, hasty: Patience) -> None:
    printer = ReceiptPrinter(Reach("tcp", virtual.host, virtual.port), patience=hasty)
    virtual.slow_down(0.02)
    with ThreadPoolExecutor(1) as pool:
        printing = pool.submit(printer.print, LONG, job="a/1")
        wait_for(lambda: virtual.counts()["lines"] >= 2)
        virtual.open_cover()
        outcome = printing.result(BOUND_SECONDS)
    assert (outcome.verdict, outcome.trouble) == (Verdict.UNKNOWN, Trouble.COVER_OPEN)


def test_a_slow_printer_is_waited_for_while_it_answers(virtual: VirtualPrinter, hasty: Patience) -> None:
    printer = ReceiptPrinter(Reach("tcp", virtual.host, virtual.port), patience=hasty)
    virtual.slow_down(0.6)
    # Longer than a silence may last, shorter than a job may take.
    assert printer.print(slip("slow"), job="a/1").verdict is Verdict.CONFIRMED


def test_a_printer_that_never_finishes_is_unknown_in_the_end(virtual: VirtualPrinter) -> None:
    patience = Patience(answer_seconds=1.5, write_seconds=1.0, finish_seconds=0.5, poll_seconds=0.05)
    printer = ReceiptPrinter(Reach("tcp", virtual.host, virtual.port), patience=patience)
    virtual.slow_down(5.0)
    outcome = printer.print(slip("slow"), job="a/1")
    assert (outcome.verdict, outcome.trouble) == (Verdict.UNKNOWN, Trouble.SLOW)


def test_a_connection_broken_in_the_middle_is_unknown_and_the_reprint_whole(
    virtual: VirtualPrinter, network: Printer
) -> None:
    virtual.reset_after(200)
    outcome = network.print(LONG, job="a/1")
    assert (outcome.verdict, outcome.trouble) == (Verdict.UNKNOWN, Trouble.INTERRUPTED)
    again = marked_reprint(LONG, "Copy 2")
    assert network.print(again, job="a/2").verdict is Verdict.CONFIRMED
    assert virtual.printed()[-1].text == to_text(again, 42)


def test_a_power_cut_empties_the_buffer_and_the_reprint_is_whole(virtual: VirtualPrinter, network: Printer) -> None:
    virtual.paper_out(after_lines=5)
    assert network.print(LONG, job="a/1").verdict is Verdict.UNKNOWN
    virtual.power_cycle()
    virtual.refill()
    again = marked_reprint(LONG, "Copy 2")
    assert network.print(again, job="a/2").verdict is Verdict.CONFIRMED
    assert [printed.text for printed in virtual.printed()] == [
        "\n".join(f"line {number}" for number in range(5)),
        to_text(again, 42),
    ]


def test_an_unplugged_printer_refuses_and_prints_again_when_plugged_in(
    virtual: VirtualPrinter, network: Printer
) -> None:
    virtual.go_offline()
    assert network.status().trouble is Trouble.UNREACHABLE
    outcome = network.print(slip("never"), job="a/1")
    assert (outcome.verdict, outcome.trouble) == (Verdict.FAILED, Trouble.UNREACHABLE)
    virtual.go_online()
    assert network.print(slip("later"), job="a/2").verdict is Verdict.CONFIRMED


def test_a_mute_printer_is_failed_before_the_job(virtual: VirtualPrinter, network: Printer) -> None:
    virtual.mute()
    assert network.status().trouble is Trouble.SILENT
    outcome = network.print(slip("never"), job="a/1")
    assert (outcome.verdict, outcome.trouble) == (Verdict.FAILED, Trouble.SILENT)
    assert virtual.counts()["lines"] == 0


def test_a_printer_that_falls_mute_in_the_middle_is_unknown(virtual: VirtualPrinter, hasty: Patience) -> None:
    printer = ReceiptPrinter(Reach("tcp", virtual.host, virtual.port), patience=hasty)
    virtual.slow_down(0.02)
    with ThreadPoolExecutor(1) as pool:
        printing = pool.submit(printer.print, LONG, job="a/1")
        wait_for(lambda: virtual.counts()["lines"] >= 2)
        virtual.mute()
        outcome = printing.result(BOUND_SECONDS)
    assert (outcome.verdict, outcome.trouble) == (Verdict.UNKNOWN, Trouble.SILENT)


def test_garbage_before_the_job_prints_nothing(virtual: VirtualPrinter, network: Printer) -> None:
    virtual.garble()
    assert network.status().trouble is Trouble.GARBLED
    outcome = network.print(slip("never"), job="a/1")
    assert (outcome.verdict, outcome.trouble) == (Verdict.FAILED, Trouble.GARBLED)
    virtual.garble(on=False)
    assert network.status().ready


def test_two_threads_share_a_printer_without_mixing_their_slips(virtual: VirtualPrinter, network: Printer) -> None:
    def work(name: str) -> list[Verdict]:
        return [network.print(slip(f"{name} {number}"), job=f"{name}{number}").verdict for number in range(5)]

    with ThreadPoolExecutor(4) as pool:
        verdicts = [verdict for part in pool.map(work, "abcd") for verdict in part]
    assert verdicts == [Verdict.CONFIRMED] * 20
    texts = [printed.text for printed in virtual.printed()]
    assert sorted(texts) == sorted(to_text(slip(f"{name} {n}"), 42) for name in "abcd" for n in range(5))


@contextlib.contextmanager
def peer(behave: Callable[[socket.socket], None]) -> Iterator[Reach]:
    """A server that is no printer, for one connection."""

    def serve() -> None:
        with contextlib.suppress(OSError):
            connection, _ = listener.accept()
            with connection:
                connection.settimeout(BOUND_SECONDS)
                behave(connection)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(BOUND_SECONDS)
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield Reach("tcp", "127.0.0.1", listener.getsockname()[1])
        finally:
            thread.join(BOUND_SECONDS)


def until_closed(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while connection.recv(4096):
            pass


def answer_status_then(connection: socket.socket, after: Callable[[], object]) -> None:
    """Answer the four questions as a healthy printer, then do something else."""
    for _ in range(4):
        connection.recv(3)
        connection.sendall(b"\x12")
    after()


def test_a_port_where_nobody_listens_is_unreachable(hasty: Patience) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = Reach("tcp", "127.0.0.1", listener.getsockname()[1])
    outcome = ReceiptPrinter(address, patience=hasty).print(slip("never"), job="a/1")
    assert (outcome.verdict, outcome.trouble) == (Verdict.FAILED, Trouble.UNREACHABLE)
    assert address.at in outcome.detail


def test_a_peer_that_takes_everything_and_says_nothing_costs_bounded_time(hasty: Patience) -> None:
    with peer(until_closed) as address:
        outcome = ReceiptPrinter(address, patience=hasty).print(slip("never"), job="a/1")
    assert (outcome.verdict, outcome.trouble) == (Verdict.FAILED, Trouble.SILENT)


def test_a_half_open_connection_that_nobody_accepts_costs_bounded_time(hasty: Patience) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = Reach("tcp", "127.0.0.1", listener.getsockname()[1])
        outcome = ReceiptPrinter(address, patience=hasty).print(slip("never"), job="a/1")
    assert (outcome.verdict, outcome.trouble) == (Verdict.FAILED, Trouble.SILENT)


def test_a_peer_that_never_reads_the_job_is_unknown(hasty: Patience) -> None:
    given_up = threading.Event()
    huge = Document(tuple(Text("漢" * 2_000) for _ in range(60)))

    def behave(connection: socket.socket) -> None:
        answer_status_then(connection, lambda: given_up.wait(BOUND_SECONDS))

    with peer(behave) as address:
        try:
            outcome = ReceiptPrinter(address, patience=hasty).print(huge, job="a/1")
        finally:
            given_up.set()
    assert (outcome.verdict, outcome.trouble) == (Verdict.UNKNOWN, Trouble.INTERRUPTED)


def test_a_peer_that_closes_after_the_job_is_not_believed(hasty: Patience) -> None:
    """A short job to a peer that closes raises nothing at the socket: only the missing answer tells."""

    def behave(connection: socket.socket) -> None:
        answer_status_then(connection, lambda: connection.recv(100_000))

    with peer(behave) as address:
        outcome = ReceiptPrinter(address, patience=hasty).print(slip("gone"), job="a/1")
    assert (outcome.verdict, outcome.trouble) == (Verdict.UNKNOWN, Trouble.INTERRUPTED)


def test_an_endless_talker_is_unknown_in_bounded_time(hasty: Patience) -> None:
    def talk(connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection.sendall(b"\x12" * 4096)

    with peer(lambda connection: answer_status_then(connection, lambda: talk(connection))) as address:
        outcome = ReceiptPrinter(address, patience=hasty).print(slip("what"), job="a/1")
    assert (outcome.verdict, outcome.trouble) == (Verdict.UNKNOWN, Trouble.GARBLED)


def take_until(connection: socket.socket, last: bytes, after: bytes = b"") -> None:
    """Read the job until its bytes end with `last`, somewhere behind `after`."""
    taken = b""
    while not (after in taken and taken.endswith(last)):
        taken += connection.recv(4096)


def test_a_cover_opened_at_the_end_is_seen_behind_a_late_answer(hasty: Patience) -> None:
    """The end marker's answer overtakes that of a question asked meanwhile; four new answers follow."""

    def behave(connection: socket.socket) -> None:
        take_until(connection, b"\x10\x04\x01", after=b"\x1dr\x01")
        connection.sendall(b"\x00")
        # The question asked meanwhile, then cover open as the second of four.
        for answer in (b"\x12\x12", b"\x16", b"\x12", b"\x12"):
            connection.recv(3)
            connection.sendall(answer)
        until_closed(connection)

    with peer(lambda connection: answer_status_then(connection, lambda: behave(connection))) as address:
        outcome = ReceiptPrinter(address, patience=hasty).print(slip("gone"), job="a/1")
    assert (outcome.verdict, outcome.trouble) == (Verdict.UNKNOWN, Trouble.COVER_OPEN)


def test_the_end_of_another_job_confirms_nothing() -> None:
    def behave(connection: socket.socket) -> None:
        take_until(connection, process_id("a/1"))
        connection.sendall(b"\x37\x22zzzz\x00")
        # Healthy in all else.
        with contextlib.suppress(OSError):
            while asked := connection.recv(4096):
                connection.sendall(b"\x12" * asked.count(b"\x10\x04"))

    patience = Patience(answer_seconds=2.0, finish_seconds=1.0, poll_seconds=0.1)
    with peer(lambda connection: answer_status_then(connection, lambda: behave(connection))) as address:
        printer = ReceiptPrinter(address, marker=EndMarker.PROCESS_ID, patience=patience)
        outcome = printer.print(slip("mine"), job="a/1")
    assert (outcome.verdict, outcome.trouble) == (Verdict.UNKNOWN, Trouble.SLOW)


@pytest.mark.parametrize("host", ["127.0.0.1.invalid", "no such host", "a" * 300])
def test_a_name_that_leads_nowhere_is_unreachable(host: str, hasty: Patience) -> None:
    assert ReceiptPrinter(Reach("tcp", host), patience=hasty).status().trouble is Trouble.UNREACHABLE


def test_the_usual_patience_tells_of_a_dead_printer_within_five_seconds() -> None:
    usual = Patience()
    assert usual.connect_seconds + usual.answer_seconds < 5
    assert usual.write_seconds + usual.answer_seconds < 5
