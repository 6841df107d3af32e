"""Pictures that stand on paper: black dots alone, small enough for a slip that waits in a queue."""

import io

from PIL import Image, UnidentifiedImageError

WIDTH_DOTS_MAX = 576
HEIGHT_DOTS_MAX = 600
PICTURE_BYTES_MAX = 32 * 1024
# What is given to be made a picture may be a photograph, but no bomb.
GIVEN_BYTES_MAX = 4 * 1024 * 1024
GIVEN_DOTS_MAX = 16_000_000
_UNREADABLE = (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError)


class PictureRefused(ValueError):
    """Bytes that are no picture for paper; the message says why."""


def check_picture(png: bytes) -> None:
    """Raise PictureRefused unless this is a whole PNG of two colours within the bounds."""
    if len(png) > PICTURE_BYTES_MAX:
        raise PictureRefused(f"A picture has at most {PICTURE_BYTES_MAX} bytes, not {len(png)}.")
    dots_of(png)


def dots_of(png: bytes) -> Image.Image:
    """The picture's ink (255) on nothing (0), or PictureRefused."""
    try:
        with Image.open(io.BytesIO(png), formats=("PNG",)) as picture:
            if picture.width > WIDTH_DOTS_MAX or picture.height > HEIGHT_DOTS_MAX or picture.mode != "1":
                raise PictureRefused(
                    f"A picture has two colours and at most {WIDTH_DOTS_MAX} × {HEIGHT_DOTS_MAX} dots."
                )
            return picture.convert("L").point(lambda level: 255 - level)
    except _UNREADABLE as error:
        raise PictureRefused("That is no PNG.") from error


def black_and_white(given: bytes, *, width: int) -> bytes:
    """Any PNG, JPEG or WebP as a picture at most `width` dots wide; greys become patterns of dots.

    What is transparent stays paper. PictureRefused when it can't be read or is too large even then.
    """
    if len(given) > GIVEN_BYTES_MAX:
        raise PictureRefused(f"Give at most {GIVEN_BYTES_MAX // 1024 // 1024} MB.")
    try:
        with Image.open(io.BytesIO(given), formats=("PNG", "JPEG", "WEBP")) as opened:
            if opened.width * opened.height > GIVEN_DOTS_MAX:
                raise PictureRefused(f"Give at most {GIVEN_DOTS_MAX // 1_000_000} million dots.")
            coloured = opened.convert("RGBA")
    except _UNREADABLE as error:
        raise PictureRefused("Give a PNG, a JPEG or a WebP.") from error
    paper = Image.new("RGBA", coloured.size, "white")
    paper.alpha_composite(coloured)
    grey = paper.convert("L")
    grey.thumbnail((min(width, WIDTH_DOTS_MAX), HEIGHT_DOTS_MAX), Image.Resampling.LANCZOS)
    written = io.BytesIO()
    grey.convert("1").save(written, "PNG", optimize=True)
    png = written.getvalue()
    check_picture(png)
    return png
