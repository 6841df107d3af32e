"""Keeps pictures small enough for a repository: fewer colours, which screens of flat colour hardly show."""

from pathlib import Path

from PIL import Image

BYTES_MAX = 200_000
COLOURS = (256, 128, 64, 32)


def keep_small(taken: Path, kept: Path, *, width_max: int = 1920) -> Path:
    """Writes the picture at `taken` to `kept` with as many colours as BYTES_MAX allows."""
    with Image.open(taken) as opened:
        picture = opened.convert("RGB")
    if picture.width > width_max:
        height = round(picture.height * width_max / picture.width)
        picture = picture.resize((width_max, height), Image.Resampling.LANCZOS)
    kept.parent.mkdir(parents=True, exist_ok=True)
    for colours in COLOURS:
        picture.quantize(colours, dither=Image.Dither.NONE).save(kept, optimize=True)
        if kept.stat().st_size <= BYTES_MAX:
            return kept
    raise ValueError(f"{kept.name} is larger than {BYTES_MAX} bytes in {COLOURS[-1]} colours")
