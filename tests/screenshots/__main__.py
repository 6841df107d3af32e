"""`make screenshots`: pictures of the real faces for the docs: `python -m tests.screenshots docs/pictures`.

A head office on an embedded PostgreSQL, a property's node enrolled at it by the real command, printers, and an evening
played over the API; then each face is opened on it. Head office's own pages show a group whose evening was written into
its rows, since a day's figures take a day to come about.
"""

import shutil
import sys
import tempfile
from pathlib import Path

import psycopg

from cloud.database import migrate
from cloud.postgres import Cluster
from tests.browser_fixture import CHROMIUM, open_browser
from tests.cloud.headoffice import evenings
from tests.cloud_fixture import head_office
from tests.postgres_fixture import Databases
from tests.screenshots import faces
from tests.screenshots.evening import play_evening
from tests.screenshots.property import property_of
from tests.screenshots.shrinking import keep_small

CONNECT_SECONDS = 10
PAPER_WIDTH_MAX = 420
SCREEN_WIDTH_MAX = 1440


def main() -> int:
    """Takes all pictures into the folder that is named; 1 when that can't be done."""
    if len(sys.argv) != 2:
        print("Say where to: python -m tests.screenshots docs/pictures", file=sys.stderr)
        return 2
    if not CHROMIUM.exists():
        print(
            f"No browser at {CHROMIUM}: install Debian's chromium, or name another in BUFFR_CHROMIUM.", file=sys.stderr
        )
        return 1
    # open to the account that a server started by root runs as
    work = Path(tempfile.mkdtemp(prefix="buffr-screenshots-"))
    work.chmod(0o711)
    try:
        with Cluster.open(work / "postgres", durable=False) as cluster:
            take(cluster, work, Path(sys.argv[1]))
    finally:
        shutil.rmtree(work)
    return 0


def take(cluster: Cluster, work: Path, folder: Path) -> None:
    """All pictures, each told as it is taken."""

    def keep(name: str, taken: Path, width_max: int) -> None:
        kept = keep_small(taken, folder / f"{name}.png", width_max=width_max)
        print(f"{kept} ({kept.stat().st_size // 1000} kB)")

    with psycopg.connect(cluster.admin_url, autocommit=True, connect_timeout=CONNECT_SECONDS) as admin:
        database = Databases(cluster, admin).make()
        migrate(database.owner_url)
        with head_office(database, work / "office") as office:
            with property_of(office, work) as shown:
                play_evening(shown, work / "paper")
                with open_browser() as browser:
                    for picture in faces.kitchen(browser, shown, work):
                        keep(picture.stem, picture, SCREEN_WIDTH_MAX)
                    for picture in faces.floor(browser, shown, work):
                        keep(picture.stem, picture, SCREEN_WIDTH_MAX)
                    for picture in faces.room(browser, shown, work):
                        keep(picture.stem, picture, SCREEN_WIDTH_MAX)
                    for picture in faces.queue(browser, shown, work):
                        keep(picture.stem, picture, SCREEN_WIDTH_MAX)
                for name, picture in faces.paper(shown):
                    keep(name, picture, PAPER_WIDTH_MAX)
                drawn = faces.drawn_terminal(shown, work)
                with open_browser() as browser:
                    for picture in faces.painted(browser, drawn):
                        keep(picture.stem, picture, SCREEN_WIDTH_MAX)
                    for picture in faces.rules(browser, shown, work):
                        keep(picture.stem, picture, SCREEN_WIDTH_MAX)
            friday = office.anew(now=evenings.friday)
            with open_browser() as browser:
                for picture in faces.head_office(browser, friday, work):
                    keep(picture.stem, picture, SCREEN_WIDTH_MAX)


if __name__ == "__main__":
    sys.exit(main())
