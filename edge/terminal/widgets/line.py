"""A line to type in. Enter is left to the screen, where it means the same everywhere: confirm."""

from textual.widgets import Input


class Line(Input):
    """An input without a frame that keeps the screen's Enter key in force, and in the foot."""

    def __init__(
        self,
        value: str = "",
        *,
        placeholder: str = "",
        restrict: str | None = None,
        password: bool = False,
        max_length: int = 0,
        id: str | None = None,
    ) -> None:
        super().__init__(
            value,
            placeholder=placeholder,
            restrict=restrict,
            password=password,
            max_length=max_length,
            id=id,
            compact=True,
            select_on_focus=False,
        )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The input's own Enter is off."""
        return False if action == "submit" else super().check_action(action, parameters)

    def restricted(self) -> None:
        """A key that does not belong here is let go without a sound."""
