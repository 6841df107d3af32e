from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from web.statics import FOR_EVER, STATIC_FOLDER, STATIC_PATH, Statics, vendored


def client_of(statics: Statics) -> TestClient:
    app = Starlette()
    app.mount(STATIC_PATH, statics)
    return TestClient(app)


def test_a_stamped_address_may_be_kept_for_ever() -> None:
    statics = Statics()
    answer = client_of(statics).get(statics.url("kds/board.js"))
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == FOR_EVER
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_plain_address_is_asked_for_each_time_and_answered_shortly_when_unchanged() -> None:
    client = client_of(Statics())
    first = client.get(f"{STATIC_PATH}/buffr.css")
    assert first.headers["cache-control"] == "no-cache"
    again = client.get(f"{STATIC_PATH}/buffr.css", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304


def test_htmx_comes_from_the_package_that_ships_it_and_not_from_our_folder() -> None:
    answer = client_of(Statics()).get(f"{STATIC_PATH}/vendor/htmx.js")
    assert answer.status_code == 200
    assert "htmx" in answer.text[:40]
    assert not (STATIC_FOLDER / "vendor").exists()
    assert all(STATIC_FOLDER not in path.parents for path in vendored().values())


def test_the_address_changes_with_the_content_of_any_file(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("a {}")
    (tmp_path / "b.js").write_text("export {};")
    before = Statics([tmp_path], {})
    (tmp_path / "b.js").write_text("export const changed = 1;")
    after = Statics([tmp_path], {})
    assert before.url("a.css") != after.url("a.css")
    assert client_of(after).get(before.url("a.css")).status_code == 404


@pytest.mark.parametrize(
    "path", ["../pages.py", "%2e%2e/pages.py", "nothing.js", "kds", "", "/etc/passwd", "kds/../../texts.py"]
)
def test_nothing_but_the_listed_files_can_be_asked_for(path: str) -> None:
    statics = Statics()
    client = client_of(statics)
    for prefix in (STATIC_PATH, f"{STATIC_PATH}/{statics.stamp}"):
        assert client.get(f"{prefix}/{path}").status_code == 404


def test_a_name_that_is_not_there_is_a_bug_and_not_a_dead_link() -> None:
    with pytest.raises(LookupError, match=r"nothing\.css"):
        Statics().url("nothing.css")


def test_no_file_names_another_host_and_no_style_or_script_needs_a_looser_policy() -> None:
    for path in STATIC_FOLDER.rglob("*.*"):
        text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        for word in ("http://", "https://", "eval(", "new Function", "innerHTML", "document.write", "@import"):
            assert word not in text, f"{path.name} contains {word}"
