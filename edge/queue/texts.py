"""The words of the order queue, handed to its scripts as data so that they are translated like the rest."""

from collections.abc import Callable

from edge.staff_page.texts import staff_texts
from web.signs import count_texts
from web.texts import Texts

Gettext = Callable[[str], str]


def queue_texts(texts: Texts) -> dict[str, str]:
    """Every text that the queue's scripts show, by key, in the language of `texts`."""
    _ = texts.gettext
    counted = {
        **count_texts("guests", "{count} guest", "{count} guests", texts.ngettext),
        **count_texts("orders", "{count} open", "{count} open", texts.ngettext),
        **count_texts("late", "{count} late", "{count} late", texts.ngettext),
    }
    return {
        **staff_texts(texts),
        **counted,
        **_service_texts(_),
        **_state_texts(_),
        **_list_texts(_),
        **_panel_texts(_),
    }


def _service_texts(_: Gettext) -> dict[str, str]:
    return {
        "service_all": _("All"),
        "service_dine_in": _("Dine in"),
        "service_tab": _("Bar tabs"),
        "service_counter": _("Counter"),
        "service_takeaway": _("Take-away"),
        "service_delivery": _("Delivery"),
        "service_room_service": _("Room service"),
        "of_tab": _("Bar tab"),
    }


def _state_texts(_: Gettext) -> dict[str, str]:
    return {
        "state_held": _("Held"),
        "state_placed": _("Sent"),
        "state_in_preparation": _("Cooking"),
        "state_ready": _("Ready"),
        "state_served": _("Served"),
        "state_voided": _("Voided"),
        "state_unknown": _("Card unclear"),
        "any_late": _("Late"),
    }


def _list_texts(_: Gettext) -> dict[str, str]:
    return {
        "any_area": _("All areas"),
        "any_server": _("All servers"),
        "any_state": _("All states"),
        "no_area": _("No area"),
        "no_server": _("No server"),
        "sort_age": _("Age"),
        "sort_promised": _("Promised time"),
        "sort_place": _("Table"),
        "sort_number": _("Number"),
        "sort_server": _("Server"),
        "sort_progress": _("Kitchen"),
        "sort_due": _("Amount due"),
        "turn_up": _("Ascending"),
        "turn_down": _("Descending"),
        "table": _("Table {table}"),
        "room": _("Room {room}"),
        # Translators: {done} of {all} items are ready or with the guest.
        "progress": _("{done} of {all} ready"),
        "progress_served": _("All {all} served"),
        "promised_in": _("in {time}"),
        "promised_late": _("{time} late"),
        "promised_now": _("now"),
        # Translators: nobody told the guest a time; it follows from the prep times.
        "reckoned": _("reckoned"),
        "none_open": _("No order is open"),
        "none_shown": _("No open order fits what you chose"),
    }


def _panel_texts(_: Gettext) -> dict[str, str]:
    return {
        "order": _("Order {number}"),
        "paid": _("{amount} paid"),
        "due": _("{amount} due"),
        "opened": _("Since {time}"),
        "promised_at": _("Promised for {time}"),
        "reckoned_at": _("Should be ready at {time}"),
        "promise": _("Promise a time"),
        "promise_save": _("Promise"),
        "promise_later": _("{minutes} min later"),
        "promise_end": _("Take the promise back"),
        "rush": _("Rush in the kitchen"),
        "withdrawn_reopened": _("Receipt {number} is withdrawn: the order was opened again"),
        "withdrawn_changed": _("Receipt {number} is withdrawn: the order came to something else elsewhere"),
        "withdrawn_settled_twice": _("Receipt {number} is withdrawn: another one of the order stands"),
    }
