"""A node's key takes the place of another without a moment in which the hub would know neither.

The next key is on the disk before the hub hears of it, the hub knows both until the node has signed with the next one,
and only then is the one before forgotten, at the hub first. So whatever crashes, one that both ends know is there.
"""

from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.node.transport import KeyRing, Link
from sync.signing import possession, public_text
from sync.wire import Rotate, RotateAnswer, pack


class TurningKeys(KeyRing, Protocol):
    """The node's key with the one that is to follow it."""

    def is_due(self) -> bool:
        """Whether the key is so old that the next should follow, or has begun to."""
        ...

    def begin(self) -> Ed25519PrivateKey:
        """The next key, made and on the disk; the same until it is in force."""
        ...

    def use(self, key: Ed25519PrivateKey) -> None:
        """Signs with this key from here on."""
        ...


def rotate(link: Link, keys: TurningKeys, node_id: str) -> None:
    """Has the hub take the next key, and uses it once. Raises what `call` does; it may then be begun again."""
    following = keys.begin()
    public = public_text(following)
    body = pack(Rotate(public, possession(following, node_id)))
    link.call("/sync/v1/rotate", body, RotateAnswer)  # signed by the key in force: the hub knows both from here on
    keys.use(following)
    link.call("/sync/v1/rotate", body, RotateAnswer)  # signed by the next one: the hub knows that alone from here on
