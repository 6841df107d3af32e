"""The rooms as staff see them: what they ask for, which terminals stand there, and that a guest left."""

from edge.rooms.page import TEMPLATES, rooms_page

__all__ = ["TEMPLATES", "rooms_page"]
