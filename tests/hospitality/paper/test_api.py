"""What a property says on paper, set over HTTP on either database."""

from base64 import b64encode
from typing import Any, get_args

from hospitality.paper.api import PaperEdit, PaperShape, Part
from hospitality.paper.rules import LOGO_BYTES_MAX, PARTS
from tests.hospitality.served import Served, code_of

LOGO = b64encode(b"\x89PNG\r\n\x1a\n" + bytes(200)).decode()


def test_a_manager_says_what_stands_on_paper(served: Served) -> None:
    waiter, manager = served.person("staff"), served.person("hospitality_manager")
    shipped = waiter.get("paper-settings").json()
    assert shipped == {
        **dict.fromkeys(PaperShape.model_fields),
        "left_out": [],
        "buzzes": False,
        "receipt_link": False,
        "alarm_after_seconds": 120,
    }
    assert code_of(waiter.patch("paper-settings", {"foot": "Bye"})) == "NOT_PERMITTED"
    said = {
        "head": " 14 Harbour Road \nWalvis\tBay",
        "logo": LOGO,
        "left_out": ["logo", "code", "logo"],
        "language": "de",
    }
    after = manager.patch("paper-settings", said).json()
    assert after == {
        **shipped,
        "head": "14 Harbour Road\nWalvis Bay",
        "logo": LOGO,
        "left_out": ["code", "logo"],
        "language": "de",
    }
    assert manager.patch("paper-settings", {"head": "", "buzzes": True, "alarm_after_seconds": 300}).json() == {
        **after,
        "head": None,
        "buzzes": True,
        "receipt_link": False,
        "alarm_after_seconds": 300,
    }
    assert manager.patch("paper-settings", {"head": ""}).json()["head"] is None
    told = [row["data"] for row in served.node.journal("paper.")]
    assert len(told) == 2
    assert LOGO not in told[0]


NOT_FOR_PAPER: list[tuple[dict[str, Any], str]] = [
    ({"language": "deutsch"}, "LANGUAGE_INVALID"),
    ({"alarm_after_seconds": 19}, "ALARM_SECONDS_INVALID"),
    ({"feedback_link": "javascript:alert(1)"}, "LINK_INVALID"),
    ({"feedback_link": "https://a.example/ x"}, "LINK_INVALID"),
    ({"logo": "not base64!"}, "LOGO_INVALID"),
    ({"logo": b64encode(b"GIF89a" + bytes(9)).decode()}, "LOGO_INVALID"),
    ({"logo": b64encode(b"\xff\xd8\xff" + bytes(LOGO_BYTES_MAX)).decode()}, "INVALID_INPUT"),
    ({"foot": "x" * 81}, "PAPER_TEXT_TOO_LONG"),
    ({"head": "a\n" * 9}, "PAPER_TEXT_TOO_LONG"),
    ({"left_out": ["total"]}, "INVALID_INPUT"),
]


def test_what_can_not_stand_on_paper_is_refused(served: Served) -> None:
    manager = served.person("hospitality_manager")
    answers = [code_of(manager.patch("paper-settings", edit)) for edit, _ in NOT_FOR_PAPER]
    assert answers == [code for _, code in NOT_FOR_PAPER]
    assert manager.get("paper-settings").json()["left_out"] == []
    assert not served.node.journal("paper.")


def test_the_api_knows_every_part() -> None:
    assert get_args(Part) == PARTS
    assert set(PaperEdit.model_fields) == set(PaperShape.model_fields)
