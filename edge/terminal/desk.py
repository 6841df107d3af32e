"""The app without its screens: who is signed in, what is drafted, what is known of the property.

Its verbs stand beside it (`acts`, `fetching`, `listening`); screens call them from workers and draw from
`board`. Nothing here knows a widget; what happens is told through `tell`.
"""

import asyncio
import secrets
from collections.abc import Callable
from datetime import datetime
from random import Random
from typing import Any

import msgspec

from edge.terminal import enrolment
from edge.terminal.board import Board
from edge.terminal.client import NodeClient, NodeError, read_as
from edge.terminal.draft import Draft
from edge.terminal.kept import KeptAction
from edge.terminal.locations import Locations
from edge.terminal.news import Changed, Link, News, Spoken, Topic
from edge.terminal.outbox import Outbox
from edge.terminal.shapes.node import Enrolled, Node, SignedIn, Training
from edge.terminal.words import speak, spoken

# An owner's permissions are not listed one by one.
EVERYTHING = "*"
# What a kitchen's terminal may do with nobody signed in.
KITCHENS = frozenset({"kitchen.bump", "kitchen.pause"})

Clock = Callable[[], datetime]


class Desk:
    """One terminal at one node. `clock` gives the present in the zone that staff read."""

    def __init__(
        self, address: str, places: Locations, *, clock: Clock, chance: Random, tell: Callable[[News], None]
    ) -> None:
        self.address = address
        self.clock = clock
        self.chance = chance
        self.tell = tell
        self.client = NodeClient(address)
        self.board = Board()
        self.link: Link | None = None
        self.session: SignedIn | None = None
        self.training: Training | None = None
        """Set where this desk stands in training: nothing of it is cooked, printed or booked."""
        self.last_bumped: str | None = None
        self.last_served: tuple[str, ...] = ()
        """The tickets of the order that was served last at the pass."""
        self.wanted: set[Topic] = set()
        self.wanting = asyncio.Event()
        self.outbox = Outbox(places.kept, send=self._send, tell=tell, chance=chance)
        self.enrolled: Enrolled | None = enrolment.kept(places.enrolment)
        self.knock_on_feed: Callable[[], None] | None = None
        """Set while the live feed runs: has it try at once."""
        self.shows: Callable[[], str | None] = lambda: None
        """Set by the app: the station whose tickets stand on the screen."""
        self._places = places
        self._drafts: dict[str, Draft] = {}
        self._keys: dict[tuple[str, ...], str] = {}
        if self.enrolled:
            self.board.property_name = self.enrolled.property_name

    @property
    def place(self) -> str:
        """The path under which this property's things lie."""
        return f"/api/v1/properties/{self.enrolled.property_id}" if self.enrolled else ""

    @property
    def terminal_token(self) -> str:
        """The token of this enrolled screen."""
        return self.enrolled.token if self.enrolled else ""

    @property
    def acting_token(self) -> str:
        """The token to act under: the person's, or this kitchen screen's own."""
        return self.session.token if self.session else self.terminal_token

    @property
    def heard(self) -> bool:
        """Whether the node is heard now."""
        return self.link is not None and self.link.heard

    @property
    def is_kitchen(self) -> bool:
        """Whether this terminal is a kitchen's, which works without anybody signed in."""
        return self.enrolled is not None and self.enrolled.kind == "kitchen"

    def may(self, permission: str) -> bool:
        """Whether the person signed in has a permission, or this kitchen terminal has it by its kind."""
        if self.session is None:
            return self.is_kitchen and permission in KITCHENS
        return not {permission, EVERYTHING}.isdisjoint(self.session.permissions)

    def node_now(self) -> datetime:
        """The present by the node's clock, by which the ages of tickets are reckoned."""
        return self.clock() + self.board.skew

    @property
    def draft(self) -> Draft:
        """What the person signed in has keyed in and not sent; it waits for them while others are signed in."""
        return self._drafts.get(self.session.person.id, Draft()) if self.session else Draft()

    @draft.setter
    def draft(self, draft: Draft) -> None:
        if self.session:
            before = self.ordering
            self._drafts[self.session.person.id] = draft
            if self.ordering != before:  # another channel or area may have other prices
                self.want(Topic.PRICES)
            self.changed(Topic.DRAFT)

    @property
    def ordering(self) -> dict[str, str]:
        """How and where what is drafted is ordered: as the order that it goes to, or as keyed in."""
        draft, order = self.draft, self.board.orders.get(self.draft.order_id or "")
        channel, table = (order.channel, order.table) if order else (draft.channel, draft.table)
        return {"channel": channel, **({"table": table} if table else {})}

    def drafts(self) -> dict[str, Draft]:
        """Everybody's drafts, by person."""
        return self._drafts

    def follow_menu(self) -> None:
        """What is keyed in and not on its way is estimated by the menu as it is now; what was sent keeps its price."""
        drafts = {person: draft for person, draft in self._drafts.items() if draft.lines and not draft.sending}
        if drafts:
            menu = self.board.items
            self._drafts.update({person: draft.by_menu(menu) for person, draft in drafts.items()})
            self.changed(Topic.DRAFT)

    def changed(self, *topics: Topic) -> None:
        """Let the screens draw these anew."""
        self.tell(Changed(frozenset(topics)))

    def want(self, *topics: Topic) -> None:
        """Have these fetched anew, soon."""
        self.wanted.update(topics)
        self.wanting.set()

    def knock(self) -> None:
        """Ask the node at once, instead of waiting for the next try."""
        if self.knock_on_feed:
            self.knock_on_feed()
        self.outbox.wake()
        self.want(Topic.STATUS)

    async def act_once(self, action: tuple[str, ...], path: str, body: dict[str, Any], *, token: str = "") -> bytes:
        """POST one action of the user, under the same key however often it is tried until the node has answered.

        Raises NodeError.
        """
        key = self._keys.setdefault(action, secrets.token_hex(16))
        try:
            answer = await self.client.act(path, body, key=key, token=token)
        except NodeError as error:
            if not error.unanswered:
                del self._keys[action]
            raise
        del self._keys[action]
        return answer

    async def look(self) -> Node:
        """Which property this node serves. Raises NodeError."""
        node = await self.client.read("/api/v1/node", Node)
        self.board.property_name = node.property_name
        self.changed(Topic.STATUS)
        await self.take_locale(node.locale)
        return node

    async def take_locale(self, locale: str) -> None:
        """Go on in the property's language, and begin in it the next time. Raises OSError when that can't be kept."""
        if not locale:
            return
        if speak(locale):
            self.tell(Spoken())
        if self.enrolled and self.enrolled.locale != locale:
            self.enrolled = msgspec.structs.replace(self.enrolled, locale=locale)
            await asyncio.to_thread(enrolment.keep, self._places.enrolment, self.enrolled)

    async def enrol(self, code: str, name: str) -> None:
        """Make this machine a terminal. Raises NodeError, and OSError when the token can't be kept."""
        body = {"code": code} | ({"name": name} if name else {})
        # A code counts once: after a lost answer, the same key brings the first answer again.
        answer = await self.act_once(("enrol", code, name), "/api/v1/terminals/enrol", body)
        enrolled = msgspec.structs.replace(read_as(answer, Enrolled), locale=spoken())
        self.enrolled = enrolled
        self.board = Board(enrolled.property_name)
        await asyncio.to_thread(enrolment.keep, self._places.enrolment, enrolled)

    def forget_enrolment(self) -> None:
        """The node knows this terminal no more. Its file stays until another enrolment takes its place."""
        self.enrolled = None
        self.session = None
        self.link = None
        self.board = Board(self.board.property_name)

    async def close(self) -> None:
        """Let go of the node."""
        await self.client.close()

    async def _send(self, action: KeptAction, token: str) -> bytes:
        return await self.client.act(action.path, action.body, key=action.key, token=token)
