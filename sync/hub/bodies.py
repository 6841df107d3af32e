"""What an entry of the feed is stored as: JSON, as text where PostgreSQL wrote it, inside zstd where the hub did, which
costs half of what PostgreSQL's own compression does and a quarter less room."""

import sys
from collections.abc import Iterable

import msgspec

from sync.hub.store import FeedRow
from sync.wire import EntryChange

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

ZSTD = b"\x28\xb5\x2f\xfd"  # how every zstd frame begins, and no JSON
BODY_LEVEL = 1


def feed_rows(entries: Iterable[tuple[int, bool, list[EntryChange]]]) -> list[FeedRow]:
    """The entries (stamp, whether the result differs, changes) as the feed keeps them."""
    packer = zstd.ZstdCompressor(level=BODY_LEVEL)  # one for all: to make one takes longer than to use it
    return [
        FeedRow(hlc, differs, packer.compress(msgspec.json.encode(changes), packer.FLUSH_FRAME))
        for hlc, differs, changes in entries
    ]


def body_json(body: bytes) -> bytes:
    """What a body of the feed says, as JSON."""
    return zstd.decompress(body) if body.startswith(ZSTD) else body
