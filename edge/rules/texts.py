"""The words of the rules' page, handed to its scripts as data so that they are translated like the rest."""

from collections.abc import Callable

from edge.staff_page.texts import staff_texts
from web.signs import count_texts
from web.texts import Texts

Gettext = Callable[[str], str]


def rules_texts(texts: Texts) -> dict[str, str]:
    """Every text that the page's scripts show, by key, in the language of `texts`."""
    _ = texts.gettext
    return {
        **staff_texts(texts),
        **count_texts("in_force", "{count} in force now", "{count} in force now", texts.ngettext),
        **count_texts("waiting", "{count} card waits", "{count} cards wait", texts.ngettext),
        **count_texts("more", "{count} more", "{count} more", texts.ngettext),
        **_tab_texts(_),
        **_sentence_texts(_),
        **_form_texts(_),
        **_doing_texts(_),
        **_card_texts(_),
    }


def _tab_texts(_: Gettext) -> dict[str, str]:
    return {
        "tab_prices": _("Prices"),
        "tab_periods": _("Serving periods"),
        "tab_routes": _("Kitchen routes"),
        "tab_promotions": _("Promotions"),
        "tab_cards": _("Cards offline"),
        "add_prices": _("New price"),
        "add_periods": _("New serving period"),
        "add_routes": _("New route"),
        "add_promotions": _("New promotion"),
        "about_prices": _("What costs something else at some times, on a channel or in an area."),
        "about_periods": _("When breakfast is, and what is served in it alone."),
        "about_routes": _("What is made elsewhere than at its own station."),
        "about_promotions": _("What is taken off orders by itself."),
        "none_prices": _("Everything costs what the menu says"),
        "none_periods": _("Everything is served at all times"),
        "none_routes": _("Everything is made at its own station"),
        "none_promotions": _("Nothing is taken off by itself"),
        "none_found": _("Nothing here fits what you look for"),
        "none_hint": _("Add the first above: the N key."),
        "is_in_force": _("In force now"),
        "is_waiting": _("Not now"),
        "is_off": _("Switched off"),
        "only_looking": _("You may look at these. Who may edit the menu changes them."),
    }


def _sentence_texts(_: Gettext) -> dict[str, str]:
    return {
        "nothing_yet": _("…"),
        "all_of": _("all of {heading}"),
        "everything": _("all that is sold"),
        # Translators: {what} is an item, "all of Drinks", or a list of such.
        "says_price": _("{what}: {price} each"),
        "says_off": _("{percent} off {what}"),
        "says_more": _("{percent} more for {what}"),
        "says_same": _("{what} as the menu says"),
        "says_route": _("{station} makes {what}"),
        "says_amount": _("{amount} off each of {what}"),
        "says_free": _("Buy {buy} of {what}, get {free} more free: the cheapest"),
        "says_order_percent": _("{percent} off every order from {from}"),
        "says_order_amount": _("{amount} off every order from {from}"),
        "says_period": _("{what}: served then alone"),
        "says_period_empty": _("Nothing is bound to it yet"),
        "at_all_times": _("at all times"),
        "every_day": _("daily {hours}"),
        "all_day": _("{days}, all day"),
        "on_days": _("{days} {hours}"),
        "in_area": _("in {area}"),
        "by_channel": _("for {channel}"),
        "in_periods": _("during {periods}"),
        "channel_dine_in": _("Dine in"),
        "channel_counter": _("Counter"),
        "channel_takeaway": _("Take-away"),
        "channel_delivery": _("Delivery"),
        "channel_room_service": _("Room service"),
    }


def _form_texts(_: Gettext) -> dict[str, str]:
    return {
        "name": _("Name"),
        "about": _("About"),
        "about_hint": _("Search items and headings"),
        "about_all": _("Nothing chosen: all that is sold"),
        "served": _("Served in it alone"),
        "heading_whole": _("Heading, all of it"),
        "take_out": _("Take {name} out"),
        "costs": _("What it costs"),
        "costs_off": _("Percent off"),
        "costs_price": _("A price"),
        "costs_more": _("Percent more"),
        "costs_amount": _("How much"),
        "station": _("Made at"),
        "kind": _("What it does"),
        "kind_percent": _("A part off each"),
        "kind_amount": _("An amount off each"),
        "kind_free": _("Some free with others"),
        "kind_order_percent": _("A part off the whole order"),
        "kind_order_amount": _("An amount off the whole order"),
        "kind_stays": _("What it does stays as it was made."),
        "term_percent_bp": _("Percent off"),
        "term_amount_minor": _("Amount off"),
        "term_buy": _("Of so many that are paid"),
        "term_free": _("So many are free"),
        "term_from_minor": _("For orders from"),
        "weekdays": _("Weekdays"),
        "weekdays_hint": _("None chosen: every day"),
        "from_time": _("From"),
        "to_time": _("Until"),
        "hours_hint": _("Equal times: all day. Past midnight is fine."),
        "channel": _("Way of ordering"),
        "channel_any": _("Any"),
        "area": _("Area"),
        "area_any": _("Anywhere"),
        "periods": _("During"),
        "periods_hint": _("None chosen: whenever"),
        "priority": _("Priority"),
        "priority_hint": _("Of several that hold, the highest counts."),
    }


def _doing_texts(_: Gettext) -> dict[str, str]:
    return {
        "save": _("Save"),
        "saved": _("{name} is saved"),
        "switch_off": _("Switch off"),
        "switch_on": _("Switch on"),
        "switched_off": _("{name} is switched off"),
        "switched_on": _("{name} is switched on"),
        "remove": _("Remove"),
        "remove_sure": _("Yes, remove it for good"),
        "remove_about": _("It can't be brought back. What was ordered keeps its prices. To pause it, switch it off."),
        "removed": _("{name} is removed"),
        "changed_by_other": _("Somebody else changed this while you had it open. It now says:"),
        "take_theirs": _("Show what it says now"),
        "keep_mine": _("Keep what I changed"),
        "gone_by_other": _("Somebody else removed this. Saving is not possible any more."),
    }


def _card_texts(_: Gettext) -> dict[str, str]:
    return {
        "limits": _("How much may be risked"),
        "limits_about": _(
            "A card taken while the acquirer can't be reached may be declined later. Zero takes none of them."
        ),
        "limit_card_minor": _("With one card"),
        "limit_day_minor": _("On one business day"),
        "limit_total_minor": _("Altogether, until known"),
        "limits_saved": _("The limits are saved"),
        "limits_looking": _("Who may manage the property changes these."),
        "at_risk": _("{amount} of {limit} at risk now"),
        "cards_taken": _("Taken offline"),
        "cards_none": _("No card was taken offline"),
        "card_order": _("Order {number}"),
        "card_waiting": _("Waiting"),
        "card_confirmed": _("Charged"),
        "card_lost": _("Declined"),
        "way_stored": _("kept by the card terminal"),
        "way_voice": _("code by telephone"),
        "over_card": _("over the limit of one card"),
        "over_day": _("over the limit of the day"),
        "over_total": _("over the limit altogether"),
        "tell": _("What became of it"),
        "tell_confirmed": _("It was charged"),
        "tell_lost": _("It was declined: the money is lost"),
        "tell_reason": _("How is that known?"),
        "told": _("Order {number} is dealt with"),
    }
