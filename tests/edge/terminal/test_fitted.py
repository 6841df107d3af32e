"""A till with a scale and a card terminal: read and charged from the staff app, at a real node and virtual devices."""

import asyncio
from pathlib import Path

from textual.pilot import Pilot

from devices.virtual.card_reader import VirtualCardReader
from devices.virtual.counter import VirtualScale
from devices.virtual.plug import Plug
from hospitality.menu.service import NewItem, add_item
from tests.edge.hardware.plugs import folder_of_plugs, until
from tests.edge.hardware.test_hardware import added, state_of
from tests.edge.node_fixture import DINNER, KITCHEN, TOIVO, act
from tests.edge.served_node import ServedNode, copy_of, served_node
from tests.edge.terminal.driving import running, type_in, until_gone, until_shown
from tests.edge.terminal.test_actions import PINS, app_of, approve, form, sign_in, with_pins


async def weighed(pilot: Pilot[int], scale: VirtualScale) -> None:
    """What moves is refused with what to do; at rest it is taken, and what is typed instead counts as keyed."""
    await type_in(pilot, "kudu")
    await pilot.press("enter")
    await until_shown(pilot, "Kudu steak: how many kg?", "Deli:", "F8 weighs again")
    scale.moving = False
    await pilot.press("f8")
    await until_shown(pilot, "Deli: 0.312 kg. Enter takes it.")
    await pilot.press("enter")
    await until_shown(pilot, "0.312 kg")
    await pilot.press("f8")
    await until_shown(pilot, "Accepted")


async def charged(pilot: Pilot[int], reader: VirtualCardReader) -> None:
    """One is given up, one is nobody's to know and a manager decides, and one is taken."""
    reader.guest = "waits"
    await pilot.press("f7")
    await until_shown(pilot, "How is it paid?", "C Charge")
    await pilot.press("c")
    await form(pilot, "On Cards", "enter", "enter")
    await until_shown(pilot, "the guest is asked")
    await pilot.press("full_stop", "j")
    await form(pilot, "Card payment", "1")
    await until_gone(pilot, "the guest is asked")
    reader.mute = True
    await pilot.press("c")
    await form(pilot, "On Cards", "enter", "enter")
    await until_shown(pilot, "UNKNOWN whether the card was charged")
    await pilot.press("full_stop", "z")
    await form(pilot, "Card payment", "1", "2")
    await approve(pilot)
    await until_shown(pilot, "It counts as not charged")
    reader.mute, reader.guest = False, "pays"
    await until_gone(pilot, "UNKNOWN whether")
    await pilot.press("c")
    await form(pilot, "On Cards", "enter", "enter")
    await until_shown(pilot, "Receipt A1-")


async def given_back(pilot: Pilot[int], reader: VirtualCardReader) -> None:
    """What goes back to the card nobody hears of; a manager decides that it did not, and it turns out otherwise."""
    reader.mute = True
    await pilot.press("full_stop", "2")
    await form(pilot, "Give back at the card terminal", "1", "enter", "1")
    await approve(pilot)
    await until_shown(pilot, "The card terminal is asked")
    await pilot.press("full_stop", "4")
    await form(pilot, "Decide: it was not given back", "1", "1")
    await approve(pilot)
    await until_shown(pilot, "It counts as not given back")
    reader.mute = False
    await until_shown(pilot, "Card refund A1-4: given back.")


def test_a_weight_is_read_and_a_card_is_charged_given_up_and_decided_about(furnished: Path, tmp_path: Path) -> None:
    scale, reader = VirtualScale(grams=312, moving=True), VirtualCardReader()

    async def scenario(lan: ServedNode) -> None:
        async with running(app_of(lan, tmp_path / "state"), (100, 40)) as pilot:
            await sign_in(pilot, "toivo", PINS[TOIVO])
            await weighed(pilot, scale)
            await charged(pilot, reader)
            await given_back(pilot, reader)

    with (
        folder_of_plugs() as folder,
        Plug(folder / "scale", scale.hear_8217) as on_scale,
        Plug(folder / "cards", reader.hear) as on_cards,
        served_node(copy_of(furnished, tmp_path / "node")) as lan,
    ):
        act(lan.node.host, add_item, NewItem("Kudu steak", DINNER, 20000, KITCHEN, sold_as="kg"))
        added(lan, name="Deli", kind="scale", address=f"serial:{on_scale.path}", terminal_id=None)
        added(lan, name="Cards", kind="card_terminal", address=f"serial:{on_cards.path}")
        for name in ("Deli", "Cards"):
            until(lambda name=name: state_of(lan, name)["state"] == "live")  # type: ignore[misc]
        with_pins(lan)
        asyncio.run(scenario(lan))
        lan.token = lan.tokens["kitchen"]
        (order,) = lan.get("orders").json()["items"]
        attempts = lan.get(f"orders/{order['id']}/card-attempts").json()["items"]
        refunds = lan.get(f"orders/{order['id']}/card-refunds").json()["items"]
    sold = order["lines"][0]["sold_as"]
    assert (sold["thousandths"], sold["by"], order["payment_state"]) == (312, "scale", "settled")
    assert [one["state"] for one in attempts] == ["declined", "declined", "approved"]
    assert list(reader.charges.values()) == [order["total_minor"]]
    assert [(one["amount_minor"], one["state"]) for one in refunds] == [(order["total_minor"], "approved")]
    assert order["refunded_minor"] == order["total_minor"]
