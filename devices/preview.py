"""What a document looks like on paper, without a printer: its bytes, read and drawn as the virtual printer does."""

from PIL import Image

from devices.documents import Document
from devices.escpos import encode
from devices.glyphs import CELL_WIDTH
from devices.profiles import THERMAL_80, Profile
from devices.virtual.commands import take_command
from devices.virtual.head import CODE_PAGES, Head
from devices.virtual.paper import Strip


def printed(document: Document, profile: Profile = THERMAL_80) -> list[Strip]:
    """The slips that come out, up to the last cut; what was not cut off is the last one."""
    slips: list[Strip] = []
    pages = {**CODE_PAGES, **{number: codec for codec, number in profile.code_pages}}
    dots = max(profile.columns * CELL_WIDTH, profile.dots)
    head = Head(dots, lambda: None, slips.append, code_pages=pages)
    buffer = bytearray(encode(document, profile))
    while command := take_command(buffer):
        head.carry_out(command)
    assert (len(buffer), head.tally.nonsense) == (0, 0), "we send what printers know"
    head.eject()
    return slips


def preview(document: Document, profile: Profile = THERMAL_80) -> Image.Image:
    """The slips one below the other, as they would lie on a table."""
    pictures = [strip.picture().convert("RGB") for strip in printed(document, profile)]
    if not pictures:
        return Image.new("RGB", (profile.columns * CELL_WIDTH, 1))
    whole = Image.new("RGB", (max(picture.width for picture in pictures), sum(picture.height for picture in pictures)))
    y = 0
    for picture in pictures:
        whole.paste(picture, (0, y))
        y += picture.height
    return whole
