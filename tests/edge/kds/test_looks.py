"""What can be measured of how the screen looks: contrast, sizes, long words, right to left."""

import ast
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from edge.kds import TEMPLATES
from tests.browser_fixture import KITCHEN, PHONE, TABLET, open_page
from tests.edge.kds.evenings import busy_evening
from tests.edge.kds.node_double import KitchenNode, line
from web.pages import TEMPLATES as SHARED
from web.pages import Pages

# Colour of every visible text and of the nearest painted ground behind it, as the browser computed them.
COLOURS = """() => {
  const rgba = (text) => {
    const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number);
    return text.startsWith("color(") ? [r * 255, g * 255, b * 255, a] : [r, g, b, a];
  };
  const ground = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const paint = rgba(getComputedStyle(at).backgroundColor);
      if (paint[3] > 0) return paint;
    }
    return [255, 255, 255, 1];
  };
  const found = [];
  for (const node of document.querySelectorAll("#kds *")) {
    const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim());
    if (!own || !node.checkVisibility({ visibilityProperty: true }) || node.closest(":disabled")) continue;
    found.push([node.className || node.tagName, rgba(getComputedStyle(node).color), ground(node)]);
  }
  return found;
}"""


def luminance(colour: list[float]) -> float:
    parts = [value / 255 for value in colour[:3]]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: list[float], other: list[float]) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def evening_with_everything(node: KitchenNode) -> None:
    ids = busy_evening(node)
    node.change(ids["9"], state="in_preparation")
    node.set_sync("property_only", 3)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_a_contrast_of_seven_to_one(
    browser: Browser, node: KitchenNode, scheme: Literal["light", "dark"]
) -> None:
    evening_with_everything(node)
    screen = open_page(browser, size=KITCHEN, scheme=scheme)
    screen.goto(node.enrol_url)
    expect(screen.locator("[data-sign][data-state=property_only]")).to_be_visible()
    ticket = node.place(line("Pap"), line("Chips"), table="99", minutes_ago=30)
    expect(screen.locator(".card-place").first).to_have_text("Table 99")
    node.void_line(ticket, "Pap", "guest left")
    node.add_line(ticket, line("Bread"))
    expect(screen.locator(".card-foot.is-change")).to_be_visible()
    found: list[tuple[str, list[float], list[float]]] = screen.evaluate(COLOURS)
    screen.context.close()
    assert len(found) > 100
    pale = {name: round(contrast(ink, ground), 2) for name, ink, ground in found if contrast(ink, ground) < 7}
    assert pale == {}


@pytest.mark.parametrize(("size", "target"), [(KITCHEN, 64), (TABLET, 64), ((768, 1024), 64), (PHONE, 48)])
def test_items_are_large_targets_are_large_and_nothing_runs_off_the_screen(
    page: Page, node: KitchenNode, size: tuple[int, int], target: int
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    busy_evening(node)
    page.goto(node.enrol_url)
    page.locator(".card").first.wait_for()
    measured: dict[str, Any] = page.evaluate(
        """() => ({
          items: [...document.querySelectorAll(".line-name, .line-quantity")]
            .map((node) => parseFloat(getComputedStyle(node).fontSize)),
          targets: [...document.querySelectorAll("button")].filter((node) => node.checkVisibility())
            .map((node) => node.getBoundingClientRect().height),
          wide: document.documentElement.scrollWidth,
          tall: document.documentElement.scrollHeight,
          cards: [...document.querySelectorAll(".card")].map((node) => node.getBoundingClientRect().width),
          foot: document.getElementById("foot").scrollWidth - document.getElementById("foot").clientWidth,
        })"""
    )
    assert min(measured["items"]) >= 24
    assert min(measured["targets"]) >= target
    assert min(measured["cards"]) >= 240
    assert (measured["wide"], measured["tall"]) == size
    assert measured["foot"] <= 0


def sources() -> set[str]:
    """Every English text of the kitchen screen and of the pages' shared parts."""
    found: set[str] = set()
    environment = Pages(TEMPLATES).environment("en")
    for path in [*TEMPLATES["kds"].glob("*.html"), *SHARED.glob("*.html")]:
        for _, _, message in environment.extract_translations(path.read_text(encoding="utf-8")):  # type: ignore[attr-defined]
            found.add(message)
    for script in [*TEMPLATES["kds"].glob("*.py"), *SHARED.glob("*.py")]:
        for call in ast.walk(ast.parse(script.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "_":
                found.add(ast.literal_eval(call.args[0]))
    return found


def pseudo(folder: Path, locale: str) -> None:
    """A catalogue that makes every text half as long again, and recognisable."""
    lines = ['msgid ""\nmsgstr ""\n']
    for text in sorted(sources()):
        longer = text if "|" in text else f"«{text} {'ü' * (len(text) // 2)}»"
        quoted, translated = (word.replace('"', '\\"') for word in (text, longer))
        lines.append(f'msgid "{quoted}"\nmsgstr "{translated}"\n')
    (folder / f"{locale}.po").write_text("\n".join(lines), encoding="utf-8")


@pytest.mark.parametrize("size", [KITCHEN, TABLET])
def test_the_screen_speaks_another_language_from_right_to_left_and_bears_long_words(
    page: Page, tmp_path: Path, size: tuple[int, int]
) -> None:
    pseudo(tmp_path, "ar")
    page.set_viewport_size({"width": size[0], "height": size[1]})
    with KitchenNode(locale="ar", catalogues=tmp_path) as node:
        busy_evening(node)
        page.goto(node.enrol_url)
        expect(page.locator("[data-sign-word]")).to_have_text("«Online üüü»")
        expect(page.locator("html")).to_have_attribute("dir", "rtl")
        first, rail = page.locator(".card").first.bounding_box(), page.locator("#rail").bounding_box()
        assert first is not None
        assert rail is not None
        assert first["x"] > size[0] / 2 > rail["x"]
        expect(page.locator(".list-state:visible")).to_have_count(0)
        assert page.evaluate("document.documentElement.scrollWidth") == size[0]
        recall, foot = page.locator("[data-recall]").bounding_box(), page.locator("#foot").bounding_box()
        assert recall is not None
        assert foot is not None
        assert recall["x"] >= foot["x"]
        page.goto("about:blank")


def test_the_switches_are_remembered(screen: Page) -> None:
    sound, theme = screen.locator("[data-sound]"), screen.locator("[data-theme-switch]")
    expect(sound).to_have_text("Sound off")
    sound.tap()
    theme.tap()
    theme.tap()
    screen.reload()
    expect(sound).to_have_text("Sound on")
    expect(sound).to_have_attribute("aria-pressed", "true")
    expect(theme).to_have_text("Colours: dark")
    expect(screen.locator("html")).to_have_attribute("data-theme", "dark")


def test_a_reader_of_the_screen_hears_what_a_press_would_do(screen: Page, node: KitchenNode) -> None:
    ticket = node.place(line("Chips"), table="7")
    expect(screen.get_by_role("button", name="Bump Table 7, A1-101")).to_be_visible()
    node.add_line(ticket, line("Bread"))
    expect(screen.get_by_role("button", name="Acknowledge the change on Table 7, A1-101")).to_be_visible()
