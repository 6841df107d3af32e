"""A receipt printer without metal: it speaks ESC/POS on a port or a pseudo-terminal, answers status questions, runs out of
paper on demand, and keeps what it printed as text and as PNG. For demonstrations and tests.

In process: `with VirtualPrinter(folder=path) as printer: …`. As a program: `python -m
devices.virtual_printer`.
"""

import contextlib
import signal
import threading
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Annotated, Self

import typer

from devices.virtual.control import ControlPort
from devices.virtual.line import Ear, NetworkLine, WiredLine
from devices.virtual.mechanism import Mechanism, Slip

SLIPS_KEPT_MAX = 50_000
_PAPER_DOTS = {80: 512, 58: 384}


@dataclass(frozen=True, slots=True)
class Printed:
    """A slip that came out. `job` is its name when it was sent with one (`GS ( H`); `picture` is its PNG."""

    number: int
    text: str
    at: datetime
    job: str | None = None
    picture: Path | None = None


class VirtualPrinter:
    """The printer on the network, or on a wire that is plugged in at `wire`. Every method may be called from any thread.

    `port=0` takes a free one. `folder` gets `0001.txt` and `0001.png` for each slip, pictures for the first
    `pictures_max`. `keeps_buffer=False` makes a printer that forgets what it had received when it is
    refilled.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        host: str = "127.0.0.1",
        wire: Path | None = None,
        folder: Path | None = None,
        dots: int = _PAPER_DOTS[80],
        keeps_buffer: bool = True,
        pictures_max: int = 10_000,
    ) -> None:
        self.host, self.folder = host, folder
        self._pictures_max = pictures_max
        self._lock = threading.Lock()
        self._slips: list[Printed] = []
        if folder:
            folder.mkdir(parents=True, exist_ok=True)
        self._first_number = _next_number(folder) if folder else 1
        self._mechanism = Mechanism(dots=dots, keeps_buffer=keeps_buffer, on_slip=self._keep, on_job=self._name_last)
        self._ear = Ear(self._mechanism)
        self._network = NetworkLine(self._ear, host=host, port=port)
        self._line = self._network if wire is None else WiredLine(self._ear, wire)
        try:
            self.go_online()
        except OSError:
            self._mechanism.stop()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Switch off: close the port and every connection, and wait for the threads."""
        # The mechanism first: a connection may be waiting for room in its buffer.
        self._mechanism.stop()
        self.go_offline()

    @property
    def port(self) -> int:
        """The port that it prints from."""
        return self._network.port

    def printed(self) -> list[Printed]:
        """Every slip that was cut off so far, in order."""
        with self._lock:
            return list(self._slips)

    def text_of(self, number: int) -> str:
        """The text of one slip by its number, or LookupError."""
        for slip in self.printed():
            if slip.number == number:
                return slip.text
        raise LookupError(f"there is no slip {number}")

    def counts(self) -> dict[str, int]:
        """How many slips, lines, cuts, drawer kicks, and bytes that mean nothing to a printer."""
        tally = self._mechanism.tally
        return {
            "slips": len(self.printed()),
            "lines": tally.lines,
            "cuts": tally.cuts,
            "kicks": tally.kicks,
            "nonsense": tally.nonsense,
        }

    def unfinished(self) -> str:
        """What stands on the paper that was not cut off yet."""
        return self._mechanism.unfinished()

    def wait_idle(self, seconds: float = 5.0) -> bool:
        """Wait until all that was received is carried out; False when that took longer."""
        return self._mechanism.wait_idle(seconds)

    def paper_out(self, after_lines: int = 0) -> None:
        """The roll ends now, or once so many more lines are printed."""
        self._mechanism.end_paper(after_lines)

    def paper_low(self) -> None:
        """The roll is nearly at its end; printing goes on."""
        self._mechanism.set_low()

    def refill(self) -> None:
        """Put in a new roll."""
        self._mechanism.refill()

    def open_cover(self) -> None:
        """Printing stops until the cover is closed."""
        self._mechanism.set_cover(is_open=True)

    def close_cover(self) -> None:
        """Printing goes on where it stopped."""
        self._mechanism.set_cover(is_open=False)

    def jam_cutter(self, *, on: bool = True) -> None:
        """Printing stops until the cutter is free."""
        self._mechanism.jam(on=on)

    def overheat(self, *, on: bool = True) -> None:
        """Printing stops until the head has cooled."""
        self._mechanism.heat(on=on)

    def slow_down(self, seconds_per_line: float) -> None:
        """Take so long for each line; 0 is as fast as it can."""
        self._mechanism.slow_down(seconds_per_line)

    def mute(self, *, on: bool = True) -> None:
        """Take everything and answer nothing."""
        self._ear.mute = on

    def garble(self, *, on: bool = True) -> None:
        """Answer every question with bytes that no printer sends."""
        self._ear.garbling = on

    def push_in_drawer(self) -> None:
        """Close the drawer that a kick opened."""
        self._mechanism.push_in_drawer()

    def reset_after(self, received_bytes: int) -> None:
        """Break the connection once, after so many more bytes; what came before them is printed."""
        self._ear.break_after(received_bytes)

    def power_cycle(self) -> None:
        """Off and on again: connections, buffer and the unfinished line are gone."""
        self.go_offline()
        self._mechanism.power_cycle()
        self.go_online()

    def go_offline(self) -> None:
        """Pull the plug: nothing is there, connections break; what was received is still printed."""
        self._line.unplug()

    def go_online(self) -> None:
        """Put it back, on the same port or wire."""
        self._line.plug_in()

    def _keep(self, slip: Slip) -> None:
        number = self._first_number + slip.number - 1
        text, picture = slip.strip.text(), None
        if self.folder:
            (self.folder / f"{number:04}.txt").write_text(text + "\n", encoding="utf-8")
            if slip.number <= self._pictures_max:
                picture = self.folder / f"{number:04}.png"
                slip.strip.picture().save(picture, compress_level=3)
        with self._lock:
            self._slips.append(Printed(number, text, slip.at, picture=picture))
            del self._slips[:-SLIPS_KEPT_MAX]

    def _name_last(self, job: str) -> None:
        with self._lock:
            if self._slips and self._slips[-1].job is None:
                self._slips[-1] = replace(self._slips[-1], job=job)


def _next_number(folder: Path) -> int:
    numbers = [int(path.stem) for path in folder.glob("*.txt") if path.stem.isdigit()]
    return max(numbers, default=0) + 1


def main(
    folder: Annotated[Path, typer.Option(help="Where slips are kept as text and PNG.")],
    port: Annotated[int, typer.Option(help="Port to print to; 0 takes a free one.")] = 9100,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    control_port: Annotated[int | None, typer.Option(help="Port for commands: say help there.")] = None,
    paper_mm: Annotated[int, typer.Option(help="Width of the roll: 80 or 58.")] = 80,
    pictures: Annotated[int, typer.Option(help="How many slips are also kept as PNG.")] = 10_000,
    forgetful: Annotated[bool, typer.Option(help="Lose what waits when the paper is refilled.")] = False,
) -> None:
    """Run a virtual receipt printer until SIGINT or SIGTERM."""
    if paper_mm not in _PAPER_DOTS:
        raise typer.BadParameter(f"A roll is 80 or 58 mm wide, not {paper_mm}.")
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    with contextlib.ExitStack() as stack:
        try:
            printer = stack.enter_context(
                VirtualPrinter(
                    port=port,
                    host=host,
                    folder=folder,
                    dots=_PAPER_DOTS[paper_mm],
                    keeps_buffer=not forgetful,
                    pictures_max=pictures,
                )
            )
            control = None
            if control_port is not None:
                control = stack.enter_context(ControlPort(printer, port=control_port))
        except OSError as error:
            typer.echo(f"The virtual printer can't start: {error}.", err=True)
            raise typer.Exit(1) from error
        where = f", control on 127.0.0.1:{control.port}" if control else ""
        typer.echo(f"Printing on {host}:{printer.port}{where}, slips in {folder}")
        stopped.wait()


if __name__ == "__main__":
    typer.run(main)
