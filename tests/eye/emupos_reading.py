"""Run by a Python that has emupos: {name: bytes as base64} on standard input, {name: reading} on standard output.

A reading is {slips: the text of each slip, unknown: commands that emupos does not know, in hexadecimal figures, kicks,
lost: whether bytes at the end are no whole command}. It imports nothing of ours.
"""

import base64
import json
import sys
from importlib.resources import files
from typing import Any

import yaml
from emupos.config import PrinterProfile
from emupos.printer.escpos.model import PrintModel
from emupos.printer.escpos.tokenizer import Command, Tokenizer

PROFILE = "epson-tm-t20iii.yaml"
CUTS = ("GS V", "ESC i", "ESC m")
# What a printer answers, and what the model leaves to the printer around it.
ANSWERED = ("ESC p", "GS a", "GS r", "GS I")


def reading(data: bytes, profile: PrinterProfile) -> dict[str, Any]:
    """What comes out of emupos's printer."""
    tokenizer, model = Tokenizer(), PrintModel("eye", profile)
    slips, unknown, kicks = [], [], 0
    for token in tokenizer.feed(data):
        if isinstance(token, Command) and token.name in CUTS:
            receipt = model.finish("cut")
            slips += [receipt.text] if receipt else []
        elif isinstance(token, Command) and token.name in ANSWERED:
            kicks += token.name == "ESC p"
        else:
            unknown += [str(event.data["bytes"]) for event in model.process(token)]
    lost = tokenizer.close()
    last = model.finish("connection-closed")
    slips += [last.text] if last else []
    return {"slips": slips, "unknown": unknown, "kicks": kicks, "lost": lost is not None}


def main() -> None:
    """Reads all that is given."""
    text = (files("emupos") / "profiles" / "printers" / PROFILE).read_text(encoding="utf-8")
    profile = PrinterProfile.model_validate(yaml.safe_load(text))
    given = json.load(sys.stdin)
    json.dump({name: reading(base64.b64decode(data), profile) for name, data in given.items()}, sys.stdout)


if __name__ == "__main__":
    main()
