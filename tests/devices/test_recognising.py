"""Where a printer is now that its address changed: said only where it is certain."""

from devices.finding import Listener
from devices.recognising import Identity, found_again, identity_of

G, B, REPEATER = "00:26:ab:00:00:01", "00:26:ab:00:00:02", "aa:00:00:00:00:00"


def test_a_printer_is_its_hardware_address_and_no_other_at_its_old_place() -> None:
    known = Identity(G, "TM-m30")
    swapped = [Listener("10.0.0.5", 9100, B, "TM-m30"), Listener("10.0.0.9", 9100, G, "TM-m30")]
    assert found_again(known, 9100, swapped) == swapped[1]
    assert found_again(known, 9100, swapped[:1]) is None
    assert found_again(known, 515, swapped) is None


def test_what_several_have_proves_nothing() -> None:
    behind = [Listener("10.0.0.5", 9100, REPEATER), Listener("10.0.0.6", 9100, REPEATER)]
    assert identity_of("10.0.0.5", 9100, behind) == Identity()
    assert found_again(Identity(REPEATER), 9100, behind) is None
    lent = Listener("10.0.0.6", 9100, REPEATER, "Bar printer")
    assert found_again(Identity(REPEATER, "Grill printer"), 9100, [lent]) is None


def test_behind_a_router_a_printer_is_the_name_that_it_alone_tells() -> None:
    told = [Listener("10.9.0.5", 9100, "", "Bar printer"), Listener("10.9.0.7", 9100, "", "Grill printer")]
    known = identity_of("10.9.0.7", 9100, told)
    assert known == Identity("", "Grill printer")
    moved = [told[0], Listener("10.9.0.8", 9100, "", "Grill printer")]
    assert found_again(known, 9100, moved) == moved[1]
    assert found_again(known, 9100, [*moved, Listener("10.9.0.9", 9100, "", "Grill printer")]) is None
    assert found_again(Identity(), 9100, moved) is None
