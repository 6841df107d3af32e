"""What a guest does at the terminal in the room, and what staff do about it.

An order from a room is an order like any other, taken by the same verb. What a terminal shows is what went to its room
since the last guest left: who stays there is a trade to come.
"""
