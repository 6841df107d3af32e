"""Static files under one address that changes with their content, so that a browser may keep them for ever.

The stamp stands in front of the whole tree (`/static/1f9c…/kds.css`) and not in each name, so that ES modules
that import each other by relative paths stay together without a build step.
"""

import hashlib
import os
from collections.abc import Mapping, Sequence
from importlib.resources import as_file, files
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

STATIC_FOLDER = Path(__file__).parent / "static"
STATIC_PATH = "/static"
FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"

# Named here because a host's own table of types may be wrong, and with nosniff a module of the wrong type is dead.
_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webmanifest": "application/manifest+json",
}


def vendored() -> dict[str, Path]:
    """Other people's scripts by the name they are served under, from the packages that ship them."""
    with as_file(files("django_htmx") / "static" / "django_htmx" / "htmx-2.min.js") as script:
        return {"vendor/htmx.js": script}


class Statics(StaticFiles):
    """Serves the files of several folders and vendored ones; mount it at `STATIC_PATH`."""

    def __init__(self, folders: Sequence[Path] = (STATIC_FOLDER,), extra: Mapping[str, Path] | None = None) -> None:
        super().__init__(check_dir=False)
        self.paths: dict[str, Path] = dict(vendored() if extra is None else extra)
        for folder in folders:
            for path in sorted(folder.rglob("*")):
                if path.is_file() and path.suffix in _TYPES:
                    self.paths[path.relative_to(folder).as_posix()] = path
        self.stamp = _stamp(self.paths)

    def url(self, name: str) -> str:
        """The address of the file `name` (`kds.css`), good for ever; a name that is not there is a bug."""
        if name not in self.paths:
            raise LookupError(f"no static file is called {name}")
        return f"{STATIC_PATH}/{self.stamp}/{name}"

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        """Find a file by its name alone: nothing outside the listed files can be asked for."""
        found = self.paths.get(Path(path).as_posix())
        return (str(found), found.stat()) if found else ("", None)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, for ever under its stamped address and with a question each time under its plain one."""
        stamp, _, rest = Path(path).as_posix().partition("/")
        stamped = stamp == self.stamp
        if not stamped and rest and path not in self.paths and _looks_like_stamp(stamp):
            # A page from before an update: half an old page and half a new one would be worse than none.
            raise HTTPException(status_code=404)
        response = await super().get_response(rest if stamped else path, scope)
        response.headers["Cache-Control"] = FOR_EVER if stamped else ASK_AGAIN
        response.headers["X-Content-Type-Options"] = "nosniff"
        if response.status_code == 200:
            response.headers["Content-Type"] = _TYPES[Path(path).suffix]
        return response


def _stamp(paths: Mapping[str, Path]) -> str:
    digest = hashlib.sha256()
    for name in sorted(paths):
        digest.update(name.encode() + b"\0" + hashlib.sha256(paths[name].read_bytes()).digest())
    return digest.hexdigest()[:16]


def _looks_like_stamp(text: str) -> bool:
    return len(text) == 16 and all(character in "0123456789abcdef" for character in text)
