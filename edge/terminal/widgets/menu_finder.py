"""Finds items of the menu: the search box, the list that it drives, and the categories where there is room."""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message

from edge.terminal.amounts import written
from edge.terminal.search import Catalogue, Found, Named, find
from edge.terminal.shapes.menu import UNITS, MenuItem
from edge.terminal.sold_words import served_words
from edge.terminal.widgets.head import ROOMY
from edge.terminal.widgets.rows import Cell, Column, Row, Rows
from edge.terminal.widgets.search_box import SearchBox
from edge.terminal.words import _

ROWS_MAX = 500
ALL = ""
SEP = "\x1f"  # between headings in a row's key
_PLACE = re.compile(r"[@#]\d*")  # of the lines to come, nothing that is searched for


class MenuFinder(Horizontal):
    """Posts ItemChosen; knows nothing of orders."""

    class ItemChosen(Message):
        """An item was chosen by click or digit, so many of it."""

        def __init__(self, item: MenuItem, quantity: int) -> None:
            super().__init__()
            self.item = item
            self.quantity = quantity

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._menu: Sequence[MenuItem] = ()
        self._paused: frozenset[str] = frozenset()
        self._now: datetime | None = None
        self._searched: dict[tuple[str, bool], tuple[Sequence[MenuItem], Catalogue]] = {}
        self._shown: list[MenuItem] = []
        self._found = Found(())
        self._category = ALL
        self._why_empty = ("", "quiet")

    def compose(self) -> ComposeResult:
        yield Rows(Column(), Column(3, right=True), id="categories")
        with Vertical(id="menu-side"):
            yield SearchBox(
                placeholder=_("Item, code · 3 steak · @seat · #course"),
                signs="+-",
                never="/.",
                id="search",
            )
            yield Rows(numbered=True, driven=True, id="menu")

    @property
    def box(self) -> SearchBox:
        """The search box."""
        return self.query_one(SearchBox)

    def draw(
        self,
        menu: Sequence[MenuItem],
        now: datetime,
        *,
        why_empty: str,
        tone: str = "quiet",
        paused: Collection[str] = (),
    ) -> None:
        """Search in this menu; `why_empty` is what to say when it has no items, `paused` the stations that take no orders."""
        self._menu, self._now = menu, now
        self._paused = frozenset(paused)
        self._searched.clear()
        self._why_empty = (why_empty, tone)
        served = [item for item in menu if item.off is None]
        rows = [Row(ALL, (Cell(_("Everything"), "strong"), Cell(str(len(served)), "quiet")))]
        rows += [
            Row(SEP.join(path), (Cell("  " * (len(path) - 1) + path[-1]), Cell(str(count), "quiet")))
            for path, count in _headings(served)
        ]
        self.query_one("#categories", Rows).show_rows(rows)
        self._search(keep_cursor=True)

    def clear(self) -> None:
        """Forget what was typed, and be ready for the next item."""
        self.box.clear()
        self.query_one("#categories", Rows).move_to(0)
        self._category = ALL
        self._search()
        self.box.focus()

    @property
    def place(self) -> tuple[int | None, int | None]:
        """The seat and the course named in the box; 0 is none, None says nothing of it."""
        return self._found.seat, self._found.course

    @property
    def only_place(self) -> bool:
        """Whether nothing but a seat or a course stands in the box."""
        return self.place != (None, None) and all(part[0] in "@#" for part in self.box.value.split())

    def choice(self) -> tuple[MenuItem, int] | None:
        """The item under the cursor and how many of it; None when a category was meant, which is then shown."""
        categories = self.query_one("#categories", Rows)
        if categories.has_focus:
            self._take_category(categories.current.key if categories.current else ALL)
            return None
        current = self.query_one("#menu", Rows).current
        item = next((item for item in self._shown if current and item.id == current.key), None)
        return (item, self._found.quantity) if item else None

    def _search(self, *, keep_cursor: bool = False) -> None:
        """Find what the box says and show it, the best fit under the cursor."""
        menu, catalogue = self._searchable()
        self._found = find(self.box.value, catalogue)
        self._shown = [menu[place] for place in self._found.order[:ROWS_MAX]]
        empty, tone = (_("No item has these letters. Esc clears them."), "quiet") if self._menu else self._why_empty
        wide = self.app.size.width >= ROOMY
        menu_rows = self.query_one("#menu", Rows)
        menu_rows.columns = _COLUMNS_WIDE if wide else _COLUMNS
        rows = [self._row(item, wide=wide) for item in self._shown]
        menu_rows.show_rows(rows, empty=empty, tone=tone, cursor=None if keep_cursor else self._found.pick)

    def _row(self, item: MenuItem, *, wide: bool) -> Row:
        off = served_words(item.off, self._now) if item.off and self._now else ""
        return _menu_row(item, wide=wide, paused=item.station_id in self._paused, off=off)

    def _searchable(self) -> tuple[Sequence[MenuItem], Catalogue]:
        """The items of the category that is chosen, those that are not served too once somebody types what for; made ready
        once for all keys that are typed."""
        typed = len(_PLACE.sub("", self.box.value).strip()) > 1
        key = (self._category, typed)
        if key not in self._searched:
            menu = [
                item for item in self._menu if self._category in (ALL, *_keys(item)) and (typed or item.off is None)
            ]
            things = [Named(one.name, " ".join(_path(one)), one.codes) for one in menu]
            self._searched[key] = menu, Catalogue(things)
        return self._searched[key]

    def on_input_changed(self) -> None:
        self._search()

    def on_search_box_driven(self, event: SearchBox.Driven) -> None:
        self.query_one("#menu", Rows).action_move(event.step)

    def on_rows_picked(self) -> None:
        self._tell_choice()

    def _tell_choice(self) -> None:
        choice = self.choice()
        if choice:
            self.post_message(self.ItemChosen(*choice))

    def on_rows_chosen(self, event: Rows.Chosen) -> None:
        event.stop()
        if event.rows.id == "menu":
            self._tell_choice()
            return
        self._take_category(event.key)

    def _take_category(self, category: str) -> None:
        self._category = category
        self._search()
        self.box.focus()


def _path(item: MenuItem) -> tuple[str, ...]:
    """The headings that an item stands under, from the uppermost."""
    return tuple(name for name in (item.heading_name, item.category_name) if name)


def _keys(item: MenuItem) -> tuple[str, ...]:
    path = _path(item)
    return tuple(SEP.join(path[:depth]) for depth in range(1, len(path) + 1))


def _headings(menu: Sequence[MenuItem]) -> list[tuple[tuple[str, ...], int]]:
    """Each heading with what stands under it, in the menu's order, those under another behind it."""
    counts = Counter(_path(item)[:depth] for item in menu for depth in range(1, len(_path(item)) + 1))
    tops = {path[0]: place for place, path in enumerate(path for path in counts if len(path) == 1)}
    return sorted(counts.items(), key=lambda of: (tops[of[0][0]], len(of[0])))


def diet_marks(item: MenuItem) -> str:
    """What a house says of an item in short: VG, V, GF."""
    marks = {
        "vegan": _("VG"),
        "vegetarian": _("V"),
        "halal": _("HAL"),
        "kosher": _("KOS"),
        "gluten_free": _("GF"),
        "lactose_free": _("LF"),
        "nut_free": _("NF"),
    }
    found = [marks[name] for name in marks if name in item.diets]
    return " ".join(mark for mark in found if not (mark == marks["vegetarian"] and "vegan" in item.diets))


_COLUMNS = (Column(), Column(9, right=True))
_COLUMNS_WIDE = (Column(), Column(34), Column(9, right=True))


def _menu_row(item: MenuItem, *, wide: bool, paused: bool, off: str) -> Row:
    """An item with its price, or with why it can't be had (off: when it is served again); where there is room, with what it
    asks for."""
    groups = ", ".join(group.name for group in item.asks)
    usual = ""
    if item.usual_minor is not None:
        usual = _("usually {price}").format(price=written(item.usual_minor, item.currency or ""))
    said = " · ".join(part for part in (usual, item.plu, diet_marks(item), groups) if part)
    middle = (Cell(said, "quiet"),) if wide else ()
    if off:
        return Row(item.id, (Cell(item.name, "quiet"), *middle, Cell(off, "warn")))
    if item.sold_out:
        return Row(item.id, (Cell(item.name, "quiet"), *middle, Cell(_("86"), "bad")))
    if paused:
        return Row(item.id, (Cell(item.name, "quiet"), *middle, Cell(_("paused"), "warn")))
    more = " ▸" if groups and not wide else ""
    amount = written(item.price_minor, item.currency or "")
    price = Cell(_("open") if item.sold_as == "open" else f"{amount}/{UNITS[item.unit]}" if item.unit else amount)
    if item.usual_minor is not None and not wide:
        sign = "▾" if item.price_minor < item.usual_minor else "▴"
        more += f" {sign} {written(item.usual_minor, item.currency or '')}"
    if item.portions_left is not None:
        more += " · " + _("{n} left").format(n=item.portions_left)
    return Row(item.id, (Cell(item.name + more), *middle, price))
