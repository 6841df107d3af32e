"""The typed client at a real HTTP server."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest

from edge.terminal.client import NodeClient, NodeError, node_address, read_as
from edge.terminal.shapes.node import Node, Person, SignedIn
from edge.terminal.shapes.orders import Order
from edge.terminal.words import machine_locale, speak, spoken
from tests.edge.terminal.node_book import PROPERTY
from tests.edge.terminal.node_double import NodeDouble, Served

PLACE = f"/api/v1/properties/{PROPERTY}"
Value = TypeVar("Value")


def at(url: str, call: Callable[[NodeClient], Awaitable[Value]]) -> Value:
    async def main() -> Value:
        client = NodeClient(url)
        try:
            return await call(client)
        finally:
            await client.close()

    return asyncio.run(main())


def test_a_node_says_which_property_it_serves(served: Served) -> None:
    assert at(served.url, lambda client: client.read("/api/v1/node", Node)).property_name == "Harbour Kitchen"


def test_every_page_of_the_menu_is_read(served: Served, node: NodeDouble) -> None:
    token = node.terminal_token()
    items, currency = at(served.url, lambda client: client.menu(PLACE, token))
    assert [item.name for item in items] == [item["name"] for item in node.book.menu]
    assert currency == "NAD"


def test_a_refusal_has_its_code_its_sentence_and_its_wait(served: Served, node: NodeDouble) -> None:
    token, anna = node.terminal_token(), node.book.people[0]["id"]
    body = {"person_id": anna, "pin": "9999"}

    async def try_often(client: NodeClient) -> list[NodeError]:
        errors = []
        for number in range(4):
            with pytest.raises(NodeError) as refused:
                await client.act(f"{PLACE}/sign-ins", body, key=f"k{number}", token=token)
            errors.append(refused.value)
        return errors

    errors = at(served.url, try_often)
    assert [error.code for error in errors] == ["WRONG_PIN"] * 3 + ["PIN_LOCKED"]
    assert errors[0].message == "This PIN is not right. Try again."
    assert errors[3].retry_after_seconds == 30
    assert not any(error.unanswered for error in errors)


def test_a_lost_answer_repeated_under_its_key_is_the_first_answer(served: Served, node: NodeDouble) -> None:
    token, anna = node.terminal_token(), node.book.people[0]["id"]
    body = {"person_id": anna, "pin": "1234"}
    node.lose_answers = 1

    async def ask_twice(client: NodeClient) -> SignedIn:
        with pytest.raises(NodeError) as lost:
            await client.act(f"{PLACE}/sign-ins", body, key="k", token=token)
        assert lost.value.unanswered
        return read_as(await client.act(f"{PLACE}/sign-ins", body, key="k", token=token), SignedIn)

    session = at(served.url, ask_twice)
    assert list(node.sessions) == [session.token]


def test_a_node_that_is_away_is_one_kind_of_error(served: Served) -> None:
    served.stop()
    with pytest.raises(NodeError) as away:
        at(served.url, lambda client: client.read("/api/v1/node", Node))
    assert (away.value.code, away.value.unanswered) == ("NODE_UNREACHABLE", True)


def test_an_answer_without_an_envelope_still_has_a_sentence(served: Served) -> None:
    with pytest.raises(NodeError) as refused:
        at(served.url, lambda client: client.read("/nowhere", Node))
    assert refused.value.code == "HTTP_404"
    assert "404" in refused.value.message


@pytest.mark.parametrize("content", [b"", b"<html>", b'{"id": 1}'])
def test_an_answer_that_cant_be_read_is_no_reason_to_ask_again(content: bytes) -> None:
    with pytest.raises(NodeError) as unreadable:
        read_as(content, Order)
    assert not unreadable.value.unanswered


def test_fields_that_this_app_does_not_know_are_let_be() -> None:
    person = read_as(b'{"id": "a", "display_name": "Anna", "shoe_size": 38}', Person)
    assert person.display_name == "Anna"


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("http://10.0.0.5:8010/", "http://10.0.0.5:8010"),
        (" 10.0.0.5:8010 ", "http://10.0.0.5:8010"),
        ("https://node.local", "https://node.local"),
    ],
)
def test_addresses_are_kept_in_one_form(typed: str, address: str) -> None:
    assert node_address(typed) == address


@pytest.mark.parametrize("typed", ["", "ftp://10.0.0.5", "http://", "http://a:port", "http://a:99999"])
def test_what_is_no_address_is_refused_with_a_sentence(typed: str) -> None:
    with pytest.raises(ValueError, match="Give it like"):
        node_address(typed)


@pytest.mark.parametrize(("machine", "asked"), [("de_DE.UTF-8", "de-DE"), ("pt_BR:en", "pt-BR"), ("C", ""), ("", "")])
def test_until_the_property_is_known_the_machine_says_the_language(machine: str, asked: str) -> None:
    try:
        speak(machine_locale({"LANGUAGE": machine}))
        assert spoken() == asked
    finally:
        speak("")
