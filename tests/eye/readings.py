"""Every template's bytes, and what emupos made of them."""

import base64
import hashlib
import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from devices.documents import Document
from devices.escpos import encode
from devices.profiles import THERMAL_58, THERMAL_80, Profile
from devices.virtual.commands import Name, take_command
from edge.printing.samples import TEMPLATES, sample
from web.paper.paper import Papers, paper_from

FOLDER = Path(__file__).parent
KEPT = FOLDER / "readings.json"
# emupos knows thermal heads; what a ribbon gets it can't see the size of.
KINDS = (THERMAL_80, THERMAL_58)
SAID: dict[str, Any] = {
    "head": "14 Harbour Road, Walvis Bay",
    "foot": None,
    "feedback_link": "https://dunehouse.example/f?r={number}",
    "logo": None,
    "left_out": [],
    "buzzes": True,
    "receipt_link": False,
}
PAPER = paper_from(SAID, "Africa/Windhoek", language="en")
SECONDS_MAX = 60.0


def documents() -> dict[str, tuple[Document, Profile]]:
    """{name: (document, kind of printer)} of all that is read."""
    papers = Papers(PAPER, PAPER)
    return {
        f"{template} {kind.name}": (sample(template, papers, kind), kind) for template in TEMPLATES for kind in KINDS
    }


def own_python() -> str | None:
    """This Python, where it has emupos."""
    return sys.executable if importlib.util.find_spec("emupos") else None


def read_all(python: str) -> dict[str, dict[str, Any]]:
    """{name: {digest, slips, unknown, kicks, lost}} as emupos reads them now."""
    sent = {name: encode(document, kind) for name, (document, kind) in documents().items()}
    given = json.dumps({name: base64.b64encode(data).decode() for name, data in sent.items()})
    script = str(FOLDER / "emupos_reading.py")
    done = subprocess.run(
        [python, script], input=given, capture_output=True, text=True, check=True, timeout=SECONDS_MAX
    )
    return {name: {"digest": digest(sent[name]), **found} for name, found in json.loads(done.stdout).items()}


def digest(data: bytes) -> str:
    """Of the bytes but for the dots of pictures, which follow the fonts of the machine."""
    buffer, whole = bytearray(data), hashlib.sha256()
    while command := take_command(buffer):
        dots = command.name is Name.PICTURE
        whole.update(command.name.name.encode() + b"\0" + (command.data[:5] if dots else command.data) + b"\0")
    return whole.hexdigest()[:32]


def kept_form(readings: dict[str, dict[str, Any]]) -> str:
    """As the file has them."""
    return json.dumps(readings, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
