"""The bracketed text that an export keeps a line's choices in: `[Salsa, [Rice, Beans]]`."""

from dataclasses import dataclass

DEPTH_MAX = 2
CHOICES_MAX = 64
NOTHING = "NULL"


class ChoicesMalformed(ValueError):
    """The text is not a list of choices; the message says why."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What was chosen for one line: from the leading group, and from the group of many.

    `[Salsa, [Rice, Beans]]` leads with Salsa and adds Rice and Beans; `[[Mild, Hot], [Rice]]` leads with two;
    a list that stands alone, `[[Rice, Beans]]`, leads with nothing. Exports write a list of one without its
    brackets (`[Salsa, Rice]`), so everything after the first element belongs to the second group.
    """

    leading: tuple[str, ...] = ()
    several: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(self.leading) > 1 and not self.several:
            raise ChoicesMalformed("several leading choices are told from a list of many only by what follows them")

    def __bool__(self) -> bool:
        return bool(self.leading or self.several)


def parse_choices(text: str) -> Choices:
    """Reads the bracketed text; `NULL` and nothing are no choices. Raises ChoicesMalformed."""
    text = text.strip()
    if text in ("", NOTHING):
        return Choices()
    elements = _elements(text)
    if sum(len(names) for names, _ in elements) > CHOICES_MAX:
        raise ChoicesMalformed(f"more than {CHOICES_MAX} choices")
    first, is_list = elements[0]
    if is_list and len(elements) == 1:
        return Choices((), first)
    return Choices(first, tuple(name for names, _ in elements[1:] for name in names))


def format_choices(choices: Choices) -> str:
    """Writes choices as an export does; the inverse of `parse_choices`."""
    if not choices:
        return NOTHING
    if not choices.leading:
        return f"[{_listed(choices.several)}]"
    first = choices.leading[0] if len(choices.leading) == 1 else _listed(choices.leading)
    return f"[{first}, {_listed(choices.several)}]" if choices.several else f"[{first}]"


def _listed(names: tuple[str, ...]) -> str:
    return f"[{', '.join(names)}]"


def _elements(text: str) -> list[tuple[tuple[str, ...], bool]]:
    """The outer list's elements, each as its names and whether it was a list itself."""
    _check_brackets(text)
    elements: list[tuple[tuple[str, ...], bool]] = []
    rest = text[1:-1]
    while True:
        rest = rest.strip()
        if rest.startswith("["):
            inside, _, rest = rest[1:].partition("]")
            elements.append((tuple(_name(part) for part in inside.split(",")), True))
            if rest.strip() and not rest.lstrip().startswith(","):
                raise ChoicesMalformed("a list is followed by text without a comma")
            more = bool(rest.strip())
            rest = rest.lstrip()[1:]
        else:
            name, comma, rest = rest.partition(",")
            elements.append(((_name(name),), False))
            more = bool(comma)
        if not more:
            return elements


def _name(part: str) -> str:
    name = part.strip()
    if not name:
        raise ChoicesMalformed("an empty choice")
    if "[" in name or "]" in name:
        raise ChoicesMalformed("a bracket inside a choice's name")
    return name


def _check_brackets(text: str) -> None:
    depth = 0
    for place, letter in enumerate(text):
        depth += (letter == "[") - (letter == "]")
        if depth < 0:
            raise ChoicesMalformed("unbalanced brackets: one closes that was never opened")
        if depth > DEPTH_MAX:
            raise ChoicesMalformed(f"brackets nest deeper than {DEPTH_MAX}")
        if depth == 0 and place < len(text) - 1:
            raise ChoicesMalformed("text outside the brackets")
    if depth:
        raise ChoicesMalformed("unbalanced brackets: one is never closed")
