"""What a screen may ask of the app that it stands in."""

from typing import Protocol, cast

from textual.app import App

from edge.terminal.action import Action
from edge.terminal.desk import Desk


class Host(Protocol):
    """The app, as its screens see it."""

    @property
    def desk(self) -> Desk:
        """What stands on the screens: the real desk, or the one in training."""

    def go(self, place: str) -> None:
        """Show a place: "order", "open_orders", "kitchen", "status", "conflicts", "slips", "sign_in", "enrol"."""

    def pay(self, order_id: str) -> None:
        """Show the settling of an order."""

    def show_receipt(self, order_id: str, change_minor: int | None = None) -> None:
        """Show a settled order's receipt; with the change to give when it was just paid."""

    def show_report(self, action: Action, words: str, day: str = "") -> None:
        """Show the report of an action, of a day where it is one of a day; `words` is what was just done."""

    def ask_approval(self, key: str) -> None:
        """Ask for a manager's PIN for an action that the node refused for want of one."""

    def say_there(self, words: str, tone: str) -> None:
        """Say a sentence on the screen that is shown now."""


def host_of(app: App[int]) -> Host:
    """The app as a host."""
    return cast(Host, app)
