"""Kitchens to look at and to test with: what stands on the board at some moment of an evening."""

from tests.edge.kds.node_double import KitchenNode, line


def quiet_evening(node: KitchenNode) -> None:
    """Three tickets, nothing urgent."""
    node.place(
        line("Oryx steak", 2, "Medium rare", "Pepper sauce", seat=1),
        line("Chips", 2),
        minutes_ago=6.3,
        table="4",
        server="Hilma",
    )
    node.place(line("Kapana plate", 1, ("Onion", 0), "Extra chilli"), minutes_ago=2.1, table="9", covers=1)
    node.place(line("Cheese burger", 1, "No pickles"), channel="takeaway", table=None, covers=None, server="Jonas")


def busy_evening(node: KitchenNode) -> dict[str, str]:
    """Fourteen tickets: late ones, a long one, an allergy, a void and an addition after firing; ids by table."""
    ids: dict[str, str] = {}

    def fire(table: str, minutes: float, *lines: object, **facts: object) -> None:
        ids[table] = node.place(*lines, minutes_ago=minutes, table=table, **facts)  # type: ignore[arg-type]

    fire(
        "7",
        14.6,
        line("Oryx steak", 1, "Well done"),
        line("Grilled kingklip", 1, "Lemon butter"),
        server="Hilma",
    )
    fire(
        "12",
        12.4,
        line("Lamb chops", 2, "Medium", "Mint sauce", note="Allergy: NUTS, use a clean pan", seat=2),
        line("Chips", 2),
        line("Green salad", 1, ("Onion", 0), ("Olives", 0), seat=3),
    )
    fire(
        "3",
        11.2,
        line("Cheese burger", 2, "Medium", "No pickles", ("Bacon", 2)),
        line("Chips", 2),
        server="Jonas",
    )
    fire("21", 9.8, *long_order(), covers=14, server="Selma", prep_seconds=1500)
    fire("5", 9.1, line("Beef potjie", 3), line("Pap", 3), line("Chakalaka", 1), server="Jonas")
    fire(
        "204",
        8.8,
        line("Club sandwich", 1, "No mayonnaise"),
        channel="room_service",
        server="Petrus",
        covers=None,
    )
    fire("16", 7.5, line("Oryx steak", 1, "Rare", seat=1), line("Chicken schnitzel", 1, seat=2), server="Hilma")
    fire("9", 6.1, line("Kapana plate", 4, "Extra chilli"), line("Chips", 4), server="Selma", covers=4)
    fire("T-31", 5.2, line("Chicken wings", 12), channel="takeaway", server="Counter", covers=None)
    fire("2", 4.4, line("Grilled kingklip", 2), order_note="Birthday table, send together", server="Jonas")
    fire("18", 3.1, line("Vegetable curry", 1, note="mild, for a child"), line("Pap", 1), server="Hilma")
    fire("11", 2.0, line("Lamb chops", 1, "Medium"), line("Chips", 1), line("Green salad", 1), covers=1)
    fire("8", 0.9, line("Cheese burger", 1, "No onion"), line("Chips", 1), server="Selma")
    fire("14", 0.2, line("Oryx steak", 2, "Medium rare"), server="Petrus")
    node.place(
        line("Tuna salad"),
        minutes_ago=3.5,
        station_id="st-cold",
        station_name="Cold",
        table="7",
        prep_seconds=300,
    )
    node.place(line("Malva pudding", 4), minutes_ago=1.5, station_id="st-pass", station_name="Pastry", table="9")
    return ids


def long_order() -> list[dict[str, object]]:
    """A party of fourteen."""
    return [
        line("Oryx steak", 3, "Medium rare", "Pepper sauce"),
        line("Oryx steak", 2, "Well done", "Mushroom sauce"),
        line("Lamb chops", 2, "Medium", "Mint sauce"),
        line("Grilled kingklip", 2, "Lemon butter", ("Capers", 0)),
        line("Chicken schnitzel", 2, "Cheese sauce"),
        line("Vegetable curry", 1, note="vegan: no yoghurt"),
        line("Kapana plate", 2),
        line("Chips", 8),
        line("Pap", 4),
        line("Green salad", 3, ("Onion", 0)),
        line("Chakalaka", 2),
        line("Garlic bread", 4),
        line("Mushroom risotto", 2, note="one without cheese"),
        line("Seasonal vegetables", 6),
        line("Creamed spinach", 3),
        line("Gravy", 5),
    ]
