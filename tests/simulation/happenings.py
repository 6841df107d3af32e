"""What can happen to the group in one step, and how likely it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from sync.hub.retention import Retention
from sync.merge import elements, set_text
from sync.node.transport import LinkDown, TurnedAway
from sync.schema import IN_SET
from tests.simulation import counters, forgetting, patrons
from tests.simulation.hub import HubDied
from tests.simulation.network import Request
from tests.simulation.node import Fate, Link, Node, NodeDied
from tests.simulation.promises import Edit
from tests.simulation.statements import NORTH, SOUTH, Insert, Statement, Update
from tests.simulation.tables import LATER, NUMBERS, STAGES, TAGS, release

if TYPE_CHECKING:
    from tests.simulation.world import World

MANY = 14
RESTORING_MS = 3_600_000
COMMITS_MAX = 4
KEPT = Retention(feed_days=1, unseen_days=2)
Written = tuple[list[Statement], list[Edit]]


# --- work


def do_deed(world: World, node: Node) -> None:
    """A fact with its parts, in one act; now and then one larger than a batch."""
    n = world.luck.choice([0, 0, 1, 2, 3, MANY])
    deed = world.insert("deeds", node.property_id, what=world.word(), parts=n)
    parts = [
        world.insert("parts", node.property_id, deed_id=deed.id, amount=world.luck.randint(1, 9)) for _ in range(n)
    ]
    edits = _edits(world, node.rows, node.release.schema.tables) if world.luck.random() < 0.2 else ([], [])
    also = f" and edits {_said(edits[1])}" if edits[1] else ""
    world.act(node, [deed, *parts, *edits[0]], edits[1], what=f"does deed {deed.id[:4]} of {n + 1} rows{also}")


def add(world: World, node: Node) -> None:
    """A record, of the house or of the group."""
    word, tables = world.word(), node.release.schema.tables
    cards = _honest(world, node.rows("SELECT id FROM cards WHERE NOT _deleted ORDER BY id"))
    table = world.luck.choice(["cards", "cards", "rules", *(["labels"] if "labels" in tables and cards else [])])
    if table == "rules":
        made = world.insert("rules", world.luck.choice([None, node.property_id]), name=word)
    elif table == "labels":
        notices = _honest(world, node.rows("SELECT id FROM notices ORDER BY id"))
        notice = world.luck.choice([None, *(row["id"] for row in notices)])
        card = world.luck.choice(cards)["id"]
        made = world.insert("labels", node.property_id, card_id=card, notice_id=notice, name=word)
    else:
        more = {name: world.word() for name in ("colour", "weight") if name in tables["cards"].fields}
        made = world.insert("cards", node.property_id, name=word, note=world.word(), shown=1, stage=STAGES[0], **more)
    edits = [Edit(table, made.id, "name", word, None)]
    world.act(node, [made], edits, what=f"adds {table} {made.id[:4]} {word}")


def add_at_head_office(world: World, node: Node) -> None:
    """What only head office may write, and what it may write too."""
    word = world.word()
    table, place = world.luck.choice(
        [("notices", None), ("notices", node.property_id), ("rules", None), ("rules", SOUTH)]
    )
    made = world.insert(table, place, name=word)
    world.act_at_head_office([made], [Edit(table, made.id, "name", word, None)], f"adds {table} {made.id[:4]} {word}")


def edit(world: World, node: Node) -> None:
    """One to three edits in one act."""
    statements, edits = _edits(world, node.rows, node.release.schema.tables)
    if statements:
        world.act(node, statements, edits, what=f"edits {_said(edits)}")


def edit_at_head_office(world: World, node: Node) -> None:
    """As a machine does, seeing what head office sees."""
    statements, edits = _edits(world, world.hub.office.rows, world.hub.release.schema.tables)
    if statements:
        world.act_at_head_office(statements, edits, f"edits {_said(edits)}")


def advance(world: World, node: Node) -> None:
    """A card goes on to a later stage."""
    rows = _honest(world, node.rows("SELECT id, stage FROM cards WHERE NOT _deleted ORDER BY id"))
    if not rows:
        return
    row = world.luck.choice(rows)
    later = STAGES[STAGES.index(row["stage"]) + 1 :]
    if later:
        stage = world.luck.choice(later)
        edits = [Edit("cards", row["id"], "stage", stage, row["stage"])]
        statements = [Update("cards", row["id"], {"stage": stage})]
        world.act(node, statements, edits, what=f"takes card {row['id'][:4]} to {stage}")


def number(world: World, node: Node) -> None:
    """A card gets a number, which another may have."""
    rows = _honest(world, node.rows("SELECT id, number FROM cards ORDER BY id"))
    if rows:
        row, new = world.luck.choice(rows), world.luck.choice(NUMBERS)
        world.act(node, [Update("cards", row["id"], {"number": new})], what=f"numbers card {row['id'][:4]} {new}")


def add_known(world: World, node: Node) -> None:
    """A row whose id everybody can work out: made twice, it is one row."""
    n = world.luck.randrange(3)
    id = f"00000000-0000-4000-8000-{'a' if node.property_id == NORTH else 'b'}0000000000{n}"
    if node.rows(f"SELECT 1 FROM cards WHERE id = '{id}'"):
        return
    word = world.word()
    made = Insert("cards", id, {"property_id": node.property_id, "name": word, "stage": STAGES[0]})
    world.act(node, [made], [Edit("cards", id, "name", word, None)], what=f"makes the known card {id[-1]} {word}")


def use_later_table(world: World, node: Node) -> None:
    """A fact of a table that only the release after knows."""
    if "charms" in node.release.schema.tables:
        made = world.insert("charms", node.property_id, what=world.word())
        world.act(node, [made], what=f"does a charm {made.id[:4]}, of which earlier releases don't know")


# --- poison


def write_poison(world: World, node: Node) -> None:
    """Something that the hub must refuse: a fault in some program, or somebody's tampering."""
    kind = world.luck.choice(["orphan", "other house", "not its table", "other content", "missing row"])
    statements: list[Statement]
    if kind == "orphan":
        statements = [world.insert("parts", node.property_id, deed_id=world.id(), amount=1)]
    elif kind == "other house":
        other = SOUTH if node.property_id == NORTH else NORTH
        statements = [world.insert("deeds", other, what=world.word(), parts=0)]
    elif kind == "not its table":
        statements = [world.insert("notices", node.property_id, name=world.word())]
    elif kind == "other content":
        id = f"00000000-0000-4000-8000-{'c' if node.property_id == NORTH else 'd'}00000000000"
        if node.rows(f"SELECT 1 FROM deeds WHERE id = '{id}'"):
            return
        statements = [Insert("deeds", id, {"property_id": node.property_id, "what": world.word(), "parts": 0})]
    else:
        bad = [row for row in node.rows("SELECT id FROM notices ORDER BY id") if row["id"] in world.promises.tainted]
        if not bad:
            return
        statements = [Update("notices", bad[0]["id"], {"name": world.word()})]
    world.act(node, statements, what=f"writes poison ({kind}) {statements[0].id[:4]}", poison=True)


def mend_orphan(world: World, node: Node) -> None:
    """The deed comes that a part without one was waiting for, made by head office's hand or by another machine."""
    for row in node.rows(
        "SELECT deed_id FROM parts WHERE deed_id NOT IN (SELECT id FROM deeds) AND property_id = "
        f"'{node.property_id}' ORDER BY id"
    ):
        # whoever makes it makes the same
        deed = Insert("deeds", row["deed_id"], {"property_id": node.property_id, "what": "waited for", "parts": 0})
        world.act(node, [deed], what=f"does deed {deed.id[:4]}, which a part was waiting for")
        return


def let_one_go(world: World, node: Node) -> None:
    """A person at head office has something tried again that was set aside."""
    waiting = world.hub.waiting()
    if waiting:
        _let_go(world, world.luck.choice(waiting))


def let_all_go(world: World) -> None:
    """The same with everything, until nothing more comes of it."""
    helped = True
    while helped:
        helped = sum(_let_go(world, row) for row in world.hub.waiting()) > 0


def _let_go(world: World, row: dict[str, Any]) -> bool:
    author = next(node for node in world.nodes if node.number == row["number"])
    went = world.hub.let_go(author.sender, row["id"])
    if went:
        world.tell(f"head office lets go what it had set aside of {author.name}")
    return went


# --- talk


def talk(world: World, node: Node) -> None:
    """One push or one question for news."""
    what = world.luck.choice(["push", "push", "pull"])
    fate = world.luck.choices(["", "dies before", "dies after", "disk full"], [30, 1, 1, 1])[0]
    node.fate = Fate(fate, world.luck.randrange(COMMITS_MAX)) if fate else None
    world.talk(node, what)


def meanwhile(world: World, node: Node, path: str) -> None:
    """Something happens at a machine whose request is under way."""
    if world.busy:
        return
    world.busy = True
    fate, node.fate = node.fate, None
    life = node.engine
    other_loop = "push" if path.endswith("pull") else "pull"
    what = world.luck.choice([do_deed, edit, edit_at_head_office, add, None])
    if what is not None:
        what(world, node)
    elif node.engine._greeted.is_set():
        world.talk(node, other_loop)
    world.busy = False
    if node.engine is life:
        node.fate = fate
        return
    raise NodeDied


def cut(world: World, node: Node) -> None:
    """The link goes, or comes back."""
    node.online = not node.online
    world.tell(f"{node.name} is {'online' if node.online else 'cut off'}")


def deliver_late(world: World, node: Node) -> None:
    """A request that the network held back arrives after all."""
    fresh = world.network.fresh()
    if fresh:
        deliver(world, fresh.pop(world.luck.randrange(len(fresh))))


def deliver(world: World, request: Request) -> None:
    """A late request reaches head office, and its answer nobody."""
    world.tell(f"{request.what} arrives late")
    try:
        world.hub.handle(request.node.sender, request.path, request.body)
    except (HubDied, TurnedAway):
        return


# --- disks, clocks, people


def crash(world: World, node: Node) -> None:
    """The process ends between two acts."""
    node.start()
    world.tell(f"{node.name} crashes and starts again")


def back_up(world: World, node: Node) -> None:
    """A copy is kept."""
    world.backups[node.name] = node.back_up()
    world.tell(f"{node.name} is backed up")


def restore(world: World, node: Node) -> None:
    """An old copy is put back; what never reached the hub is gone with the disk."""
    backup = world.backups.get(node.name)
    if backup is None or node.in_doubt:
        return
    world.now_ms += RESTORING_MS
    whole, life = world.luck.random() < 0.4, node.engine.incarnation
    node.restore(backup, whole=whole)
    if node.engine.incarnation < life:  # an image from before its present life is refused like any old copy
        node.in_doubt = True
    if whole:
        world.twice.add(node.number)
    world.lose(node)
    world.tell(f"{node.name} is put back from its backup{', its second disk too' if whole else ''}")


def copy(world: World, node: Node) -> None:
    """A second machine is started from a copy of a disk."""
    if node.in_doubt or len(world.here) > 5:
        return
    world.now_ms += RESTORING_MS
    twin = node.copy(f"{node.name}2")
    node.in_doubt = twin.in_doubt = True
    world.twice.add(node.number)
    world.nodes.append(twin)
    world.tell(f"{twin.name} is started from a copy of {node.name}'s disk, and both run")


def set_clock(world: World, node: Node) -> None:
    """A wall clock jumps."""
    node.skew_ms = world.luck.choice([0, 1_000, -1_000, 3_600_000, -86_400_000, 86_400_000])
    world.tell(f"{node.name}'s clock is now {node.skew_ms / 1000:+.0f} s off")


def upgrade_node(world: World, node: Node) -> None:
    """A machine gets the next release."""
    number = node.release.number + 1
    if number <= min(LATER, world.hub.release.number + 1):
        node.upgrade(release(number))
        world.newest = max(world.newest, node.release, key=lambda one: one.number)
        world.tell(f"{node.name} is updated")


def upgrade_hub(world: World, node: Node) -> None:
    """Head office gets the next release, unless a machine would be two behind."""
    number = world.hub.release.number + 1
    if number <= LATER and all(other.release.number >= number - 1 for other in world.here):
        world.hub.upgrade(release(number))
        world.newest = max(world.newest, world.hub.release, key=lambda one: one.number)
        world.tell("head office is updated")


def revoke(world: World, node: Node) -> None:
    """A machine was stolen; now and then a new one takes its place."""
    if len(world.here) < 3:
        return
    world.hub.revoke(node.sender)
    world.tell(f"{node.name} is revoked")
    for each in world.here:
        if each.number == node.number:
            world.retire(each, "REVOKED")
    if world.luck.random() < 0.7:
        world.enrol(node.property_id)


def sweep(world: World, node: Node) -> None:
    """Head office drops what of its feeds nobody needs any more."""
    if world.hub.sweep(KEPT):
        world.tell("head office drops old news")


def compare(world: World, node: Node) -> None:
    """A machine with nothing to say compares its rows with head office's."""
    try:
        if node.engine.check(Link(node)):  # type: ignore[arg-type]
            world.tell(f"{node.name} has compared its rows with head office's")
    except (LinkDown, TurnedAway, NodeDied) as error:
        world.tell(f"{node.name} could not compare its rows: {error}")
        if isinstance(error, NodeDied):
            node.start()


def last_words(world: World) -> None:
    """After everything, one machine after the other edits the same row, each having seen the one before."""
    for place in (NORTH, SOUTH):
        there = [node for node in world.here if node.property_id == place]
        for node in there:
            world.talk_out(node)
            if node.gone:
                continue
            rows = _honest(world, node.rows("SELECT id, name FROM cards WHERE NOT _deleted ORDER BY id"))
            if rows:
                row, word = rows[0], world.word() + node.name
                world.say_last(node, Edit("cards", row["id"], "name", word, row["name"]))
    for _ in range(2):
        for node in world.here:
            world.talk_out(node)


# --- choosing


def _edits(world: World, ask: Callable[[str], list[dict[str, Any]]], tables: Any) -> Written:
    statements: list[Statement] = []
    edits: list[Edit] = []
    for table, names in (
        ("cards", ("name", "note", "tags", "colour", "weight")),
        ("rules", ("name",)),
        ("labels", ("name",)),
    ):
        if table not in tables:
            continue
        rows = _honest(world, ask(f"SELECT * FROM {table} ORDER BY id"))
        for row in world.luck.sample(rows, min(len(rows), world.luck.choice([0, 1, 1, 2]))):
            if world.luck.random() < 0.15:
                away = not row["_deleted"]
                statements.append(Update(table, row["id"], {"_deleted": away}))
                edits.append(Edit(table, row["id"], "_deleted", away, bool(row["_deleted"])))
                continue
            field, word = world.luck.choice([name for name in names if name in tables[table].fields]), world.word()
            if field == "tags":
                there, tag = elements(row["tags"]), world.luck.choice(TAGS)
                statements.append(Update(table, row["id"], {"tags": set_text(there ^ {tag})}))
                edits.append(Edit(table, row["id"], f"tags{IN_SET}{tag}", tag not in there, tag in there))
                continue
            statements.append(Update(table, row["id"], {field: word}))
            edits.append(Edit(table, row["id"], field, word, row[field]))
    return statements, edits


def _honest(world: World, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row for row in rows if row["id"] not in world.promises.tainted]


def _said(edits: Sequence[Edit]) -> str:
    return ", ".join(
        f"{e.table} {e.row[:4]} {'away' if e.value else 'back'}"
        if e.field == "_deleted"
        else f"{e.table} {e.row[:4]} {'with' if e.value else 'without'} {e.field.partition(IN_SET)[2]}"
        if IN_SET in e.field
        else f"{e.table} {e.row[:4]} {e.field} {e.seen}→{e.value}"
        for e in edits
    )


Chances = dict[Callable[["World", Node], None], int]
HAPPENINGS: Chances = {
    do_deed: 60,
    add: 40,
    add_known: 8,
    add_at_head_office: 12,
    edit: 90,
    edit_at_head_office: 60,
    advance: 25,
    number: 20,
    use_later_table: 8,
    write_poison: 10,
    mend_orphan: 10,
    let_one_go: 6,
    talk: 240,
    cut: 20,
    deliver_late: 25,
    crash: 10,
    back_up: 12,
    restore: 10,
    copy: 3,
    set_clock: 10,
    upgrade_node: 6,
    upgrade_hub: 3,
    revoke: 3,
    sweep: 5,
    compare: 10,
    forgetting.back_up_office: 8,
    forgetting.put_back_office: 6,
    patrons.meet: 14,
    patrons.visit_again: 5,
    patrons.part: 10,
    patrons.edit_patron: 18,
    patrons.greet: 10,
    patrons.part_there: 8,
    patrons.edit_patron_there: 10,
    counters.allow: 20,
    counters.earn_there: 24,
    counters.earn_here: 6,
    counters.want: 40,
    counters.spend_some: 50,
    counters.give_some_back: 12,
}
DEALINGS: Chances = {
    talk: 140,
    cut: 6,
    crash: 4,
    back_up: 6,
    restore: 6,
    patrons.meet: 30,
    patrons.visit_again: 10,
    patrons.part: 25,
    patrons.edit_patron: 40,
    patrons.greet: 25,
    patrons.part_there: 20,
    patrons.edit_patron_there: 25,
}
PUT_BACK: Chances = {**DEALINGS, forgetting.back_up_office: 10, forgetting.put_back_office: 8}
ALLOWANCES: Chances = {
    talk: 100,
    counters.hear_all: 24,
    cut: 6,
    crash: 4,
    back_up: 3,
    restore: 3,
    counters.allow: 20,
    counters.earn_there: 10,
    counters.earn_here: 4,
    counters.want: 70,
    counters.spend_some: 60,
    counters.give_some_back: 10,
}
KINDS = {"all": HAPPENINGS, "dealings": DEALINGS, "put back": PUT_BACK, "allowances": ALLOWANCES}
"""What a run may be of."""
