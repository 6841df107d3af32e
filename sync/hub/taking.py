"""Taking whole rows of a node's: merged by the rules of any row, with what follows from them for the feeds.

Other authors' edits are taken only while the hub knows that it was put back and that this node has not been heard out
since, so that at other times a node can forge nobody's. What follows from rows that were pushed follows from these too:
business keys are asked for, and whoever a row concerns is told.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import msgspec

from sync.clock import DRIFT_MS_MAX, Stamp, at_ms, ms_of
from sync.hub.application import guard, instant_of
from sync.hub.bodies import body_json, feed_rows
from sync.hub.conflict_log import conflict_fact
from sync.hub.handed import Given, handed_back
from sync.hub.interest import forget, settle
from sync.hub.interest import image as whole_row
from sync.hub.keys import same_keys
from sync.hub.put_back import place_of
from sync.hub.said import normal, of_a_later_release
from sync.hub.store import HubStore, NodeState, SetAside, image_of
from sync.merge import NEVER, Clash, RowVersions, Version, later, named_parts, part, with_part
from sync.schema import IN_SET, FieldSpec, Schema, TableSpec
from sync.wire import EntryChange, RowImage

AUTHORS_COPY = "authors_copy"
"""The rule by which one edit that is told in two ways is decided: its author knows, else the hub."""
GIVEN = -1
"""The life of an author that feeds name for what was given: none, so that it goes to all."""
# the hub's own conclusions, each under the id of what it follows from: made twice, they differ in their moment, a grant
# also in what there was to grant
CONCLUSIONS = frozenset({"sync_conflicts", "sync_troubles", "sync_resolutions", "sync_grants"})
UNHEARD_MAX = 10_000
"""So many entries that the giver had not heard of are looked through for what its edits can't have seen."""
NOT_THEIRS, IN_PART = "NOT_PERMITTED", "ROW_MISSING"


@dataclass(frozen=True, slots=True)
class Rules:
    """By what a gift is judged."""

    schema: Schema
    node: NodeState
    recovering: bool
    now_ms: int


class Taking:
    """Takes row images of one node; `told` is what the feeds must say of it (by scope, stamp and author), `differing`
    the rows that the hub has otherwise than they were given."""

    def __init__(self, store: HubStore, rules: Rules) -> None:
        self._store = store
        self._rules = rules
        self._sender = store.sender
        self.told: dict[tuple[str, int, int], list[EntryChange]] = {}
        self.differing: list[RowImage] = []
        self.is_new = False
        self._keyed: dict[str, list[str]] = {}  # of tables with business keys: the rows that may have taken one
        self._moved: dict[str, list[str]] = {}  # the group's rows that only some hear of
        self._handed: dict[str, dict[Given, tuple[int, dict[str, Stamp]]]] = {}
        self._unheard: dict[str, dict[tuple[str, str], set[str]]] = {}
        self._strange: dict[str, dict[str, Stamp]] = {}  # rows that only some are told of, if the giver is not
        self._untold: set[tuple[str, str]] = set()  # those of them of which it was not told when it gave them
        self._found: list[tuple[dict[str, Any], str, tuple[str, str] | None]] = []  # for the log, once all is here

    def run(self, images: list[RowImage]) -> None:
        """Raises SetAside when anything can't be taken; nothing may then stay of any of it (HubStore.attempt)."""
        by_table: dict[str, list[RowImage]] = {}
        for image in images:
            if image.t not in self._rules.schema.tables:
                raise SetAside("UNKNOWN_TABLE", f"no table {image.t} in this release")
            by_table.setdefault(image.t, []).append(image)
        for name in sorted(by_table, key=self._rules.schema.order.__getitem__):
            self._take(self._rules.schema.tables[name], by_table[name])
        for name, given in by_table.items():
            self._settle_dealings(self._rules.schema.dealings.get(name, ()), given)
        self._check_dealings()
        self._let_go_of_strangers()
        for fact, scope, concerned in [*self._found, *self._same_keys()]:
            self._log(fact, scope, concerned)

    def _check_dealings(self) -> None:
        """In quiet times a property says nothing of whom it does not deal with; else its dealings may be among what it has
        yet to give."""
        if self._rules.recovering:
            return
        for name, ids in self._moved.items():
            told = self._store.told(name, ids)
            strangers = [id for id in ids if self._sender.property_id not in told.get(id, ())]
            if strangers:
                raise SetAside("NO_DEALINGS", f"the property has no dealings with {name} {strangers[0]}")

    def _let_go_of_strangers(self) -> None:
        """What the giver holds although its property's dealings with it ended, which it may have been told in a feed that
        it follows no longer, goes from its disk."""
        for name, id in sorted(self.strangers()):
            author = self._strange[name][id]
            if not self._store.told_until(name, id):  # nor of what the log says of it
                self._store.end_telling(name, id, self._sender.property_id, author[0])
            self.told.setdefault((self._sender.property_id, *author), []).append(forget(name, id))

    def strangers(self) -> set[tuple[str, str]]:
        """The rows that were given of which the giver is not told any more: nor is it told how the hub has them."""
        found: set[tuple[str, str]] = set()
        for name, given in self._strange.items():
            told = self._store.told(name, sorted(given))
            found |= {(name, id) for id in given if self._sender.property_id not in told.get(id, ())}
        return found

    def _same_keys(self) -> Iterator[tuple[dict[str, Any], str, tuple[str, str] | None]]:
        for name, ids in self._keyed.items():
            table = self._rules.schema.tables[name]
            for fact in same_keys(self._store, table, ids, instant_of(self._rules.now_ms)):
                place = fact["property_id"]
                yield fact, place or self._sender.org_id, guard(table, {"id": fact["row_id"], "property_id": place})

    def _note_moved(self, table: TableSpec, row: dict[str, Any], fields: Collection[str]) -> None:
        """What is looked at once all is taken."""
        if not table.key_fields.isdisjoint(fields):
            self._keyed.setdefault(table.name, []).append(row["id"])
        if guard(table, row) is not None:
            self._moved.setdefault(table.name, []).append(row["id"])

    def _settle_dealings(self, tables: Sequence[TableSpec], given: list[RowImage]) -> None:
        """Whom rows concern is decided by dealings, which were given back too."""
        for table in tables:
            assert table.interest is not None
            named = ((msgspec.json.decode(image.f).get(table.interest.column), image.h) for image in given)
            for turn in settle(self._store, table, {id: hlc for id, hlc in named if id is not None}):
                change = whole_row(table, turn.row) if turn.began else forget(table.name, turn.id)
                key = (self._sender.property_id, turn.row["_hlc"], turn.row["_node"])
                self.told.setdefault(key, []).append(change)

    def _take(self, table: TableSpec, images: list[RowImage]) -> None:
        here = self._store.records(table, sorted(image.k for image in images))
        self._note_told(table, here)
        gone = self._store.removed(table, [image.k for image in images if image.k not in here])
        if gone:
            raise SetAside("ROW_GONE", f"{table.name} {min(gone)} was deleted long ago")
        fresh: list[bytes] = []
        for image in images:
            row, (known, unknown) = here.get(image.k), _fields(table, image)
            place = (row or known).get("property_id")
            if place not in (self._sender.property_id, None):
                raise SetAside(NOT_THEIRS, f"{table.name} {image.k} is of another property")
            if table.interest is not None and (row or known).get("property_id") is None:
                self._strange.setdefault(table.name, {})[image.k] = (image.h, image.n)
            if row is None:
                fresh.append(self._insert(table, image, known, unknown))
            elif table.kind == "fact":
                self._meet_fact(table, image, known, row)
            else:
                self._merge(table, image, known, unknown, row)
        if fresh:
            self._store.put_rows(table, fresh)
            self.is_new = True

    def _note_told(self, table: TableSpec, here: dict[str, dict[str, Any]]) -> None:
        """Of rows that only some are told of: those of which the giver is not."""
        if table.interest is None:
            return
        concerned = {id for id, row in here.items() if row["property_id"] is None}
        told = self._store.told(table.name, sorted(concerned)) if concerned else {}
        self._untold |= {(table.name, id) for id in concerned if self._sender.property_id not in told.get(id, ())}

    def _may_tell(self, table: TableSpec, stamp: Stamp) -> bool:
        if stamp[1] == self._sender.number:  # the log names those whom it is about
            return table.writer != "group" or table.name == "sync_conflicts"
        return self._rules.recovering

    def _insert(self, table: TableSpec, image: RowImage, known: dict[str, Any], unknown: dict[str, Any]) -> bytes:
        if not self._may_tell(table, (image.h, image.n)):
            raise SetAside(NOT_THEIRS, f"{table.name} {image.k} is not the node's to write")
        if known.get("property_id") is None and table.writer == "property":
            raise SetAside(NOT_THEIRS, f"{table.name} {image.k} is of no property")
        if not table.mergeable.keys() <= known.keys() | _optional(table):
            raise SetAside(IN_PART, f"{table.name} {image.k} is not here to be given in part")
        row = {name: _whole(spec, known.get(name)) for name, spec in table.fields.items()}
        stamps = {name: self._lowered(stamp) for name, stamp in (image.v or {}).items()}
        row["_hlc"], row["_node"] = self._lowered((image.h, image.n))
        row["_fv"] = RowVersions(row["_hlc"], row["_node"], stamps).fv()
        row["_deleted"] = image.d
        row["_x"] = msgspec.json.encode(unknown).decode() if unknown else None
        if row["_hlc"] != image.h or stamps != {name: tuple(stamp) for name, stamp in (image.v or {}).items()}:
            self.differing.append(image_of(table, row))
        self._tell(table, row, image.h)
        self._note_moved(table, row, table.key_fields)
        return msgspec.json.encode(row)

    def _lowered(self, stamp: Stamp, of: tuple[str, str, str, str] | None = None) -> Stamp:
        """A stamp from a clock that ran ahead can't win here either. What the giver was not told yet of an edit that it
        had sent (`of` which scope's table, row and field) is in the feed: under which stamp it went in."""
        if ms_of(stamp[0]) <= self._rules.now_ms + DRIFT_MS_MAX:
            return stamp
        if of is not None and stamp[1] == self._sender.number:
            scope, table, row, name = of
            if scope not in self._handed:
                self._handed[scope] = handed_back(self._store, scope)
            found = self._handed[scope].get((table, row, stamp[0]))
            if found is not None:
                own = found[1].get(name, NEVER)
                return own if own[1] == stamp[1] else (found[0], stamp[1])
        return (at_ms(self._rules.now_ms), stamp[1])

    # --- rows that are here

    def _meet_fact(self, table: TableSpec, image: RowImage, known: dict[str, Any], row: dict[str, Any]) -> None:
        given = {name: _whole(table.fields[name], value) for name, value in known.items() if name in table.fields}
        other = {name: value for name, value in given.items() if value != row[name]}
        mine, sent = (row["_hlc"], row["_node"]), (image.h, image.n)
        if not other:
            if mine != sent:
                self.differing.append(image_of(table, row))
            return
        if mine != sent and table.name in CONCLUSIONS:
            self.differing.append(image_of(table, row))
            return
        if mine != sent:
            raise SetAside("SAME_ID_OTHER_CONTENT", f"{table.name} {image.k} is already here with other content")
        for name, value in other.items():
            final = self._authors_copy(name, table, row, Version(row[name], mine), Version(value, sent))
            row[name] = final.value
        if sent[1] == self._sender.number:
            self._store.edit(table, image.k, other)
            self._tell(table, row)
        else:
            self.differing.append(image_of(table, row))

    def _merge(
        self, table: TableSpec, image: RowImage, known: dict[str, Any], unknown: dict[str, Any], row: dict[str, Any]
    ) -> None:
        mine, theirs = RowVersions.stored(row["_hlc"], row["_node"], row["_fv"]), _versions(image)
        extra = msgspec.json.decode(row["_x"]) if row["_x"] else {}
        moved: dict[str, Stamp] = {}
        changed: set[str] = set()
        differs = False
        for spec, name, sent in _parts(table, {**known, **unknown}, theirs):
            place = row if spec.name in table.mergeable else extra
            here = part(spec, name, place.get(spec.name), mine)
            stamp = self._lowered(sent.stamp, (self._scope(table, row), table.name, image.k, name))
            lowered = stamp != sent.stamp
            final = self._decide(table, spec, (row, name), here, Version(sent.value, stamp), lowered)
            if final != here:
                place[spec.name] = with_part(spec, name, place.get(spec.name), final.value)
                moved[name] = final.stamp
                changed.add(spec.name if spec.name in table.mergeable else "_x")
            differs = differs or final != sent
        if moved:
            row["_fv"] = mine.with_fields(moved).fv()
            row["_x"] = msgspec.json.encode(extra).decode() if extra else None
            self._store.edit(table, image.k, {name: row[name] for name in sorted(changed | {"_fv"})})
            self._tell(table, row)
            self._note_moved(table, row, moved)
        sets = (name for name in table.sets if name in known)
        unsaid = table.mergeable.keys() - known.keys()  # edited and not sent yet: what the hub has there is news
        if differs or unsaid or any(row[name] != known[name] for name in sets):
            self.differing.append(image_of(table, row))

    def _decide(
        self,
        table: TableSpec,
        spec: FieldSpec,
        at: tuple[dict[str, Any], str],
        mine: Version,
        sent: Version,
        lowered: bool,
    ) -> Version:
        row, name = at
        if mine == sent:
            return mine
        if mine.stamp == sent.stamp:
            return self._authors_copy(name, table, row, mine, sent)
        if not self._may_tell(table, sent.stamp) or (spec.writer == "group" and not self._rules.recovering):
            return mine
        final = later(spec, mine, sent)
        if mine.value != sent.value:
            knew = self._knew_given(table, row, sent) if final is mine else self._knew_ours(table, at, mine, lowered)
            if not knew:
                self._note(table, row, Clash(name, spec.merge, final, sent if final is mine else mine))
        return final

    def _knew_given(self, table: TableSpec, row: dict[str, Any], sent: Version) -> bool:
        """Whether what the hub keeps was written by somebody who had seen what is given: in quiet times, since the hub had
        heard it before; after it was put back, where what it still knows tells of it."""
        return not self._rules.recovering or self._store.has_seen(self._scope(table, row), sent.stamp[1], sent.stamp[0])

    def _knew_ours(self, table: TableSpec, at: tuple[dict[str, Any], str], mine: Version, lowered: bool) -> bool:
        """Whether what is given was written by somebody who had seen what the hub has in its place: the giver itself wrote
        that, or the giver is told of the row and had heard so far when it came. Not in quiet times, when what is given
        and the hub lacks is an old copy's, or what was here is damaged; nor where the stamp was lowered, so that it may be
        the older of the two."""
        row, name = at
        if self._is_own(mine.stamp):
            return True
        return (
            self._rules.recovering
            and not lowered
            and (table.name, row["id"]) not in self._untold
            and name not in self._unheard_of(self._scope(table, row)).get((table.name, row["id"]), ())
        )

    def _scope(self, table: TableSpec, row: dict[str, Any]) -> str:
        """Whose feed tells the giver of a row."""
        group = self._sender.org_id if table.interest is None else self._sender.property_id
        return str(row["property_id"] or group)

    def _is_own(self, stamp: Stamp) -> bool:
        """Whether this life of the giver's database wrote it."""
        return stamp[1] == self._sender.number and stamp[0] > self._rules.node.born

    def _unheard_of(self, scope: str) -> dict[tuple[str, str], set[str]]:
        """What others edited, by row, that the giver had not heard of when it came: its edit can't have seen that."""
        if scope not in self._unheard:
            found: dict[tuple[str, str], set[str]] = {}
            after, head = self._store.cursor(scope), place_of(self._store, scope)[0]
            for entry in self._store.entries(scope, after, head, self._rules.node.incarnation, UNHEARD_MAX):
                for change in msgspec.json.decode(body_json(entry.body), type=list[EntryChange]):
                    found.setdefault((change.t, change.k), set()).update(msgspec.json.decode(change.f))
            self._unheard[scope] = found
        return self._unheard[scope]

    def _authors_copy(self, name: str, table: TableSpec, row: dict[str, Any], mine: Version, sent: Version) -> Version:
        """One edit with two values: one of the copies was damaged. Both are kept in the conflict log."""
        won, lost = (sent, mine) if sent.stamp[1] == self._sender.number else (mine, sent)
        self._note(table, row, Clash(name, AUTHORS_COPY, won, lost))
        return won

    # --- telling

    def _note(self, table: TableSpec, row: dict[str, Any], clash: Clash) -> None:
        fact = conflict_fact(self._sender.property_id, table, row["id"], clash, instant_of(self._rules.now_ms))
        self._found.append((fact, self._sender.property_id, guard(table, row)))

    def _log(self, fact: dict[str, Any], scope: str, concerned: tuple[str, str] | None) -> None:
        """Unless it was given back: after all that was."""
        hlc = at_ms(self._rules.now_ms)
        if self._store.log_conflict(fact, hlc):
            body = msgspec.Raw(msgspec.json.encode(fact))
            change = EntryChange("sync_conflicts", "i", fact["id"], body, d=concerned)
            self.told.setdefault((scope, hlc, self._sender.number), []).append(change)

    def _tell(self, table: TableSpec, row: dict[str, Any], given_as: int | None = None) -> None:
        """Tells the feed the whole row, so that who never had it can put it in and who has it merges it."""
        versions = RowVersions.stored(row["_hlc"], row["_node"], row["_fv"])
        extra = msgspec.json.decode(row["_x"]) if row["_x"] else {}
        fields = {**extra, **{name: row[name] for name in table.fields}, "_deleted": row["_deleted"]}
        body = msgspec.Raw(msgspec.json.encode(fields))
        change = EntryChange(table.name, "i", row["id"], body, dict(versions.exceptions) or None)
        if given_as != versions.hlc:
            change.w = given_as
        change.d = guard(table, row)
        scopes = [row["property_id"] or self._sender.org_id]
        if change.d is not None:
            scopes = sorted(self._store.told(table.name, [row["id"]]).get(row["id"], ()))
        elif table.name == "sync_conflicts":
            change.d = self._concerned(row)
        for scope in scopes:
            self.told.setdefault((scope, versions.hlc, versions.node), []).append(change)

    def _concerned(self, fact: dict[str, Any]) -> tuple[str, str] | None:
        """The row that whoever hears what the conflict log says must have dealings with."""
        table, id = self._rules.schema.tables.get(fact["tbl"]), fact["row_id"]
        if table is None or table.interest is None:
            return None
        found = self._store.records(table, [id])
        return None if id in found and found[id]["property_id"] is not None else (table.name, id)


def take(store: HubStore, rules: Rules, images: list[RowImage]) -> Taking:
    """Takes these together. Raises SetAside, and then nothing of them stays."""
    taking = Taking(store, rules)
    with store.attempt():
        taking.run(images)
    return taking


def write_taken(store: HubStore, taken: Sequence[Taking]) -> None:
    """Scopes in order, so that none waits for another in a ring; in each, the authors' transactions as they were given."""
    told = [(*key, changes) for taking in taken for key, changes in taking.told.items()]
    for scope in sorted({scope for scope, *_ in told}):
        mine = [entry for entry in told if entry[0] == scope]
        for author, entries in groupby(mine, key=lambda entry: entry[2]):
            store.append(scope, GIVEN, feed_rows((hlc, False, changes) for _, hlc, _, changes in entries), author)
        store.tell(scope, 0)


def _fields(table: TableSpec, image: RowImage) -> tuple[dict[str, Any], dict[str, Any]]:
    """The image's fields that this release knows, and those that it doesn't; raises SetAside unless they are plain."""
    given = msgspec.json.decode(image.f)
    extra = image.x or {}
    if not isinstance(given, dict):
        raise SetAside("UNACCEPTABLE", f"the fields of {image.t} {image.k} have no names")
    fields = {**extra, **given, "id": image.k, "_deleted": image.d}
    if any(isinstance(value, dict | list) for value in fields.values()):
        raise SetAside("UNACCEPTABLE", f"the fields of {image.t} {image.k} are no plain values")
    known = {name: value for name, value in fields.items() if name in table.fields or name == "_deleted"}
    return known, {name: value for name, value in fields.items() if name not in known}


def _parts(table: TableSpec, fields: dict[str, Any], versions: RowVersions) -> Iterator[tuple[FieldSpec, str, Version]]:
    """What of these fields merges by itself: each field, and each element that a set has or had. Raises SetAside."""
    for name, raw in fields.items():
        spec = table.mergeable.get(name) or of_a_later_release(table, name)
        if spec is None:
            continue
        try:
            names = set(named_parts(spec, raw))
            if spec.merge == "set":
                names |= {part for part in versions.exceptions if part.startswith(spec.name + IN_SET)}
            for each in sorted(names):
                yield spec, each, part(spec, each, _whole(spec, raw), versions)
        except (TypeError, ValueError) as error:
            raise SetAside("UNACCEPTABLE", f"{table.name}: {error}") from error


def _optional(table: TableSpec) -> set[str]:
    """Fields that an older release may not know."""
    return {name for name, spec in table.fields.items() if spec.nullable}


def _whole(spec: FieldSpec, value: Any) -> Any:
    return value if spec.merge == "set" else normal(spec, value)


def _versions(image: RowImage) -> RowVersions:
    return RowVersions(image.h, image.n, {name: (stamp[0], stamp[1]) for name, stamp in (image.v or {}).items()})
