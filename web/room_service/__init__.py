"""The pages that a terminal in a guest's room shows."""

from web.room_service.page import TEMPLATES, RoomPageConfig, room_page

__all__ = ["TEMPLATES", "RoomPageConfig", "room_page"]
