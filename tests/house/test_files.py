"""What no tracked file may hold, and how large one may grow.

The patterns are put together from pieces, so that this file doesn't hold what it looks for.
"""

import ast
import re
from collections.abc import Iterable, Mapping
from typing import TypeVar

from tests.house.repository import ROOT, Source, files, sources, texts

K = TypeVar("K")
PICTURE_BYTES_MAX = 200_000
MODULE_LINES_MAX = 500
FUNCTION_LINES_MAX = 70
REGISTRIES = [
    "py" + "pi.org",
    "python" + "hosted.org",
    "registry." + "npmjs",
    "un" + "pkg.com",
    "js" + "delivr",
    "cdn" + "js",
    "ghcr" + ".io",
    "docker" + ".io",
    "quay" + ".io",
    "proxy." + "golang",
    "arti" + "factory",
    "nexus" + "-repo",
]
MACHINE_PATHS = [
    "/wo" + r"rk/\w",
    "/ho" + r"me/\w+/",
    "/Us" + r"ers/\w+/",
    "/ro" + r"ot/\w",
    r"\b[A-Z]:\\\\?Us" + "ers",
    "/tmp/" + "bash_jobs",
]
SECRETS = [
    "-----BEGIN [A-Z ]*PRIVATE" + " KEY",
    "AK" + "IA[0-9A-Z]{16}",
    "gh" + "[pousr]_[A-Za-z0-9]{30,}",
    "glp" + "at-[A-Za-z0-9_-]{16,}",
    "xo" + "x[abprs]-[A-Za-z0-9-]{10,}",
    r"\bsk" + "-[A-Za-z0-9-]{24,}",
    r"\bs[kr]_" + "live_[A-Za-z0-9]{16,}",
    "eyJ" + r"hbGciOi[A-Za-z0-9_-]{10,}\.",
]
NAMES_OF_NOTHING = {"utils", "util", "helpers", "helper", "common", "manager", "misc", "base", "core", "shared"}
# what stands between a person and these rules; the lists can only shrink
LONG_MODULES = {
    "tests/buffr/replay/edge_double.py": 535,
}
LONG_FUNCTIONS = {
    ("tests/buffr/replay/edge_double.py", "app_of"): 74,
    ("tests/edge/terminal/node_double.py", "node_app"): 164,
    ("tests/hospitality/orders/test_service.py", "test_an_order_is_answered_whole_at_the_menus_prices"): 80,
}


def hits(patterns: Iterable[str]) -> list[str]:
    """Where any of these stands, as `file:line`."""
    wanted = re.compile("|".join(f"(?:{pattern})" for pattern in patterns))
    return [
        f"{name}:{number}"
        for name, text in texts()
        for number, line in enumerate(text.splitlines(), 1)
        if wanted.search(line)
    ]


def test_no_file_names_a_registrys_host() -> None:
    assert hits(re.escape(host) for host in REGISTRIES) == []


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    assert hits(MACHINE_PATHS) == []


def test_no_file_holds_a_secret() -> None:
    assert hits(SECRETS) == []


def test_every_requirement_is_pinned_with_a_hash_and_no_address() -> None:
    text = (ROOT / "requirements.txt").read_text()
    assert "://" not in text
    assert "--index" not in text
    pins = [pin for pin in text.replace("\\\n", " ").splitlines() if pin.strip() and not pin.startswith("#")]
    assert len(pins) > 50
    unpinned = [pin.split()[0] for pin in pins if "==" not in pin or "--hash=sha256:" not in pin]
    assert unpinned == []


def test_a_module_is_named_for_what_it_is() -> None:
    assert [source.name for source in sources(tests=True) if source.path.stem in NAMES_OF_NOTHING] == []


def test_every_module_of_the_product_says_what_it_is() -> None:
    assert [source.name for source in sources() if ast.get_docstring(source.tree) is None] == []


def measured() -> list[Source]:
    """What people write on; a migration is written once and says all that a release brings."""
    return [source for source in sources(tests=True) if "/migrations/versions/" not in source.name]


def test_long_modules_only_shrink() -> None:
    lengths = {source.name: len(source.text.splitlines()) for source in measured()}
    long = {name: length for name, length in lengths.items() if length > MODULE_LINES_MAX}
    assert_shrunk(long, LONG_MODULES)


def test_long_functions_only_shrink() -> None:
    long: dict[tuple[str, str], int] = {}
    for source in measured():
        for node in ast.walk(source.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > FUNCTION_LINES_MAX:
                    long[source.name, node.name] = length
    assert_shrunk(long, LONG_FUNCTIONS)


def assert_shrunk(found: Mapping[K, int], known: Mapping[K, int]) -> None:
    """Nothing is longer than the list has it, and what became short left the list."""
    grown = {name: length for name, length in found.items() if length > known.get(name, 0)}
    assert grown == {}, "split it: a new exception is not put on the list"
    assert set(known) <= set(found), "it is short by now: take it off the list"


def test_the_patterns_find_what_they_look_for() -> None:
    host, path = "https://files." + "python" + "hosted.org/x", "/wo" + "rk/main/x"
    secret = "gh" + "p_" + "a1" * 18
    assert any(re.search(re.escape(name), host) for name in REGISTRIES)
    assert any(re.search(pattern, path) for pattern in MACHINE_PATHS)
    assert any(re.search(pattern, secret) for pattern in SECRETS)


def test_pictures_stay_small() -> None:
    large = {path.name: path.stat().st_size for path in files() if path.suffix in (".png", ".jpg", ".gif", ".svg")}
    assert {name: size for name, size in large.items() if size > PICTURE_BYTES_MAX} == {}
