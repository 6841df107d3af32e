import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from jinja2 import UndefinedError

from web.pages import CONTENT_SECURITY_POLICY, LOCALES_MAX, TEMPLATES, Pages

ROOT = TEMPLATES.parent
SUNDAY = datetime(2026, 11, 22, 20, 5, tzinfo=UTC)


def pages_with(folder: Path, source: str, catalogues: Path | None = None) -> Pages:
    (folder / "page.html").write_text(source, encoding="utf-8")
    return Pages({"try": folder}, catalogues=catalogues or folder)


def body_of(pages: Pages, *, locale: str = "en", **values: Any) -> str:
    return bytes(pages.render("try/page.html", locale=locale, **values).body).decode()


def test_a_page_carries_a_policy_that_lets_nothing_in_from_elsewhere(tmp_path: Path) -> None:
    answer = pages_with(tmp_path, '{% extends "base.html" %}').render("try/page.html", locale="en")
    assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert answer.headers["cache-control"] == "no-store"
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert "http" not in CONTENT_SECURITY_POLICY
    assert "default-src 'none'" in CONTENT_SECURITY_POLICY


def test_what_people_wrote_is_escaped(tmp_path: Path) -> None:
    pages = pages_with(tmp_path, "<p>{{ note }}</p>")
    assert body_of(pages, note="<script>alert(1)</script>") == "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"


def test_a_name_that_nobody_gave_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UndefinedError):
        body_of(pages_with(tmp_path, "{{ nobody }}"))


def test_filters_write_money_counts_and_times_for_the_reader(tmp_path: Path) -> None:
    source = "{{ 125000|money('EUR') }} {{ 1834|count }} {{ at|time('Africa/Windhoek') }} {{ at|day('UTC') }}"
    pages = pages_with(tmp_path, source)
    assert body_of(pages, at=SUNDAY) == "€1,250.00 1,834 22:05 22/11/2026"
    assert body_of(pages, at=SUNDAY, locale="de-DE") == "1.250,00\u00a0€ 1.834 22:05 22.11.2026"


def test_texts_come_from_the_reader_s_catalogue(tmp_path: Path) -> None:
    (tmp_path / "ar.po").write_text('msgid "Skip to content"\nmsgstr "انتقل إلى المحتوى"\n', encoding="utf-8")
    pages = pages_with(tmp_path, '{% extends "base.html" %}')
    arabic = body_of(pages, locale="ar-EG")
    assert 'lang="ar-EG" dir="rtl"' in arabic
    assert "انتقل إلى المحتوى" in arabic
    assert "Skip to content" in body_of(pages)


def test_static_files_are_named_by_their_stamp(tmp_path: Path) -> None:
    pages = pages_with(tmp_path, "{{ static('buffr.css') }}")
    assert body_of(pages) == f"/static/{pages.statics.stamp}/buffr.css"


def test_a_flood_of_odd_locales_does_not_fill_the_memory(tmp_path: Path) -> None:
    pages = pages_with(tmp_path, "x")
    for number in range(LOCALES_MAX * 2):
        body_of(pages, locale=f"x{number}")
    assert len(pages._environments) == LOCALES_MAX


def templates() -> list[Path]:
    return [path for folder in ("web", "edge", "cloud") for path in (ROOT / folder).rglob("*.html")]


@pytest.mark.parametrize("path", templates(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_template_needs_inline_script_or_style(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle\s*=", source)
    assert not re.search(r"\son[a-z]+\s*=", source)
    assert "<style" not in source
    assert not re.search(r"(src|href)\s*=\s*[\"']?(https?:)?//", source)
    for tag in re.findall(r"<script[^>]*>", source):
        assert "src=" in tag or 'type="application/json"' in tag, f"{tag} would run inline"
