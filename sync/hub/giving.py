"""Taking back what a node holds and the hub lacks: after the hub was put back to an older copy, or where checksums differ.

A gift is rows as they stand at the node, under their own stamps and authors (`taking`). It needs no number: what is still
to be given is what still differs. It comes before what waits in the node's outbox, since that may lean on it. What is
wanted or was spent of an allowance is looked at once all is given (`allowance.answer_given`), since the answer may be
among it. What can't be taken is set aside as it was given.
"""

from itertools import groupby
from uuid import NAMESPACE_OID, uuid5

import msgspec

from sync.hub.comparing import goes_on
from sync.hub.feed import write_feed
from sync.hub.put_back import is_recovering
from sync.hub.set_aside import LetGo, given_of, tell_settled, tell_troubles, try_again
from sync.hub.store import Aside, HubStore, SetAside
from sync.hub.taking import IN_PART, NOT_THEIRS, Rules, take, write_taken
from sync.schema import Schema
from sync.wire import Gift, GiftAnswer, GiftTrouble, GivenChange, RowImage, Trouble

MAY_COME, LATER, ASIDE = "PARENT_MISSING", "ROW_MISSING", "SET_ASIDE"


def give(store: HubStore, schema: Schema, gift: Gift, now_ms: int) -> GiftAnswer:
    """Takes a gift inside the caller's transaction; the caller commits."""
    node = store.lock_node()
    if not goes_on(store, node, gift, now_ms):
        return GiftAnswer("superseded")
    store.begin_applying(len(gift.images))
    answer = GiftAnswer("ok")
    rules = Rules(schema, node, is_recovering(store, node), now_ms)
    fine, beside = _sorted_out(store, rules, gift.images)
    answer.troubles = [_trouble(image, ASIDE, "it is set aside at head office") for image in beside]
    transactions = [list(found) for _, found in groupby(fine, key=lambda image: (image.h, image.n))]
    put_aside: list[tuple[Trouble, Aside]] = []
    for image in beside if rules.recovering else ():
        if _says_more(store, image):
            put_aside.append(_put_aside(store, rules, [image], SetAside(LATER, "what it was made by is set aside")))
    try:
        taken = [take(store, rules, fine)]
    except SetAside:
        taken = []
        for images in transactions:
            try:
                taken.append(take(store, rules, images))
            except SetAside as error:
                answer.troubles += [_trouble(image, error.code, str(error)) for image in images]
                if error.code not in (NOT_THEIRS, IN_PART) and (error.code != MAY_COME or gift.final):
                    put_aside.append(_put_aside(store, rules, images, error))
    differing = [image for taking in taken for image in taking.differing]
    strangers = set[tuple[str, str]]().union(*(taking.strangers() for taking in taken))  # as of all of it
    answer.images = [image for image in differing if (image.t, image.k) not in strangers]
    mended = len(fine) < len(gift.images) or any(taking.is_new for taking in taken)
    let_go = try_again(store, schema, now_ms) if mended else LetGo([], [])
    write_taken(store, [*taken, *let_go.taken])
    write_feed(store, let_go.transactions)
    tell_troubles(store, put_aside, now_ms)
    tell_settled(store, let_go.ids, now_ms + 1)  # under another stamp than what was set aside
    return answer


def _sorted_out(store: HubStore, rules: Rules, images: list[RowImage]) -> tuple[list[RowImage], list[RowImage]]:
    """Those to be taken, and those that are set aside already; but what only an edit is missing of is welcome, and after
    the hub was put back so is all else of a row of which an edit is set aside: it is asked for but once."""
    aside = store.set_aside_ids()
    fine: list[RowImage] = []
    beside: list[RowImage] = []
    for image in images:
        made, table = aside.get(image.k), rules.schema.tables.get(image.t)
        if made is None:
            fine.append(image)
        elif made or table is None:
            beside.append(image)
        elif not store.records(table, [image.k]):
            fine.append(image)
        elif rules.recovering:
            fine.append(_all_else(store, image))
        else:
            beside.append(image)
    return fine, beside


def _all_else(store: HubStore, image: RowImage) -> RowImage:
    """A row less the single fields whose edits are set aside: those come with what their author had seen when it wrote
    them, once they are let go; the row alone doesn't tell it."""
    said = _said_aside(store, image)
    waiting = {name for name, stamp in (image.v or {}).items() if (name, stamp[0]) in said}
    fields = msgspec.json.decode(image.f)
    rest = {name: value for name, value in fields.items() if name not in waiting}
    return msgspec.structs.replace(
        image,
        f=msgspec.Raw(msgspec.json.encode(rest)),
        v={name: stamp for name, stamp in (image.v or {}).items() if name not in waiting} or None,
    )


def _says_more(store: HubStore, image: RowImage) -> bool:
    """Whether a row was edited since by what is not set aside here: head office had that, and was put back."""
    said = _said_aside(store, image)
    return any((name, stamp[0]) not in said for name, stamp in (image.v or {}).items())


def _said_aside(store: HubStore, image: RowImage) -> set[tuple[str, int]]:
    """Of which fields of a row something is set aside, and under which stamps."""
    said: set[tuple[str, int]] = set()
    for aside in store.asides_naming(image.k):
        for change in given_of(aside):
            if (change.t, change.k) == (image.t, image.k):
                said |= {(name, change.h) for name in msgspec.json.decode(change.f)}
                said |= {(name, stamp[0]) for name, stamp in (change.v or {}).items()}
    return said


def _put_aside(store: HubStore, rules: Rules, images: list[RowImage], error: SetAside) -> tuple[Trouble, Aside]:
    """Keeps rows that can't be taken as they were given, under what they say last."""
    one, first = store.sender, images[0]
    last = max(first.h, *(stamp[0] for stamp in (first.v or {}).values()), 0)
    changes = [
        GivenChange(
            0, image.h, image.t, "i", image.k, image.f, None, image.n, image.v, image.d, image.x, rules.recovering
        )
        for image in images
    ]
    id = str(uuid5(NAMESPACE_OID, f"{one.node_id}/{rules.node.incarnation}/{first.t}/{first.k}/{last}"))
    aside = Aside(id, rules.node.incarnation, first.h, 0, 0, msgspec.json.encode(changes).decode())
    trouble = Trouble(0, 0, error.code, str(error))
    store.quarantine(aside, trouble)
    return trouble, aside


def _trouble(image: RowImage, code: str, reason: str) -> GiftTrouble:
    return GiftTrouble(image.t, image.k, code, reason)
