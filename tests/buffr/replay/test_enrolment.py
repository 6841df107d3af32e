import asyncio
import os
import stat
from pathlib import Path

import pytest

from buffr.replay.client import EdgeClient, EdgeRefused, EdgeTrouble
from buffr.replay.enrolment import (
    KeptTerminal,
    TokensUnusable,
    enrol,
    keep_tokens,
    load_tokens,
    sign_in,
    sign_out,
)
from buffr.replay.publish import EdgeAccess
from tests.buffr.replay.conftest import ServeEdge
from tests.buffr.replay.edge_double import CODE, PERSON, PIN, Serving

KEPT = {"http://10.0.0.5:8010": KeptTerminal("p1", "secret"), "http://10.0.0.6:8010": KeptTerminal("p2", "other")}


def entered(serving: Serving, *, person: str | None = None, pin: str = PIN) -> EdgeAccess:
    async def enter() -> EdgeAccess:
        async with EdgeClient(serving.url) as client:
            return await sign_in(client, await enrol(client, CODE, "Replay"), person=person, pin=pin)

    return asyncio.run(enter())


def test_kept_tokens_are_read_back_and_their_owner_alone_can_read_them(tmp_path: Path) -> None:
    path = tmp_path / "new" / "tokens.json"
    assert load_tokens(path) == {}
    keep_tokens(path, KEPT)
    keep_tokens(path, KEPT)
    assert load_tokens(path) == KEPT
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(path.parent) == ["tokens.json"]
    assert "secret" not in repr(load_tokens(path))


def test_tokens_that_others_can_read_are_not_used(tmp_path: Path) -> None:
    path = tmp_path / "tokens.json"
    keep_tokens(path, KEPT)
    path.chmod(0o640)
    with pytest.raises(TokensUnusable, match="chmod 600"):
        load_tokens(path)


@pytest.mark.parametrize("content", [b"", b"[]", b'{"http://x": {"token": 5}}', b"\xff"])
def test_a_file_that_holds_no_tokens_says_what_to_do(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "tokens.json"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(TokensUnusable, match="delete it and enrol again"):
        load_tokens(path)


@pytest.mark.parametrize("person", [PERSON, None])
def test_a_person_signs_in_by_name_or_as_the_only_one_with_a_pin(serve_edge: ServeEdge, person: str | None) -> None:
    serving = serve_edge()
    access = entered(serving, person=person)
    assert serving.edge.tokens == {access.terminal_token: "terminal", access.session_token: "session"}


def test_signing_out_ends_the_session_and_keeps_the_terminal(serve_edge: ServeEdge) -> None:
    serving = serve_edge()
    access = entered(serving)

    async def leave() -> None:
        async with EdgeClient(serving.url) as client:
            await sign_out(client, KeptTerminal(serving.edge.property_id, access.terminal_token), access)

    asyncio.run(leave())
    assert serving.edge.tokens == {access.terminal_token: "terminal"}


@pytest.mark.parametrize("person", ["Jonas", "Nobody"])
def test_whoever_has_no_pin_is_told_who_has(serve_edge: ServeEdge, person: str) -> None:
    with pytest.raises(EdgeTrouble, match=rf"0 people named {person} .* --person \(Selma\)"):
        entered(serve_edge(), person=person)


def test_a_wrong_pin_is_asked_once(serve_edge: ServeEdge) -> None:
    serving = serve_edge()
    with pytest.raises(EdgeRefused, match="WRONG_PIN"):
        entered(serving, pin="0000")
    assert sum("sign-ins" in asked for asked in serving.edge.requests) == 1


def test_a_person_who_may_not_set_prices_is_told_so_before_the_first_order(serve_edge: ServeEdge) -> None:
    serving = serve_edge(permissions=("orders.place", "kitchen.bump", "payments.take", "menu.manage"))
    with pytest.raises(EdgeTrouble, match=r"Selma may not do orders\.open_price"):
        entered(serving, person=PERSON)


def test_an_owner_may_do_everything(serve_edge: ServeEdge) -> None:
    assert entered(serve_edge(permissions=("*",)), person=PERSON).session_token


def test_an_address_that_now_serves_another_property_is_not_signed_in_at(serve_edge: ServeEdge) -> None:
    serving = serve_edge()

    async def enter() -> None:
        async with EdgeClient(serving.url) as client:
            await sign_in(client, KeptTerminal("another", "t"), person=None, pin=PIN)

    with pytest.raises(EdgeTrouble, match="serves another property"):
        asyncio.run(enter())
