"""Whatever people read at a property is said in every language that its face has a catalogue of, and nothing else is."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from string import Formatter

import pytest

from edge import staff_page
from edge.terminal import words
from tests.house.codes import codes, codes_told
from tests.house.repository import ROOT, calls, sources
from web import refusals
from web.pages import Pages
from web.paper import paper
from web.room_service import page as room
from web.texts import about, load_texts

# what hands a text to a catalogue, and which of its arguments that is
MARKERS = {"_": 0, "later": 0, "say": 0, "gettext": 0, "n_": 0, "ngettext": 0, "count_texts": 1}
SHARED = ("web/signs.py", "web/allergens.py")
# one word for a thing on every face, as it stands in what is put together of it too
GERMAN = {
    "card terminal": "kartengerät",
    "serving period": "servierzeit",
    "head office": "zentrale",
    "receipt": "beleg",
}
STAFF_PAGES = sorted({page.parent.name for page in ROOT.glob("edge/*/*.html")})


@dataclass(frozen=True)
class Face:
    """A catalogue, what is looked up in it, and what else may be where that is put together."""

    catalogues: Path
    said: Callable[[], set[str]]
    known: Callable[[], set[str]] | None = None


def said_in(*beginnings: str, templates: tuple[str, ...] = ()) -> Callable[[], set[str]]:
    """The texts of the sources whose names begin so, and of templates."""

    def said() -> set[str]:
        found = {text for one in sources() if one.name.startswith(beginnings) for text in said_by(one.tree)}
        environment = Pages({}).environment("en")
        for path in (path for pattern in templates for path in ROOT.glob(pattern)):
            for _, _, text in environment.extract_translations(path.read_text()):  # type: ignore[attr-defined]
                found.add(text if isinstance(text, str) else text[0])
        return found

    return said


def said_by(tree: ast.AST) -> Iterator[str]:
    """The texts that a file hands to its catalogue, as they are looked up."""
    for name, call in calls(tree):
        if name == "about" and len(call.args) == 2:
            yield about(*strings_of(*call.args))
        elif name in MARKERS and len(call.args) > MARKERS[name]:
            handed = call.args[MARKERS[name]]
            if not any(called == "about" for called, _ in calls(handed)):
                yield from strings_of(*([handed.body, handed.orelse] if isinstance(handed, ast.IfExp) else [handed]))


def strings_of(*arguments: ast.expr) -> list[str]:
    """Those that stand there as they are."""
    return [
        one.value for one in arguments if isinstance(one, ast.Constant) and isinstance(one.value, str) and one.value
    ]


def refused() -> set[str]:
    """The codes that staff may meet."""
    met = (source for source in sources() if source.name.startswith(("hospitality/", "edge/")))
    return {code for source in met if not source.name.startswith("edge/terminal/") for code in codes_told(source)}


def codes_known() -> set[str]:
    """What a catalogue of refusals may say; a thing that is not found may be named through a table."""
    named = load_texts("de", refusals.CATALOGUES).messages
    return codes() | {code for code in named if code.endswith("_NOT_FOUND")}


pages = said_in(
    *(f"edge/{name}/" for name in STAFF_PAGES),
    *SHARED,
    templates=(*(f"edge/{name}/*.html" for name in STAFF_PAGES), "web/*.html"),
)
FACES = {
    "refusals": Face(refusals.CATALOGUES, refused, codes_known),
    "staff app": Face(words.CATALOGUES, app := said_in("edge/terminal/", "web/allergens.py"), app),
    "staff pages": Face(staff_page.CATALOGUES, pages, pages),
    "paper": Face(paper.CATALOGUES, said_in("web/paper/", "edge/printing/", "edge/hardware/")),
    "room": Face(
        room.HERE / "catalogues",
        at_room := said_in("web/room_service/", "web/allergens.py", templates=("web/room_service/*.html",)),
        at_room,
    ),
}


@pytest.mark.parametrize("name", FACES)
def test_every_text_that_people_meet_is_said_in_every_language(name: str) -> None:
    face = FACES[name]
    said = face.said()
    assert len(said) > 60
    for catalogue in face.catalogues.glob("*.po"):
        messages = load_texts(catalogue.stem, face.catalogues).messages
        assert said - set(messages) == set(), f"say it in {catalogue}"
        if face.known:
            assert set(messages) - face.known() == set(), f"nobody says this: take it out of {catalogue}"
        if name == "refusals":
            assert not [code for code, (sentence, *_) in messages.items() if not sentence.endswith((".", "!"))]
        else:
            assert [
                text for text, forms in messages.items() if any(fields(text) - fields(form) for form in forms)
            ] == []
            assert [
                text for text, forms in messages.items() if any(fields(form) - fields(text) for form in forms)
            ] == []


def test_a_thing_has_one_german_word_on_every_face() -> None:
    faces = [load_texts("de", face.catalogues).messages for name, face in FACES.items() if name != "refusals"]
    said = [(text.casefold(), form.casefold()) for face in faces for text, forms in face.items() for form in forms]
    found = {(english, form) for english in GERMAN for text, form in said if english in text}
    assert len(found) > 40
    assert [form for english, form in found if GERMAN[english] not in form] == []


def fields(text: str) -> set[str]:
    """The names that are filled in."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}
