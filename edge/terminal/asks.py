"""What the actions ask of whoever does them: fields with usual answers. Pure."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from edge.terminal.amounts import percent, written, written_with_currency
from edge.terminal.days import business_day_words
from edge.terminal.forms import Choice, Field, Pile
from edge.terminal.shapes.floor import Party, Table
from edge.terminal.shapes.money import Payment
from edge.terminal.shapes.orders import Adjustment, Order
from edge.terminal.sold_words import as_sold, head_of
from edge.terminal.subject import Subject
from edge.terminal.words import _, n_

PROMISE_MINUTES = (10, 15, 20, 30, 45, 60, 90)


def why(*hints: str) -> Field:
    """Why, with usual answers."""
    return Field("reason", _("Why"), needed=_("Say why, or take one by its digit."), hints=hints)


def void_asks(subject: Subject) -> tuple[Field, ...]:
    """Why, and once the kitchen had it, whether it was made."""
    reason = why(_("Keyed in wrong"), _("Guest changed their mind"), _("Sold out"), _("Not as it should be"))
    if subject.line is None or subject.line.kitchen_state == "held":
        return (reason,)
    fates = (
        Choice(_("What the kitchen had begun is lost")),
        Choice(_("It was made, and is lost"), True),
        Choice(_("It was not made"), False),
    )
    return reason, Field("wasted", _("Made?"), "pick", choices=fates)


def comp_asks(_subject: Subject) -> tuple[Field, ...]:
    """Why."""
    return (why(_("Not as it should be"), _("Long wait"), _("On the house"), _("Staff meal")),)


def share_asks(subject: Subject) -> tuple[Field, ...]:
    """How much comes off, and why."""
    needed = _("Say how much: 10% or an amount.")
    share = Field("share", _("How much"), "share", needed, currency=subject.currency)
    return share, why(_("Regular guest"), _("Long wait"), _("Not as it should be"), _("Staff"))


def charge_asks(subject: Subject) -> tuple[Field, ...]:
    """How much goes on, and why."""
    needed = _("Say how much: 10% or an amount.")
    share = Field("share", _("How much"), "share", needed, currency=subject.currency)
    return share, why(_("Large party"), _("Agreed with the guest"))


def exempt_asks(_subject: Subject) -> tuple[Field, ...]:
    """What exempts the guest, and why."""
    certificate = Field("certificate", _("Certificate"), needed=_("Type the certificate or number that exempts them."))
    return certificate, why(_("Diplomat"), _("Charity"), _("Exempt company"))


def withdraw_asks(subject: Subject) -> tuple[Field, ...]:
    """Which comp, discount or charge, and why."""
    assert subject.order is not None, "offered only with an order"
    choices = tuple(Choice(adjustment_words(one, subject.order), one.id) for one in subject.order.adjustments)
    return Field("adjustment", _("Which"), "pick", choices=choices), why(_("Keyed in wrong"), _("Agreed otherwise"))


def adjustment_words(one: Adjustment, order: Order) -> str:
    """A comp, discount or charge with what it comes to."""
    kinds = {
        "promotion": _("Promotion"),
        "comp": _("Comp"),
        "discount": _("Discount"),
        "service_charge": _("Service charge"),
        "exempt": _("Tax exempt {certificate}").format(certificate=one.certificate or ""),
    }
    line = next((line for line in order.lines if line.id == one.line_id), None)
    words = one.name or kinds.get(one.kind, one.kind)
    if one.percent_bp:
        words = f"{words} {percent(one.percent_bp)}"
    return f"{words}: {line.name}" if line else words


def fire_asks(subject: Subject) -> tuple[Field, ...]:
    """Which course, where several are held."""
    courses = sorted({line.course for line in subject.held if line.course is not None})
    if len({line.course for line in subject.held}) < 2:
        return ()
    first = [Choice(_("Course {n}").format(n=course), course) for course in courses]
    return (Field("course", _("Fire"), "pick", choices=(*first, Choice(_("All that is held")))),)


def table_asks(subject: Subject) -> tuple[Field, ...]:
    """To which table."""
    return (Field("table", _("To table"), needed=_("Type the table."), value=_of(subject, "table")),)


def tab_asks(subject: Subject) -> tuple[Field, ...]:
    """The tab's name."""
    return (Field("tab", _("Name"), needed=_("Type the tab's name."), value=_of(subject, "tab")),)


def covers_asks(subject: Subject) -> tuple[Field, ...]:
    """How many guests."""
    return (Field("covers", _("Guests"), "number", _("Type how many guests."), value=_of(subject, "covers")),)


def going_asks(subject: Subject) -> tuple[Field, ...]:
    """Which lines, how many of each, and where they go; the line under the cursor stands first."""
    piles = []
    for lines in as_sold(subject.left):
        (quantity, name), of_set = head_of(lines), lines[0].part_of is not None
        words = f"{name} @{lines[0].seat}" if lines[0].seat else name
        divisible = not of_set and lines[0].kitchen_state != "held"
        piles.append(Pile(lines[0].id, words, lines[0].quantity if divisible else quantity, divisible))
    here = subject.line.id if subject.line else ""
    ways = [Choice(_("A new check")), *(Choice(_order_words(one), one.id) for one in subject.others)]
    needed = _("Take a line by its digit, then how many of it.")
    piles.sort(key=lambda pile: pile.line_id != here)
    return Field("some", _("What goes"), "lines", needed, piles=tuple(piles)), Field(
        "to_order_id", _("To"), "pick", choices=tuple(ways)
    )


def split_asks(subject: Subject) -> tuple[Field, ...]:
    """By which seats; what is on none of them stays, and where all lines have seats, the first seat's."""
    whole = all(line.seat is not None for line in subject.left)
    going = subject.seats[1:] if whole else subject.seats
    parts = [{"seats": [seat], "tab": _("Seat {seat}").format(seat=seat)} for seat in going]
    each = [Choice(_("A check for each seat"), parts)] if len(parts) > 1 else []
    words = _("Seat {seat} alone")
    alone = [Choice(words.format(seat=part["seats"][0]), [part]) for part in parts]
    return (Field("checks", _("Split"), "pick", choices=(*each, *alone)),)


def merge_asks(subject: Subject) -> tuple[Field, ...]:
    """Which other order comes here."""
    choices = tuple(Choice(_order_words(one), [one.id]) for one in subject.others)
    return (Field("order_ids", _("Which comes here"), "pick", choices=choices),)


def _order_words(order: Order) -> str:
    where = _("Table {table}").format(table=order.table) if order.table else order.tab or ""
    return " · ".join(
        part for part in (order.number, where, written_with_currency(order.due_minor, order.currency)) if part
    )


def promise_asks(subject: Subject) -> tuple[Field, ...]:
    """What the guest is told: so many minutes from now, or nothing."""
    words = _("{time}, in {minutes} min")
    choices = []
    for minutes in PROMISE_MINUTES:
        at = subject.now + timedelta(minutes=minutes)
        choices.append(Choice(words.format(time=at.strftime("%H:%M"), minutes=minutes), at.isoformat()))
    return (Field("promised_at", _("Promised for"), "pick", choices=(*choices, Choice(_("No promise"), ""))),)


def party_asks(_subject: Subject) -> tuple[Field, ...]:
    """Who waits, and how many they are; what they are quoted follows from the floor."""
    name = Field("name", _("Name"), needed=_("Type the name."))
    covers = Field("covers", _("Guests"), "number", _("Type how many guests."))
    return name, covers, Field("phone", _("Phone")), Field("pager", _("Pager"))


def seat_asks(subject: Subject) -> tuple[Field, ...]:
    """Who, and at which free table; without one, where tables are kept for them."""
    parties = tuple(Choice(_party_words(one, subject), one.id) for one in subject.parties)
    kept = [Choice(_("Where it is kept for them"), [])]
    free = [Choice(_free_words(one), [one.id]) for one in subject.tables]
    return Field("party", _("Who"), "pick", choices=parties), Field(
        "table_ids", _("Where"), "pick", choices=(*kept, *free)
    )


def walk_in_asks(subject: Subject) -> tuple[Field, ...]:
    """At which free table, and how many they are."""
    free = tuple(Choice(_free_words(one), one.id) for one in subject.tables)
    where = Field("table_id", _("Where"), "pick", choices=free)
    return where, Field("covers", _("Guests"), "number", _("Type how many guests."))


def table_step_asks(subject: Subject) -> tuple[Field, ...]:
    """Which table, and what goes on there."""
    words = {"dirty": _("Table {table}, to be cleaned"), "bill_asked": _("Table {table}, bill asked")}
    usual = _("Table {table}")
    tables = tuple(Choice(words.get(one.state, usual).format(table=one.label), one.id) for one in subject.tables)
    steps = (
        Choice(_("They ask for the bill"), "bill_asked"),
        Choice(_("They left"), "ended"),
        Choice(_("It is clean"), "cleaned"),
    )
    return Field("table_id", _("Which"), "pick", choices=tables), Field("step", _("What"), "pick", choices=steps)


def _free_words(table: Table) -> str:
    return _("Table {table}, {seats} seats").format(table=table.label, seats=table.seats)


def _party_words(one: Party, subject: Subject) -> str:
    who = f"{one.name} · {n_('{n} guest', '{n} guests', one.covers)}"
    if one.waits_since is not None:
        minutes = max(0, int((subject.now - one.waits_since).total_seconds() // 60))
        return f"{who} · {_('waits {n} min').format(n=minutes)}"
    if one.reserved_for is not None:
        return f"{who} · {_('for {time}').format(time=f'{one.reserved_for.astimezone(subject.now.tzinfo):%H:%M}')}"
    return who


def _of(subject: Subject, name: str) -> str:
    return str(getattr(subject.order, name, None) or "")


def server_asks(subject: Subject) -> tuple[Field, ...]:
    """To whom."""
    choices = tuple(Choice(person.display_name, person.id) for person in subject.people)
    return (Field("server_id", _("To"), "pick", choices=choices),)


def reopen_asks(_subject: Subject) -> tuple[Field, ...]:
    """Why."""
    return (why(_("Something was forgotten"), _("Keyed in wrong"), _("Paid the wrong way")),)


def refund_asks(subject: Subject) -> tuple[Field, ...]:
    """Of which payment, how much, and why; the slip's reference where a card may be meant."""
    payments = [one for one in subject.payments if _left_of(one) > 0]
    asked = _back_asks(payments, subject.currency)
    if any(one.tender == "card" for one in payments):
        return *asked, Field("reference", _("Card slip"))
    return asked


def card_refund_asks(subject: Subject) -> tuple[Field, ...]:
    """Of which card's payment, how much, and why."""
    return _back_asks([one for one in subject.payments if one.tender == "card" and _left_of(one) > 0], subject.currency)


def _back_asks(payments: Sequence[Payment], currency: str) -> tuple[Field, ...]:
    choices = tuple(Choice(payment_words(one), one.id) for one in payments)
    left = written(_left_of(payments[0]), currency) if len(payments) == 1 else ""
    needed = _("Type how much is given back.")
    how_much = Field("amount_minor", _("How much"), "amount", needed, value=left, currency=currency)
    asked = [Field("payment", _("Of"), "pick", choices=choices), how_much]
    if any(one.tip_minor for one in payments):
        asked.append(Field("tip_minor", _("Tip with it"), "amount", currency=currency))
    asked.append(why(_("Keyed in wrong"), _("Guest complained"), _("Paid twice")))
    return tuple(asked)


def _left_of(payment: Payment) -> int:
    return payment.amount_minor - payment.refunded_minor


def payment_words(payment: Payment) -> str:
    """A payment in a list: how, how much, and the tip in it."""
    words = {"cash": _("Cash"), "card": _("Card")}.get(payment.tender, payment.tender)
    amount = written_with_currency(payment.amount_minor, payment.currency)
    tip = _("tip {amount}").format(amount=written(payment.tip_minor, payment.currency)) if payment.tip_minor else ""
    return " ".join(part for part in (words, amount, tip, payment.reference or "") if part)


def reprint_asks(subject: Subject) -> tuple[Field, ...]:
    """Which slip."""
    choices = tuple(Choice(f"{one.title} · {one.printer_name or ''}".rstrip(" ·"), one.id) for one in subject.slips)
    return (Field("slip", _("Which"), "pick", choices=choices),)


def amount_field(name: str, label: str, needed: str, subject: Subject) -> Field:
    """An amount in the house currency."""
    return Field(name, label, "amount", needed, currency=subject.currency)


def move_asks(*hints: str) -> Callable[[Subject], tuple[Field, ...]]:
    """An amount and why, with usual answers."""

    def asks(subject: Subject) -> tuple[Field, ...]:
        return amount_field("amount_minor", _("How much"), _("Type the amount."), subject), why(
            *(_(one) for one in hints)
        )

    return asks


def tip_asks(subject: Subject) -> tuple[Field, ...]:
    """To whom, how much, and why."""
    choices = tuple(Choice(person.display_name, person.id) for person in subject.people)
    amount = amount_field("amount_minor", _("How much"), _("Type the amount."), subject)
    return Field("to_person_id", _("To"), "pick", choices=choices), amount, why(_("Card tips"))


def count_asks(subject: Subject) -> tuple[Field, ...]:
    """What was counted, a currency a field; what should be there is not told."""
    fields = [
        Field(f"counted_minor.{code}", code, "amount", _("Type what you counted, 0 for nothing."), currency=code)
        for code in (subject.currency, *subject.currencies)
    ]
    return (*fields, Field("note", _("Note")))


def close_asks(subject: Subject) -> tuple[Field, ...]:
    """Whether it is meant."""
    words = _("Close {day}: it gets its Z and its number").format(day=business_day_words(subject.business_date))
    return (Field("sure", _("Sure?"), "pick", choices=(Choice(words),)),)
