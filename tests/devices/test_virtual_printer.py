"""The virtual printer itself: what it keeps, its pictures, and its controls."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from devices.documents import QR, Blank, Cut, Document, Rule, Text
from devices.escpos import encode
from devices.layout import to_text
from devices.printer import Verdict
from devices.receipt_printer import ReceiptPrinter
from devices.virtual.control import ControlPort, obey, send_command
from devices.virtual_printer import VirtualPrinter

STOP_SECONDS = 30.0


@pytest.fixture
def control(virtual: VirtualPrinter) -> Iterator[ControlPort]:
    with ControlPort(virtual) as port:
        yield port


def test_a_slip_is_kept_as_text_and_as_a_picture(
    virtual: VirtualPrinter, network: ReceiptPrinter, kitchen_ticket: Document, paper_folder: Path
) -> None:
    network.print(kitchen_ticket, job="a/1")
    (printed,) = virtual.printed()
    assert (paper_folder / "0001.txt").read_text(encoding="utf-8") == printed.text + "\n"
    assert printed.picture == paper_folder / "0001.png"
    assert printed.at.tzinfo is not None
    with Image.open(printed.picture) as picture:
        assert picture.width == 512 + 2 * 32 + 2 * 16
        greys = picture.convert("L").tobytes()
    assert min(greys) < 40
    assert max(greys) > 245


def test_the_qr_code_on_the_picture_can_be_read(
    virtual: VirtualPrinter, network: ReceiptPrinter, receipt: Document
) -> None:
    network.print(receipt, job="a/1")
    picture = virtual.printed()[0].picture
    assert picture is not None
    with Image.open(picture) as image:
        assert [code.text for code in zxingcpp.read_barcodes(image.convert("L"))] == ["https://seaview.example/f/A1-88"]


@pytest.mark.parametrize("content", ["é漢", "1234567890", "x" * 400])
def test_qr_codes_of_any_content_can_be_read(content: str, virtual: VirtualPrinter, network: ReceiptPrinter) -> None:
    document = Document((Text("before"), QR(content), Text("after"), Rule(), Blank(), Cut()))
    assert network.print(document, job="a/1").verdict is Verdict.CONFIRMED
    picture = virtual.printed()[0].picture
    assert picture is not None
    with Image.open(picture) as image:
        assert [code.text for code in zxingcpp.read_barcodes(image.convert("L"))] == [content]


def test_numbers_go_on_where_an_earlier_run_stopped(paper_folder: Path, hasty: object) -> None:
    for _ in range(2):
        with (
            VirtualPrinter(folder=paper_folder, pictures_max=0) as virtual,
            socket.create_connection((virtual.host, virtual.port), STOP_SECONDS) as connection,
        ):
            connection.sendall(encode(Document((Text("slip"), Cut()))) + b"\x1dr\x01")
            assert connection.recv(1) == b"\x00"
    assert sorted(path.name for path in paper_folder.iterdir()) == ["0001.txt", "0002.txt"]


def test_a_taken_port_is_an_error_and_leaves_nothing_running(virtual: VirtualPrinter) -> None:
    with pytest.raises(OSError, match="in use"):
        VirtualPrinter(port=virtual.port)


def test_it_stops_while_its_paper_is_out_and_its_buffer_full(paper_folder: Path) -> None:
    with VirtualPrinter(folder=paper_folder) as virtual:
        virtual.paper_out()
        with socket.create_connection((virtual.host, virtual.port), STOP_SECONDS) as connection:
            connection.settimeout(0.2)
            with pytest.raises(TimeoutError):
                connection.sendall(b"line\n" * 10_000_000)
    assert virtual.printed() == []


def test_controls_over_the_wire(virtual: VirtualPrinter, network: ReceiptPrinter, control: ControlPort) -> None:
    document = Document((Text("one"), Text("two"), Cut()))
    assert send_command(control.port, "paper out 1") == "ok"
    assert network.print(document, job="a/1").verdict is Verdict.UNKNOWN
    assert send_command(control.port, "count") == "ok 0"
    assert send_command(control.port, "paper refill") == "ok"
    assert virtual.wait_idle(STOP_SECONDS)
    assert send_command(control.port, "count") == "ok 1"
    assert send_command(control.port, "text 1") == f"ok {to_text(document, 42)!r}"
    assert send_command(control.port, "text 2") == "error there is no slip 2"
    assert send_command(control.port, "offline") == "ok"
    assert network.print(document, job="a/2").verdict is Verdict.FAILED
    assert send_command(control.port, "online") == "ok"
    assert network.print(document, job="a/3").verdict is Verdict.CONFIRMED


@pytest.mark.parametrize(
    "line",
    ["paper low", "cover open", "cover close", "mute", "speak", "garble", "clear", "slow 0", "reset 9"],
)
def test_every_control_is_obeyed(line: str, virtual: VirtualPrinter) -> None:
    assert obey(virtual, line) == "ok"


def test_controls_that_mean_nothing_are_refused(virtual: VirtualPrinter) -> None:
    assert obey(virtual, "").startswith("error unknown command")
    assert obey(virtual, "paper out soon").startswith("error soon is not")
    assert obey(virtual, "slow 1e9").startswith("error seconds are")
    assert obey(virtual, "slow nan").startswith("error seconds are")
    assert obey(virtual, "help").startswith("ok paper out")
    assert obey(virtual, "counts") == "ok slips=0 lines=0 cuts=0 kicks=0 nonsense=0"


def test_it_runs_as_a_program_and_stops_when_told(paper_folder: Path) -> None:
    command = [sys.executable, "-m", "devices.virtual_printer", "--port", "0", "--control-port", "0"]
    program = subprocess.Popen(
        [*command, "--folder", str(paper_folder)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    with program:
        try:
            assert program.stdout is not None
            said = program.stdout.readline()
            control = int(said.split("control on 127.0.0.1:")[1].split(",")[0])
            assert send_command(control, "count", timeout_seconds=STOP_SECONDS) == "ok 0"
            program.terminate()
            assert program.wait(STOP_SECONDS) == 0
        finally:
            program.kill()
