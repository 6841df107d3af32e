"""Pictures of the app, for the eyes of whoever builds it and for the docs."""

import os
import subprocess
from pathlib import Path
from random import Random

from edge.terminal.app import TerminalApp
from edge.terminal.locations import locations_of
from tests.edge.terminal.driving import running
from tests.edge.terminal.node_double import NodeDouble, Served
from tests.edge.terminal.tour import scenes

BROWSER = "/usr/bin/chromium"
CELL_WIDTH, LINE_HEIGHT = 12.2, 24.4


async def capture_terminal(folder: Path, state_folder: Path, size: tuple[int, int]) -> list[Path]:
    """Walk through every screen at this size (columns, lines) and leave an SVG of each in `folder`."""
    served = Served(NodeDouble())
    pictures = []
    try:
        book = served.node.book
        app = TerminalApp(served.url, locations_of(state_folder, served.url), clock=lambda: book.now, chance=Random(7))
        async with running(app, size) as pilot:
            async for scene in scenes(pilot, served):
                picture = folder / f"terminal-{scene}-{size[0]}x{size[1]}.svg"
                picture.write_text(_with_local_font(app.export_screenshot(title="Buffr")), encoding="utf-8")
                pictures.append(picture)
    finally:
        served.stop()
    return pictures


def to_png(svg: Path) -> Path:
    """The picture as PNG, painted by the browser of the system's package."""
    png = svg.with_suffix(".png")
    columns, lines = (int(part) for part in svg.stem.rsplit("-", 1)[1].split("x"))
    window = f"--window-size={int(columns * CELL_WIDTH) + 40},{int(lines * LINE_HEIGHT) + 90}"
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    command = [BROWSER, "--headless", *root, "--hide-scrollbars", window, f"--screenshot={png}", svg.as_uri()]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    return png


def _with_local_font(svg: str) -> str:
    """No picture loads a font from the internet."""
    return svg.replace("Fira Code", "DejaVu Sans Mono").replace("@font-face", "@font-unused")
