"""A printer on the network is known by more than its address, which a router may change overnight (R20).

Pure. Its hardware address is its own; the name that it tells by mDNS may be anybody's, and counts where no hardware address
can be known: behind a router, which hands names on and hardware addresses not.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from devices.finding import Listener


@dataclass(frozen=True, slots=True)
class Identity:
    """What a printer is known by; empty where nothing is known."""

    hardware: str = ""
    name: str = ""


def identity_of(host: str, port: int, seen: Sequence[Listener]) -> Identity:
    """What the printer at an address is known by: nothing that others there have as well."""
    mine = next((one for one in seen if (one.host, one.port) == (host, port)), Listener(host, port))
    shared = {one.hardware for one in seen if one.host != host} | {""}
    told_too = {one.name for one in seen if one.host != host} | {""}
    return Identity("" if mine.hardware in shared else mine.hardware, "" if mine.name in told_too else mine.name)


def found_again(known: Identity, port: int, seen: Sequence[Listener]) -> Listener | None:
    """Where the printer is now; None where it can't be said for certain."""
    mine = [one for one in seen if _may_be(known, one)]
    hosts = {one.host for one in mine}
    at_port = [one for one in mine if one.port == port]
    return at_port[0] if len(hosts) == 1 and at_port else None


def _may_be(known: Identity, one: Listener) -> bool:
    """By its hardware address where that is known, and by no other name: some repeaters lend theirs to all behind them."""
    if known.hardware:
        return one.hardware == known.hardware and (not known.name or one.name in ("", known.name))
    return bool(known.name) and one.name == known.name
