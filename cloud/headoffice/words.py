"""What things are called on these pages: tables, fields, rules, reasons, days. Texts in the reader's language."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from cloud.headoffice.reading.set_aside import SetAside
from hospitality.conflicts.reading import Conflict, Settled, Side
from hospitality.ground.clock import instant
from sync.schema import IN_SET
from web.locales import count_text, day_text, money_text, time_text
from web.texts import Texts

Gettext = Callable[[str], str]
VALUE_LENGTH_MAX = 120
_INSTANT = re.compile(r"[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]\.[0-9]{6}Z")
_SUFFIX = re.compile(r"_(minor|bp|id)$")  # of what unit or kind a field is, people need not read
EDITED = (
    *("menu_items", "menu_categories", "modifier_groups", "modifier_options", "menu_item_groups"),
    *("stations", "tax_rates", "people", "business_days"),
)


class Words:
    """Names and short sentences in one language."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._locale = texts.locale
        self._ = self.gettext = texts.gettext

    # --- days and times

    def weekday(self, day: date) -> str:
        """The day's name in full."""
        return weekdays(self._)[day.weekday()]

    def day(self, day: date) -> str:
        """A day with its weekday: `Friday 13/06/2025`."""
        return f"{self.weekday(day)} {self.day_figures(day)}"

    def day_figures(self, day: date) -> str:
        """A day in figures."""
        return day_text(datetime.combine(day, time(12), UTC), "UTC", self._locale)

    def moment(self, at: datetime, zone: str, now: datetime) -> str:
        """A time of day, with the day when it is not the reader's today there, and UTC said where it is that."""
        there = ZoneInfo(zone)
        told = time_text(at, zone)
        if at.astimezone(there).date() != now.astimezone(there).date():
            told = f"{day_text(at, zone, self._locale)} {told}"
        return f"{told} UTC" if zone == "UTC" else told

    def at(self, instant_text: str, zone: str, now: datetime) -> str:
        """A stored instant as `moment` tells it."""
        return self.moment(instant(instant_text), zone, now)

    def span(self, length: timedelta) -> str:
        """A length of time to read at a glance: `35 s`, `12 min`, `3 h 05 min`, `4 days`."""
        seconds = max(0, int(length.total_seconds()))
        if seconds < 60:
            return self._("{n} s").format(n=seconds)
        minutes = seconds // 60
        if minutes < 60:
            return self._("{n} min").format(n=minutes)
        if minutes < 48 * 60:
            return self._("{h} h {m} min").format(h=minutes // 60, m=f"{minutes % 60:02d}")
        days = minutes // (24 * 60)
        return self._texts.ngettext("{n} day", "{n} days", days).format(n=days)

    def hour(self, hour: int) -> str:
        """An hour of the wall clock."""
        return f"{hour:02d}:00"

    def clock_offset(self, offset_ms: int) -> str:
        """How far a node's clock is from ours."""
        seconds = abs(offset_ms) / 1000
        told = f"{seconds:.1f} s" if seconds < 60 else self.span(timedelta(seconds=seconds))
        if abs(offset_ms) < 1000:
            return self._("right")
        return (self._("{span} ahead") if offset_ms > 0 else self._("{span} behind")).format(span=told)

    # --- nodes

    def device(self, state: str) -> str:
        """How a device is, by its node's word."""
        _ = self._texts.gettext
        known = {
            "live": _("There"),
            "garbled": _("Can't be understood"),
            "lost": _("Lost"),
            "unsteady": _("Comes and goes"),
            "left_open": _("Left open"),
        }
        return known.get(state, state)

    def alarm(self, name: str) -> str:
        """What about a node wants somebody, in two words."""
        alarms = {
            "silent": self._("Late"),
            "backlog": self._("Behind"),
            "clock": self._("Clock"),
            "disk": self._("Disk"),
            "set_aside": self._("Set aside"),
            "rows": self._("Rows differ"),
        }
        return alarms.get(name, name.capitalize())

    # --- conflicts

    def table(self, name: str) -> str:
        """What one row of a table is called."""
        return tables(self._).get(name, name.replace("_", " ").capitalize())

    def edited_tables(self) -> list[tuple[str, str]]:
        """The tables that both ends edit, each with what one of its rows is called."""
        return sorted(((name, self.table(name)) for name in EDITED), key=lambda one: one[1])

    def rows(self, name: str, count: int) -> str:
        """So many rows of a table."""
        return f"{count_text(count, self._locale)} × {self.table(name)}"

    def field(self, name: str) -> str:
        """What a field is called; of a set also the element."""
        name, _, element = name.partition(IN_SET)
        known = fields(self._).get(name) or _SUFFIX.sub("", name).strip("_").replace("_", " ").capitalize()
        return f"{known}: {element}" if element else known

    def rule(self, name: str) -> str:
        """Why the winner won."""
        rules = {
            "last_writer": self._("The later edit counts"),
            "furthest_stage": self._("The furthest stage counts"),
            "set": self._("The later edit counts"),
            "delete": self._("It was deleted and edited at once"),
            "business_key": self._("Two are called the same; the earlier keeps it"),
        }
        return rules.get(name, name.replace("_", " ").capitalize())

    def value(self, conflict: Conflict, side: Side, currency: str) -> str:
        """A field's value as people write it."""
        if side.value_name is not None:
            return side.value_name
        return self.plain(side.value, conflict.field, currency)

    def held(self, value: Any, field: str, currency: str, zone: str, now: datetime) -> str:
        """A value of a transaction that was set aside; instants as `at` tells them."""
        if isinstance(value, str) and _INSTANT.fullmatch(value):
            return self.at(value, zone, now)
        return self.plain(value, field, currency)

    def plain(self, value: Any, field: str, currency: str) -> str:
        """A value as people write it, by what its field is called."""
        if value is None or value == "":
            return self._("nothing")
        if isinstance(value, bool):
            return self._("Yes") if value else self._("No")
        if isinstance(value, int):
            if field.endswith("_minor"):
                return money_text(value, currency, self._locale)
            if field.endswith("_bp"):
                return f"{value / 100:g} %"
            return count_text(value, self._locale)
        text = str(value)
        return text if len(text) <= VALUE_LENGTH_MAX else text[: VALUE_LENGTH_MAX - 1] + "…"

    def writer(self, side: Side) -> str:
        """Who wrote one side: the person where known, and where."""
        place = self._("Head office") if side.node_code is None else self._("Node {code}").format(code=side.node_code)
        return f"{side.person}, {place}" if side.person else place

    def standing(self, conflict: Conflict) -> str:
        """Whether somebody has to look at it."""
        if conflict.state == "open" and conflict.stands is None:
            return self._("Not known here")
        return self.conflict_state(conflict.state)

    def conflict_state(self, state: str) -> str:
        """How far a conflict is."""
        states = {
            "open": self._("Open"),
            "restored": self._("Restored"),
            "dismissed": self._("Dismissed"),
            "edited": self._("Edited since"),
        }
        return states.get(state, state)

    def settled(self, settled: Settled, zone: str, now: datetime) -> str:
        """What was done, by whom and when."""
        told = {
            "restored": self._("Restored by {who}, {when}"),
            "dismissed": self._("Dismissed by {who}, {when}"),
            "retried": self._("Applied again by {who}, {when}"),
            "discarded": self._("Discarded by {who}, {when}"),
        }[settled.action]
        who = settled.by_name or (self._("somebody at the other end") if settled.by else self._("sync itself"))
        return told.format(who=who, when=self.at(settled.at, zone, now))

    # --- transactions set aside

    def reason(self, aside: SetAside) -> str:
        """Why head office could not apply a transaction."""
        return reasons(self._).get(aside.code, aside.code.replace("_", " ").capitalize())

    def aside_state(self, state: str) -> str:
        """What became of it."""
        states = {"waiting": self._("Waiting"), "applied": self._("Applied"), "discarded": self._("Discarded")}
        return states.get(state, state)

    # --- orders

    def voided(self, count: int) -> str:
        """How many orders were voided whole."""
        told = self._texts.ngettext("and {n} voided, not counted", "and {n} voided, not counted", count)
        return told.format(n=count_text(count, self._locale))

    def items(self, count: int) -> str:
        """How many items an order has."""
        return self._texts.ngettext("{n} item", "{n} items", count).format(n=count_text(count, self._locale))

    def channel(self, name: str) -> str:
        """How an order came."""
        channels = {
            "dine_in": self._("Dine in"),
            "takeaway": self._("Takeaway"),
            "delivery": self._("Delivery"),
            "room_service": self._("Room service"),
            "counter": self._("Counter"),
        }
        return channels.get(name, name.replace("_", " ").capitalize())

    def kitchen(self, state: str) -> str:
        """How far the kitchen is."""
        states = {
            "placed": self._("Placed"),
            "in_preparation": self._("In preparation"),
            "ready": self._("Ready"),
            "served": self._("Served"),
            "voided": self._("Voided"),
        }
        return states.get(state, state)

    def tender(self, name: str) -> str:
        """What was paid with."""
        return {"cash": self._("Cash"), "card": self._("Card")}.get(name, name.capitalize())


def weekdays(_: Gettext) -> tuple[str, ...]:
    """The days of the week, Monday first."""
    return (
        _("Monday"),
        _("Tuesday"),
        _("Wednesday"),
        _("Thursday"),
        _("Friday"),
        _("Saturday"),
        _("Sunday"),
    )


def tables(_: Gettext) -> dict[str, str]:
    """One row of each table, by the table's name."""
    return {
        "organisations": _("Group"),
        "properties": _("Property"),
        "business_days": _("Business day"),
        "people": _("Person"),
        "stations": _("Station"),
        "tax_rates": _("Tax rate"),
        "menu_categories": _("Menu category"),
        "menu_items": _("Menu item"),
        "modifier_groups": _("Modifier group"),
        "modifier_options": _("Modifier option"),
        "menu_item_groups": _("Item's modifier group"),
        "orders": _("Order"),
        "order_lines": _("Order line"),
        "line_steps": _("Kitchen step"),
        "line_voids": _("Void"),
        "line_moves": _("Move of a line"),
        "line_divisions": _("Division of a line"),
        "payments": _("Payment"),
        "receipts": _("Receipt"),
        "receipt_withdrawals": _("Withdrawal of a receipt"),
        "journal": _("Journal entry"),
        "requests": _("Request"),
        "request_answers": _("Answer to a request"),
        "sync_resolutions": _("Decision about a conflict"),
    }


def fields(_: Gettext) -> dict[str, str]:
    """Fields that people edit, by their column's name."""
    return {
        "name": _("Name"),
        "display_name": _("Name"),
        "role": _("Role"),
        "active": _("Active"),
        "available": _("Available"),
        "price_minor": _("Price"),
        "price_delta_minor": _("Price difference"),
        "category_id": _("Category"),
        "station_id": _("Station"),
        "tax_rate_id": _("Tax rate"),
        "group_id": _("Modifier group"),
        "prep_seconds": _("Preparation seconds"),
        "allergens": _("Allergens"),
        "diets": _("Diet marks"),
        "description": _("Description"),
        "plu": _("PLU"),
        "barcodes": _("Barcodes"),
        "parent_id": _("Heading above"),
        "rate_bp": _("Rate"),
        "included": _("Included in the price"),
        "choices_min": _("Fewest choices"),
        "choices_max": _("Most choices"),
        "printer": _("Printer"),
        "sort": _("Place in the list"),
        "status": _("State"),
        "closed_at": _("Closed at"),
        "_deleted": _("Deleted"),
    }


def reasons(_: Gettext) -> dict[str, str]:
    """Why a transaction was set aside, by its code."""
    return {
        "PARENT_MISSING": _("It belongs to something that is not here yet."),
        "ROW_MISSING": _("It edits something that is not here."),
        "ROW_GONE": _("It edits something that was deleted long ago."),
        "NO_DEALINGS": _("It edits somebody with whom the property has no dealings any more."),
        "NOT_PERMITTED": _("It writes what this property may not write."),
        "UNKNOWN_TABLE": _("Head office does not know this kind of row yet. Update head office."),
        "UNACCEPTABLE": _("It holds a value that can't be stored."),
        "FACT_CHANGED": _("It tells something that happened in another way than before."),
        "SAME_ID_OTHER_CONTENT": _("It tells something that happened in another way than before."),
        "TOO_LARGE": _("It is larger than a transaction may be."),
    }
