"""What crosses the wire comes back as it was, within its limits, and garbage is refused in words."""

import sys
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.hub.feed import PullRequest
from sync.wire import (
    UNPACKED_BYTES_MAX,
    Batch,
    Change,
    Entry,
    EntryChange,
    Hello,
    HelloAnswer,
    Page,
    PullAnswer,
    PushAnswer,
    Trouble,
    UnreadableError,
    pack,
    pack_json,
    unpack,
)

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

numbers = st.integers(0, 2**63 - 1)
signed = st.integers(-(2**63), 2**63 - 1)
texts = st.text(max_size=20)
scalars = st.one_of(st.none(), st.booleans(), signed, st.text())
fields = st.dictionaries(texts, scalars, max_size=5).map(lambda found: msgspec.Raw(msgspec.json.encode(found)))
stamps = st.one_of(st.none(), st.dictionaries(texts, st.tuples(numbers, st.integers(0, 2**31)), min_size=1, max_size=3))
changes = st.builds(Change, numbers, numbers, texts, st.sampled_from("iu"), texts, fields, stamps)
entry_changes = st.builds(EntryChange, texts, st.sampled_from("iu"), texts, fields, stamps)
entries = st.builds(Entry, numbers, numbers, numbers, st.lists(entry_changes, max_size=3), st.booleans())
pages = st.builds(Page, texts, numbers, numbers, numbers, numbers, st.lists(entries, max_size=3))
troubles = st.builds(Trouble, numbers, numbers, texts, texts)
messages: dict[type[msgspec.Struct], st.SearchStrategy[Any]] = {
    Batch: st.builds(
        Batch, numbers, numbers, numbers, numbers, texts, signed, st.lists(changes, max_size=4), numbers, texts
    ),
    PushAnswer: st.builds(
        PushAnswer,
        st.sampled_from(["ok", "gap", "superseded"]),
        numbers,
        signed,
        st.one_of(st.none(), numbers),
        st.lists(troubles, max_size=3),
    ),
    PullAnswer: st.builds(PullAnswer, st.sampled_from(["ok", "superseded"]), signed, st.lists(pages, max_size=3)),
    PullRequest: st.builds(
        PullRequest, numbers, numbers, st.dictionaries(texts, st.tuples(numbers, numbers), max_size=3), st.floats(0, 9)
    ),
    Hello: st.builds(Hello, numbers, numbers, numbers, numbers, texts, texts, signed),
    HelloAnswer: st.builds(
        HelloAnswer,
        st.sampled_from(["ok", "new_incarnation", "superseded"]),
        numbers,
        numbers,
        st.lists(texts, max_size=2),
        signed,
    ),
}


@pytest.mark.parametrize("kind", messages, ids=lambda kind: kind.__name__)
@given(data=st.data())
def test_every_message_comes_back_as_it_was(kind: type[msgspec.Struct], data: st.DataObject) -> None:
    message = data.draw(messages[kind])
    assert plain(unpack(pack(message), kind)) == plain(message)


def plain(message: Any) -> Any:
    """Raw fields compare by their bytes."""
    if isinstance(message, msgspec.Raw):
        return bytes(message)
    if isinstance(message, msgspec.Struct):
        return [plain(value) for value in msgspec.structs.astuple(message)]
    return [plain(value) for value in message] if isinstance(message, list) else message


@given(st.binary(max_size=200))
def test_garbage_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableError):
        unpack(data, Batch)


@given(st.text(max_size=60))
def test_text_that_is_no_message_is_refused(text: str) -> None:
    with pytest.raises(UnreadableError):
        unpack(pack_json(text.encode()), Batch)


@given(cut=st.integers(0, 10_000), data=st.data())
def test_a_truncated_message_is_refused(cut: int, data: st.DataObject) -> None:
    whole = pack(data.draw(messages[PullAnswer]))
    with pytest.raises(UnreadableError):
        unpack(whole[: cut % len(whole)], PullAnswer)


@pytest.mark.parametrize(
    "raw",
    [
        b'{"protocol":1}',
        b'{"protocol":"1","incarnation":1,"prev":0,"last":0,"schema":"","now_ms":0,"changes":[]}',
        b'{"protocol":1,"incarnation":1,"prev":0,"last":0,"schema":"","now_ms":0,"changes":[{"o":"d"}]}',
        b'{"protocol":1,"incarnation":1,"prev":0,"last":0,"schema":"\xff","now_ms":0,"changes":[]}',
        b"[" * 100_000,
    ],
)
def test_json_of_another_shape_is_refused(raw: bytes) -> None:
    with pytest.raises(UnreadableError):
        unpack(pack_json(raw), Batch)


def test_fields_nested_without_end_are_refused() -> None:
    deep = b'{"a":' * 50_000 + b"1" + b"}" * 50_000
    raw = (
        b'{"protocol":1,"incarnation":1,"prev":0,"last":1,"schema":"","now_ms":0,'
        b'"changes":[{"s":1,"h":1,"t":"t","o":"i","k":"k","f":' + deep + b"}]}"
    )
    with pytest.raises(UnreadableError):
        unpack(pack_json(raw), Batch)


def test_a_message_that_unpacks_to_too_much_is_refused_without_unpacking_it() -> None:
    bomb = zstd.compress(b" " * (UNPACKED_BYTES_MAX * 4), level=3)
    assert len(bomb) < 100_000
    with pytest.raises(UnreadableError, match="at most"):
        unpack(bomb, Batch)


def test_something_after_the_message_is_refused() -> None:
    with pytest.raises(UnreadableError):
        unpack(pack(Hello(1, 1, 0, 0, "", "", 0)) + b"more", Hello)


def test_a_field_of_a_later_release_does_not_make_a_message_unreadable() -> None:
    raw = msgspec.json.decode(msgspec.json.encode(Hello(1, 1, 0, 0, "s", "v", 5)))
    assert unpack(pack_json(msgspec.json.encode({**raw, "moon": "full"})), Hello).now_ms == 5
