"""The codes that the product may answer with, as its sources tell them."""

import ast
import re
from collections.abc import Iterator

from cloud.postgres.errors import CODES as CLUSTER_CODES
from tests.house.repository import Source, calls, sources, strings

CODE = re.compile(r"[A-Z][A-Z0-9]{2,}(_[A-Z0-9]+)*|NO(_[A-Z0-9]+)+")
# what tells a caller of a code, the house's exceptions and the helpers that answer in the envelope
TELLERS = {
    *("Trouble", "Refused", "Invalid", "NotFound", "Unauthorised", "Forbidden", "TooMany", "Unavailable"),
    *("Denied", "SetAside", "TurnedAway", "ClusterError", "EdgeRefused", "NodeError", "enveloped", "_quarantine"),
}
# words in capitals that are no code of an error
NO_CODES = {"PG_VERSION", "LC_ALL", "LC_MESSAGES", "NOT_ACCEPTED", "ESCPOS_CAPABILITIES_PICKLE_DIR"}


def codes_told(source: Source) -> Iterator[str]:
    """The codes that a file tells somebody, with those of things that are not found."""
    for name, call in calls(source.tree):
        if name in TELLERS:
            told = (text for argument in call.args for text in strings(argument))
            yield from (text for text in told if CODE.fullmatch(text))
        if name == "of" and ast.unparse(call.func) == "NotFound.of" and isinstance(call.args[0], ast.Constant):
            yield f"{str(call.args[0].value).upper().replace(' ', '_')}_NOT_FOUND"


def codes_of(source: Source) -> Iterator[str]:
    """The codes of a file, also of those that are told elsewhere."""
    yield from codes_told(source)
    for text in strings(source.tree):
        if CODE.fullmatch(text) and "_" in text and not text.startswith(("BUFFR_", "XDG_")):
            yield text


def codes() -> set[str]:
    """Every code that the product may answer with."""
    found = {code for source in sources() for code in codes_of(source)}
    return (found | set(CLUSTER_CODES)) - NO_CODES
