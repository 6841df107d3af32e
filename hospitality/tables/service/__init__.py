"""Drawing the floor (`layout`), and guests at its tables (`seating`)."""

MANAGE = "tables.manage"
SEAT = "tables.seat"
