"""What a page shows, picked out of its markup."""

import re
from html import unescape


def plain(markup: str) -> str:
    """The words of a piece of markup, without tags, one space between them."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def tile(page: str, currency: str, key: str) -> str:
    """The figure of one tile."""
    found = re.search(rf'id="tile-{currency}-{key}"[^>]*>(.*?)</a>', page, re.S)
    assert found is not None, f"no tile {key} in {currency}"
    return plain(found[1])


def change(page: str, currency: str, key: str) -> str:
    """What the tile says about the week before."""
    found = re.search(rf'id="tile-{currency}-{key}".*?<p class="tile-change">(.*?)</p>', page, re.S)
    assert found is not None, f"no tile {key} in {currency}"
    return plain(found[1])


def rows(page: str) -> list[str]:
    """The words of each row of the page's tables."""
    return [plain(row) for row in re.findall(r"<tr.*?</tr>", page, re.S)]


def links(page: str) -> list[str]:
    """Where the page's links lead."""
    return [unescape(href) for href in re.findall(r'href="([^"]*)"', page)]
