import re

from edge.kds.texts import kitchen_texts
from hospitality.menu.rules import ALLERGENS
from web.statics import STATIC_FOLDER
from web.texts import Texts

SCRIPTS = [
    STATIC_FOLDER / "kds.js",
    STATIC_FOLDER / "sign.js",
    STATIC_FOLDER / "kitchen_alarm.js",
    *sorted((STATIC_FOLDER / "kds").glob("*.js")),
]
# Keys that scripts put together from a state's name; each family is listed in full.
FAMILIES = {
    "step_": [
        f"{step}_{phase}"
        for step in ("bump", "start", "recall", "serve", "return")
        for phase in ("sending", "waiting", "done", "failed")
    ],
    "age_": ["soon", "late"],
    "channel_": ["takeaway", "delivery", "counter"],
    "allergen_": list(ALLERGENS),
    "theme_": ["system", "light", "dark"],
    "sign_": ["connecting", "online", "property_only", "cut_off"],
    "covers_": ["one", "two", "few", "many", "other"],
    "line_": ["placed", "in_preparation", "ready", "served"],
    "action_": ["bump", "acknowledge", "serve"],
    "half_": ["left", "right"],
}


def keys_in_scripts() -> set[str]:
    source = "\n".join(path.read_text(encoding="utf-8") for path in SCRIPTS)
    return set(re.findall(r"""(?:say|words)\(\s*(?:\w+(?:\.\w+)* \? )?"([a-z_]+)""", source))


def test_every_text_that_a_script_asks_for_is_handed_over() -> None:
    handed = set(kitchen_texts(Texts("en")))
    assert keys_in_scripts() - handed == set()
    assert {family + rest for family, members in FAMILIES.items() for rest in members} - handed == set()


def test_no_text_is_handed_over_that_nobody_asks_for() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in SCRIPTS)
    composed = {family + rest for family, members in FAMILIES.items() for rest in members}
    unasked = {key for key in kitchen_texts(Texts("en")) if f'"{key}"' not in source}
    assert unasked - composed == set()


def test_lists_of_words_are_lists_even_when_translated() -> None:
    texts = Texts("de", {"no|without|hold|skip": ("ohne|kein|keine",)})
    assert kitchen_texts(texts)["removal_words"] == ["ohne", "kein", "keine"]
