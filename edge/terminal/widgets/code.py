"""A QR code of characters, two dots of it to a character, dark on light whatever the terminal's colours are."""

import segno
from textual.content import Content

_DOTS = {(0, 0): " ", (1, 0): "▀", (0, 1): "▄", (1, 1): "█"}
QUIET = 2  # dots of nothing around it, without which a phone does not see where it ends


def code_rows(text: str) -> list[str]:
    """The code, row by row."""
    rows = [[int(dot) for dot in row] for row in segno.make(text, micro=False, error="l").matrix_iter(border=QUIET)]
    if len(rows) % 2:
        rows.append([0] * len(rows[0]))
    return [
        "".join(_DOTS[pair] for pair in zip(upper, lower, strict=True))
        for upper, lower in zip(rows[::2], rows[1::2], strict=True)
    ]


def code(text: str) -> Content:
    """The code to be shown."""
    return Content("\n").join([Content.styled(row, "#000000 on #ffffff") for row in code_rows(text)])
