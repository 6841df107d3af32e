"""What we send says the same to a printer that others wrote."""

import json
from typing import Any

import pytest

from devices.documents import QR, Barcode, Document, Kick
from devices.escpos import encode
from devices.layout import Line, lay_out
from devices.profiles import Profile
from tests.eye.readings import KEPT, digest, documents, own_python, read_all

# The set of national letters, and the buzzer: emupos takes their parameters along and does nothing.
PASSED_OVER = ("1b 52 00", "1b 28 41")


@pytest.fixture(scope="module")
def readings() -> dict[str, dict[str, Any]]:
    """emupos's, made now where this Python has it, else as they were kept."""
    python = own_python()
    kept: dict[str, dict[str, Any]] = json.loads(KEPT.read_text(encoding="utf-8"))
    return read_all(python) if python else kept


def test_the_readings_are_of_the_bytes_that_are_sent_now(readings: dict[str, dict[str, Any]]) -> None:
    now = {name: digest(encode(document, kind)) for name, (document, kind) in documents().items()}
    assert {name: found["digest"] for name, found in readings.items()} == now, "make eye, and look at what it changed"


def test_others_read_from_our_bytes_what_the_layout_says(readings: dict[str, dict[str, Any]]) -> None:
    for name, (document, kind) in documents().items():
        found = readings[name]
        assert [one for one in found["unknown"] if not one.startswith(PASSED_OVER)] == [], name
        assert not found["lost"]
        assert found["kicks"] == sum(isinstance(element, Kick) for element in document.elements)
        said = [line.strip() for slip in found["slips"] for line in slip.split("\n") if line.strip()]
        assert _without_doubles(["[image]" if line.startswith("[image ") else line for line in said]) == (
            _without_doubles(_expected(document, kind))
        ), name


def _without_doubles(lines: list[str]) -> list[str]:
    """Bands of drawn lines that follow each other are one picture."""
    return [line for at, line in enumerate(lines) if line != "[image]" or at == 0 or lines[at - 1] != line]


def _expected(document: Document, kind: Profile) -> list[str]:
    lines: list[str] = []
    for step in lay_out(document, kind.columns):
        match step:
            case Line() if step.text.strip():
                lines.append(step.text.strip() if kind.page_for(step.text) else "[image]")
            case Barcode():
                lines.append(f"[barcode {step.symbology.value.upper()} {step.content}]")
            case QR():
                lines.append(f"[qr {step.content}]")
            case _:
                pass
    return lines
