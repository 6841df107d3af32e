"""The QR code on the screen is one that a phone reads."""

import zxingcpp
from PIL import Image

from edge.terminal.widgets.code import code, code_rows

URL = "https://head-office.example.com:8443/r/AAECAwQFBgcICQoLDA0ODw"
UPPER, LOWER = "▀█", "▄█"


def test_the_code_of_characters_is_read_by_somebody_elses_reader() -> None:
    rows = code_rows(URL)
    assert max(map(len, rows)) <= 42
    assert code(URL).plain.split("\n") == rows
    picture = Image.new("L", (len(rows[0]), 2 * len(rows)), 255)
    for y, row in enumerate(rows):
        for x, dots in enumerate(row):
            picture.putpixel((x, 2 * y), 0 if dots in UPPER else 255)
            picture.putpixel((x, 2 * y + 1), 0 if dots in LOWER else 255)
    (read,) = zxingcpp.read_barcodes(picture.resize((picture.width * 6, picture.height * 6), Image.Resampling.NEAREST))
    assert read.text == URL
