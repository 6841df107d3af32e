"""A node that tells its name on the LAN is found by it, and one for this machine alone tells nobody."""

import pytest
import typer

from buffr.terminal import address_of, chosen, nodes
from devices.mdns import NODES, Service
from edge.announcing import told_to_terminals
from tests.edge.served_node import ServedNode

HERE = ["127.0.0.1"]


def test_a_terminal_finds_the_node_by_its_name(lan: ServedNode) -> None:
    with told_to_terminals(lan.node, lan.url) as told:
        assert told is None
    with told_to_terminals(lan.node, lan.url, interfaces=HERE) as told:
        if told is None:
            pytest.skip("no multicast on this machine")
        one = chosen(nodes(HERE), "dune house")
    assert (one.name, one.about["property_id"]) == ("Dune House A", lan.node.identity.property_id)
    assert address_of(one) == lan.url


def test_which_node_is_meant_must_be_clear(capsys: pytest.CaptureFixture[str]) -> None:
    found = [Service(NODES, name, "192.0.2.1", 8010) for name in ("Dune House A", "Dune Bar B")]
    assert chosen(found, "bar") is found[1]
    for wanted, words in ((None, "Several do: Dune House A, Dune Bar B."), ("pool", "There are: Dune House A, Dune")):
        with pytest.raises(typer.Exit):
            chosen(found, wanted)
        assert words in capsys.readouterr().err
