"""That every text which a page's scripts ask for is handed over, and no other."""

import re
from collections.abc import Mapping

from web.statics import STATIC_FOLDER

SHARED = ("sign.js", "kitchen_alarm.js", "staff/*.js")
FAMILIES = ("sign_", "theme_")


def check_texts(handed: Mapping[str, str], name: str, *, families: tuple[str, ...]) -> None:
    """Of a page of staff; `families`: what begins so is asked for under a name that is put together."""
    check_asked(handed, (f"{name}.js", f"{name}/*.js", *SHARED), families=families)


def check_asked(handed: Mapping[str, str], patterns: tuple[str, ...], *, families: tuple[str, ...]) -> None:
    """Of the scripts that the patterns name."""
    paths = [path for pattern in patterns for path in sorted(STATIC_FOLDER.glob(pattern))]
    source = "\n".join(path.read_text(encoding="utf-8") for path in paths)
    asked = set(
        re.findall(r"""(?:say|button|field|number)\(\s*(?:[\w.]+(?: === \w+| === "\w+")? \? )?"([a-z_]+)""", source)
    )
    assert asked - handed.keys() == set()
    counted = {f"{key}_other" for key in re.findall(r"""sayCount\(\s*"([a-z_]+)""", source)}
    assert counted - handed.keys() == set()
    known = (*FAMILIES, *families)
    assert {key for key in handed if not key.startswith(known) and f'"{key}"' not in source} == set()
