"""How a replay becomes a terminal of an edge: enrols once, keeps the token, signs a person in each time."""

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from uuid import uuid4

import msgspec

from buffr.replay.answers import Enrolled, Node, People, Person, SignedIn
from buffr.replay.client import EdgeClient, EdgeTrouble
from buffr.replay.publish import EdgeAccess

TOKENS_BYTES_MAX = 1_000_000
EVERYTHING = "*"
PERMISSIONS_NEEDED = ("orders.place", "orders.open_price", "kitchen.bump", "payments.take", "menu.manage")


class TokensUnusable(Exception):
    """The file of kept tokens can't be used; the message says what to do."""


class KeptTerminal(msgspec.Struct, frozen=True):
    """What is kept of an enrolment."""

    property_id: str
    token: str

    def __repr__(self) -> str:
        return f"KeptTerminal(property_id={self.property_id!r})"


def load_tokens(path: Path) -> dict[str, KeptTerminal]:
    """The kept terminals by the edge's URL; none when there is no file. Raises TokensUnusable."""
    try:
        mode = path.stat().st_mode
        with path.open("rb") as stream:
            content = stream.read(TOKENS_BYTES_MAX + 1)
    except FileNotFoundError:
        return {}
    if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
        raise TokensUnusable(f"Others can read {path}: run chmod 600 on it, or delete it and enrol again.")
    try:
        return msgspec.json.decode(content, type=dict[str, KeptTerminal])
    except msgspec.MsgspecError as error:
        raise TokensUnusable(f"{path} does not hold tokens ({error}): delete it and enrol again.") from error


def keep_tokens(path: Path, kept: Mapping[str, KeptTerminal]) -> None:
    """Writes the kept terminals, readable by their owner alone, whole or not at all. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = path.with_name(f"{path.name}.{uuid4().hex}")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(msgspec.json.encode(dict(kept)))
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise


async def enrol(client: EdgeClient, code: str, name: str) -> KeptTerminal:
    """Makes this program a terminal of the edge by a one-time code. Raises EdgeTrouble."""
    body = {"code": code, "name": name}
    enrolled = await client.post("/api/v1/terminals/enrol", body, Enrolled, key=str(uuid4()))
    return KeptTerminal(enrolled.property_id, enrolled.token)


async def sign_in(client: EdgeClient, kept: KeptTerminal, *, person: str | None, pin: str) -> EdgeAccess:
    """Signs a person in by their PIN; without a name, the only one who has a PIN.

    Raises EdgeTrouble when the edge is another property's than the one enrolled at, nobody fits, the PIN is
    wrong, or the person may not do all that a replay does.
    """
    node = await client.get("/api/v1/node", Node)
    if node.property_id != kept.property_id:
        raise EdgeTrouble(f"{client.url} now serves another property; enrol there with a new --code.")
    base = f"/api/v1/properties/{kept.property_id}"
    people = await client.get(f"{base}/people", People, token=kept.token)
    body = {"person_id": _chosen(people.items, person).id, "pin": pin}
    signed_in = await client.post(f"{base}/sign-ins", body, SignedIn, token=kept.token, key=str(uuid4()))
    lacking = [needed for needed in PERMISSIONS_NEEDED if needed not in signed_in.permissions]
    if lacking and EVERYTHING not in signed_in.permissions:
        raise EdgeTrouble(
            f"{person or 'Who signed in'} may not do {', '.join(lacking)} at {client.url}; sign a manager in."
        )
    return EdgeAccess(client.url, kept.token, signed_in.token)


async def sign_out(client: EdgeClient, kept: KeptTerminal, access: EdgeAccess) -> None:
    """Ends the session. Raises EdgeTrouble."""
    path = f"/api/v1/properties/{kept.property_id}/sign-outs"
    await client.post(path, {}, dict[str, msgspec.Raw], token=access.session_token, key=str(uuid4()))


def _chosen(people: tuple[Person, ...], name: str | None) -> Person:
    able = [person for person in people if person.has_pin and name in (None, person.display_name)]
    if len(able) == 1:
        return able[0]
    names = ", ".join(sorted(person.display_name for person in people if person.has_pin)) or "nobody yet"
    whom = f"{len(able)} people named {name}" if name else f"{len(able)} people"
    raise EdgeTrouble(f"{whom} can sign in here by PIN; name one with --person ({names}).")
