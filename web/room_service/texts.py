"""The words of a room's terminal, for its template and its scripts alike."""

from collections.abc import Callable

from web.allergens import allergen_texts
from web.signs import count_texts
from web.texts import Texts

Gettext = Callable[[str], str]


def room_texts(texts: Texts) -> dict[str, str]:
    """Every text that a guest reads there, by key, in the language of `texts`."""
    _ = texts.gettext
    counted = {
        **count_texts("things", "{count} item", "{count} items", texts.ngettext),
        **count_texts(
            "wishes", "{count} wish is on its way to us", "{count} wishes are on their way to us", texts.ngettext
        ),
        **count_texts("answers", "{count} answer for you", "{count} answers for you", texts.ngettext),
    }
    return {
        **counted,
        **_page_texts(_),
        **_home_texts(_),
        **_menu_texts(_),
        **_fact_texts(_),
        **_checkout_texts(_),
        **_order_texts(_),
        **_asking_texts(_),
        **_refusal_texts(_),
    }


def time_for_kitchen(texts: Texts) -> str:
    """How the house's own language says when an order is wanted; it stands in the note that the kitchen reads."""
    # Translators: {time} is a time of day.
    return texts.gettext("For {time}")


def _page_texts(_: Gettext) -> dict[str, str]:
    return {
        "room": _("Room {number}"),
        "back": _("Back"),
        "close": _("Close"),
        "language": _("Language and colours"),
        "theme_system": _("Colours: automatic"),
        "theme_light": _("Colours: light"),
        "theme_dark": _("Colours: dark"),
        "loading": _("One moment, please"),
        "cut_off": _("No connection to the house since {time}. What you see may be old: please call us."),
        "refused_title": _("This terminal is not set up"),
        "refused_about": _("Please tell the front desk. They get a link for it, to be opened here."),
        "fewer": _("One less: {of}"),
        "more": _("One more: {of}"),
    }


def _home_texts(_: Gettext) -> dict[str, str]:
    return {
        "good_morning": _("Good morning"),
        "good_afternoon": _("Good afternoon"),
        "good_evening": _("Good evening"),
        "tile_name_dine": _("Dine"),
        "tile_name_housekeeping": _("Housekeeping"),
        "tile_name_message": _("Messages"),
        "tile_name_bill": _("Bill"),
        "tile_dine": _("Food and drinks to your room"),
        "tile_housekeeping": _("Cleaning, towels, pillows"),
        "tile_message": _("Write to the front desk"),
        "tile_bill": _("What you ordered here"),
        "tile_due": _("{amount} to pay"),
        "track": _("Where is my order?"),
    }


def _menu_texts(_: Gettext) -> dict[str, str]:
    return {
        "search": _("Search the menu"),
        "headings": _("Parts of the menu"),
        "found": _("Found"),
        "none_found": _("Nothing on the menu is like that. Try another word."),
        "none_offered": _("Nothing can be ordered just now. Please call us."),
        "sold_out": _("Sold out"),
        "served_from": _("Served from {time}"),
        "not_served": _("Not served now"),
        "view_order": _("View order"),
        "how_many": _("How many"),
        "add": _("Add · {amount}"),
        "added_to_cart": _("It is in your order"),
        "note_kitchen": _("A word to the kitchen"),
        "choose_may": _("if you like"),
        "choose_up_to": _("up to {most}"),
        "choose_exactly": _("choose {most}"),
        "choose_between": _("choose {least} to {most}"),
        "choose_first": _("Please choose here first."),
    }


def _fact_texts(_: Gettext) -> dict[str, str]:
    return {
        "allergens": _("Contains"),
        **allergen_texts(_),
        "diets": _("Suits"),
        "diet_vegan": _("vegan"),
        "diet_vegetarian": _("vegetarian"),
        "diet_halal": _("halal"),
        "diet_kosher": _("kosher"),
        "diet_gluten_free": _("gluten-free"),
        "diet_lactose_free": _("lactose-free"),
        "diet_nut_free": _("nut-free"),
    }


def _checkout_texts(_: Gettext) -> dict[str, str]:
    return {
        "your_order": _("Your order"),
        "cart_empty": _("Nothing is in your order yet."),
        "when": _("When"),
        "as_soon": _("As soon as possible"),
        "covers": _("For how many"),
        "note_order": _("Anything we should know"),
        "total": _("Total"),
        "total_unclear": _("–"),
        "on_top": _("Taxes or a service charge may come on top; the bill shows them."),
        "to_room": _("We bring it to room {number}."),
        "order_now": _("Order"),
        "order_for": _("Order · {amount}"),
        "take_away": _("Take away"),
        "line_gone": _("Not to be had any more"),
        "not_offered": _("No longer on the menu"),
        "cart_gone": _("Something can't be had any more. Take it away to go on."),
    }


def _order_texts(_: Gettext) -> dict[str, str]:
    return {
        "your_orders": _("Your orders"),
        "no_orders": _("You have not ordered yet."),
        "order_more": _("Order more"),
        "order": _("Order {number}"),
        "step_placed": _("Received"),
        "step_in_preparation": _("Being made"),
        "step_ready": _("Ready"),
        "step_served": _("With you"),
        "order_at": _("Wanted for {time}, in {minutes} min"),
        "order_about": _("About {time}, in {minutes} min"),
        "order_late": _(
            "It should have been ready at {time}. We are late and sorry: call us if you like to know more."
        ),
        "order_unknown": _("We have it, and can't say yet how long it takes."),
        "order_ready": _("Ready, and on its way to you"),
        "order_served": _("Enjoy"),
        "order_voided": _("Cancelled"),
        "line_voided": _("Cancelled"),
        "without": _("without {name}"),
        "bill_due": _("To pay"),
        "bill_about": _("What was ordered to this room. The front desk takes payment; the room itself is not in it."),
        "no_bill": _("Nothing was ordered to your room yet."),
        "paid": _("Paid"),
        "adjustment_comp": _("With our compliments"),
        "adjustment_discount": _("Discount"),
        "adjustment_service_charge": _("Service charge"),
        "adjustment_exempt": _("Tax exempt"),
    }


def _asking_texts(_: Gettext) -> dict[str, str]:
    return {
        "wishes": _("What would you like?"),
        "wish_cleaning": _("Clean the room"),
        "wish_towels": _("Fresh towels"),
        "wish_toiletries": _("Soap and shampoo"),
        "wish_pillows": _("More pillows"),
        "wish_turndown": _("Turn down the bed"),
        "anything_else": _("Anything else"),
        "message_about": _("What can we do for you?"),
        "send": _("Send"),
        "ask_empty": _("Say what you would like."),
        "ask_sent": _("Sent. We will answer here."),
        "ask_done": _("Done."),
    }


def _refusal_texts(_: Gettext) -> dict[str, str]:
    return {
        "no_answer": _("We could not be reached. Nothing is lost: try again."),
        "refused": _("That did not work. Please try again, or call us."),
        "refused_price_changed": _("A price has changed meanwhile. Look at the total and order again."),
        "refused_item_unavailable": _("Something has just sold out. Take it away to go on."),
        "refused_not_served_now": _("Something is not served at this hour. Take it away to go on."),
        "refused_not_enough_left": _("There is not so much of something left. Take fewer."),
        "refused_station_paused": _("The kitchen takes no orders at the moment. Please try again in a while."),
        "refused_too_much_for_a_room": _("That is a lot for one order. Please call us."),
        "refused_room_too_often": _("That was a lot at once. Wait a few minutes, or call us."),
        "refused_wanted_at_invalid": _("That time has passed. Choose another."),
    }
