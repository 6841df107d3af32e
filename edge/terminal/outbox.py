"""Sends the kept actions to the node, oldest first, each under its one key until the node has answered.

A refusal keeps the action for a person to decide; silence keeps it for another try. One loop sends, so that
pressing a key twice, a retry and a reconnection can never have the same action under way twice.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from random import Random
from typing import Any

import msgspec

from edge.terminal import kept
from edge.terminal.backoff import delay_seconds
from edge.terminal.client import NodeError
from edge.terminal.kept import ACTIONS_MAX, APPROVABLE, KeptAction
from edge.terminal.news import Accepted, Changed, News, Refused, SessionEnded, Topic, Trouble, Waiting
from edge.terminal.words import _

Send = Callable[[KeptAction, str], Awaitable[bytes]]


class Outbox:
    """The actions on their way, in order; `tokens` are the sign-ins that they may be sent under."""

    def __init__(self, path: Path, *, send: Send, tell: Callable[[News], None], chance: Random) -> None:
        self._path = path
        self._send = send
        self._tell = tell
        self._chance = chance
        self._wake = asyncio.Event()
        self._unsaved = False
        self._own_tokens: dict[str, str] = {}
        self.tokens: dict[str, str] = {}
        self.waited: set[str] = set()
        """Keys of actions that the node did not answer at once: whoever keyed them in may have gone on."""
        self.actions, readable = kept.load(path)
        if not readable:
            tell(Trouble(_("Orders kept before could not be read. They are set aside in {path}").format(path=path)))

    @property
    def full(self) -> bool:
        """Whether no more can be kept before the node is back."""
        return len(self.actions) >= ACTIONS_MAX

    def shown(self) -> list[KeptAction]:
        """What staff see as not accepted."""
        return [action for action in self.actions if action.kind != "sign_out"]

    def put(self, action: KeptAction, *, token: str = "") -> None:
        """Take an action on; it is sent at once, and again until the node answers.

        `token` ties it to this one sign-in, which for a sign-out must not be a later one of the same person.
        """
        if token:
            self._own_tokens[action.key] = token
        self.actions.append(action)
        self._changed()

    def drop(self, key: str) -> None:
        """Forget an action that a person has decided about."""
        self.actions = [action for action in self.actions if action.key != key]
        self._own_tokens.pop(key, None)
        self.waited.discard(key)
        self._changed()

    def hand_over(self, key: str, person_id: str, person_name: str) -> None:
        """Let another person's sign-in carry an action whose own has ended. The key stays, so it can't double."""
        self._replace(key, person_id=person_id, person_name=person_name, refusal="", needs=None)

    def retry(self, key: str) -> None:
        """Ask the node again about an action that it refused."""
        self._replace(key, refusal="", needs=None)

    def wake(self) -> None:
        """Try now: the node was heard, or somebody signed in."""
        self._wake.set()

    async def run(self) -> None:
        """Send for ever; ends only by being cancelled."""
        failures = 0
        while True:
            wait = delay_seconds(failures, self._chance) if failures else None
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), wait)
            self._wake.clear()
            failures = failures + 1 if await self._round() else 0

    async def _round(self) -> bool:
        """Try every action once; True when the node did not answer and another round is needed."""
        for action in list(self.actions):
            token = self._own_tokens.get(action.key) or self.tokens.get(action.person_id)
            if action.refusal or token is None:
                continue
            await self._save()
            if not await self._deliver(action, token):
                return True
        await self._save()
        return False

    async def _deliver(self, action: KeptAction, token: str) -> bool:
        """Send one action; False when nobody answered."""
        try:
            answer = await self._send(action, token)
        except NodeError as error:
            if error.unanswered or error.status == 429:
                self.waited.add(action.key)
                self._tell(Waiting(action))
                return False
            self._refused(action, error)
            return True
        self.drop(action.key)
        if action.kind == "sign_out" and self.tokens.get(action.person_id) == token:
            del self.tokens[action.person_id]
        self._tell(Accepted(action, answer))
        return True

    def _refused(self, action: KeptAction, error: NodeError) -> None:
        if action.kind == "sign_out":
            self.drop(action.key)
        elif error.status == 401:
            self.tokens.pop(action.person_id, None)
            self._tell(Waiting(action))
            self._tell(SessionEnded(action.person_id))
        else:
            needs = dict(error.details) if error.code in APPROVABLE else None
            self._replace(action.key, refusal=error.message, needs=needs)
            self._tell(Refused(action, error))

    def _replace(self, key: str, **fields: Any) -> None:
        self.actions = [
            msgspec.structs.replace(action, **fields) if action.key == key else action for action in self.actions
        ]
        self._changed()

    def _changed(self) -> None:
        self._unsaved = True
        self._tell(Changed(frozenset({Topic.KEPT})))
        self._wake.set()

    async def _save(self) -> None:
        if not self._unsaved:
            return
        self._unsaved = False
        try:
            await asyncio.to_thread(kept.save, self._path, list(self.actions))
        except OSError as error:
            words = _("This machine can't keep orders on its disk ({reason}). Don't close the app while any waits.")
            self._tell(Trouble(words.format(reason=error.strerror or error)))
