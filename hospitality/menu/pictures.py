"""A photo as the menu keeps it: a WebP of a modest size, without what a camera wrote beside it. Bytes in, bytes out."""

import io
from dataclasses import dataclass
from typing import Any

from PIL import Image, UnidentifiedImageError

from hospitality.ground.errors import Invalid

SIDE_DOTS_MAX = 720
PHOTO_BYTES_MAX = 48 * 1024
GIVEN_DOTS_MAX = 25_000_000  # what a camera gives, but no bomb
# how long its longer side and how true it is, until it is small enough: noise of a dark room packs worst
TRIES = (
    (SIDE_DOTS_MAX, 80),
    (SIDE_DOTS_MAX, 60),
    (SIDE_DOTS_MAX, 40),
    (SIDE_DOTS_MAX // 2, 60),
    (SIDE_DOTS_MAX // 3, 40),
)
_ORIENTATION = 0x0112
_TURNED = Image.Transpose
# by what a camera says of how it was held; PIL's own turn stumbles over whatever else a camera wrote wrongly
_UPRIGHT: dict[Any, Image.Transpose] = {
    2: _TURNED.FLIP_LEFT_RIGHT,
    3: _TURNED.ROTATE_180,
    4: _TURNED.FLIP_TOP_BOTTOM,
    5: _TURNED.TRANSPOSE,
    6: _TURNED.ROTATE_270,
    7: _TURNED.TRANSVERSE,
    8: _TURNED.ROTATE_90,
}
_UNREADABLE = (
    *(UnidentifiedImageError, OSError, SyntaxError, ValueError),
    *(Image.DecompressionBombError, Image.DecompressionBombWarning),
)


@dataclass(frozen=True, slots=True)
class Photo:
    """A WebP with its size in dots."""

    webp: bytes
    width: int
    height: int


def photo_of(given: bytes) -> Photo:
    """Any PNG, JPEG or WebP as the menu keeps it, upright, at most SIDE_DOTS_MAX long and PHOTO_BYTES_MAX large.

    Invalid PHOTO_INVALID when it can't be read or has more than GIVEN_DOTS_MAX dots.
    """
    try:
        with Image.open(io.BytesIO(given), formats=("PNG", "JPEG", "WEBP")) as opened:
            if opened.width * opened.height > GIVEN_DOTS_MAX:
                raise _refusal()
            opened.draft("RGB", (SIDE_DOTS_MAX, SIDE_DOTS_MAX))  # a large JPEG is not read in full
            held = _UPRIGHT.get(opened.getexif().get(_ORIENTATION))
            coloured = opened.convert("RGBA")
    except _UNREADABLE as error:
        raise _refusal() from error
    coloured = coloured if held is None else coloured.transpose(held)
    coloured.thumbnail((SIDE_DOTS_MAX, SIDE_DOTS_MAX), Image.Resampling.LANCZOS)
    kept = Image.new("RGB", coloured.size, "white")  # a new one: nothing of what was written beside it comes along
    kept.paste(coloured, mask=coloured.getchannel("A"))
    encoded = (_encoded(kept, side, quality) for side, quality in TRIES)
    return next(photo for photo in encoded if len(photo.webp) <= PHOTO_BYTES_MAX)


def _encoded(picture: Image.Image, side: int, quality: int) -> Photo:
    picture.thumbnail((side, side), Image.Resampling.LANCZOS)
    written = io.BytesIO()
    picture.save(written, "WEBP", quality=quality)
    return Photo(written.getvalue(), picture.width, picture.height)


def _refusal() -> Invalid:
    return Invalid(
        "PHOTO_INVALID",
        f"Give a PNG, a JPEG or a WebP of at most {GIVEN_DOTS_MAX // 1_000_000} million dots.",
    )
