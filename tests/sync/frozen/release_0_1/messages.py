"""What the first release reads of the wire, as it stood in its `sync/wire.py`. Never changed."""

from typing import Any, Literal

import msgspec

Stamps = dict[str, tuple[int, int]]


class Change(msgspec.Struct, omit_defaults=True):
    s: int
    h: int
    t: str
    o: Literal["i", "u"]
    k: str
    f: msgspec.Raw
    b: Stamps | None = None


class Batch(msgspec.Struct):
    protocol: int
    incarnation: int
    prev: int
    last: int
    schema: str
    now_ms: int
    changes: list[Change]
    waiting: int = 0
    version: str = ""
    part: bool = False


class Trouble(msgspec.Struct):
    first: int
    last: int
    code: str
    reason: str


class PushAnswer(msgspec.Struct):
    status: Literal["ok", "gap", "superseded"]
    acked: int
    now_ms: int
    ceiling: int | None = None
    troubles: list[Trouble] = []


class EntryChange(msgspec.Struct, omit_defaults=True):
    t: str
    o: Literal["i", "u"]
    k: str
    f: msgspec.Raw
    v: Stamps | None = None
    w: int | None = None


class Entry(msgspec.Struct, omit_defaults=True):
    p: int
    h: int
    n: int
    changes: list[EntryChange]
    own: bool = False


class Page(msgspec.Struct):
    scope: str
    epoch: int
    after: int
    to: int
    head: int
    entries: list[Entry]


class PullRequest(msgspec.Struct):
    protocol: int
    incarnation: int
    cursors: dict[str, tuple[int, int]]
    wait: float = 0


class PullAnswer(msgspec.Struct):
    status: Literal["ok", "superseded"]
    now_ms: int
    pages: list[Page]


class Hello(msgspec.Struct):
    protocol: int
    incarnation: int
    last: int
    acked: int
    schema: str
    version: str
    now_ms: int


class HelloAnswer(msgspec.Struct):
    status: Literal["ok", "new_incarnation", "superseded"]
    incarnation: int
    acked: int
    scopes: list[str]
    now_ms: int
    protocol: int = 1
    stamp: int = 0


PROTOCOL = 1
ASKED: dict[str, Any] = {"/sync/v1/hello": Hello, "/sync/v1/push": Batch, "/sync/v1/pull": PullRequest}
TOLD: dict[str, Any] = {"/sync/v1/hello": HelloAnswer, "/sync/v1/push": PushAnswer, "/sync/v1/pull": PullAnswer}
