"""The receipt of a settled order, and the change to give while it is fresh."""

from collections.abc import Iterable
from typing import Any

from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Digits, Label, Static

from edge.terminal import acts, training
from edge.terminal.amounts import written, written_with_currency
from edge.terminal.forms import Field
from edge.terminal.screens.acting import ActingPlace
from edge.terminal.screens.ask import Pick
from edge.terminal.screens.asking import Answered, Failed, ask
from edge.terminal.screens.form import Form
from edge.terminal.screens.mail import AskAddress
from edge.terminal.shapes.money import Mailable, Receipt, ReceiptLink
from edge.terminal.shapes.orders import Order, OrderLine
from edge.terminal.widgets.code import code
from edge.terminal.widgets.paper import COLUMNS, receipt_lines
from edge.terminal.words import _, later


class ReceiptPlace(ActingPlace):
    """Enter goes on to the next order; the QR code and the mail are for a guest who takes the receipt along, the invoice for
    one whose company pays."""

    BINDINGS = [
        Binding("enter", "back", later("Done")),
        Binding("q", "code", later("QR code")),
        Binding("m", "mail", later("Mail")),
        Binding("i", "invoice", later("Invoice")),
        Binding("escape", "back", later("Back")),
    ]

    def __init__(self, order_id: str, change_minor: int | None = None) -> None:
        """`change_minor`: what to give back, when the order was paid just now; None when it is only looked at."""
        super().__init__()
        self._order_id = order_id
        self._change_minor = change_minor
        self._mailing = ("", "")  # the paper and the address, to be mailed once more where it went there already
        self._company: dict[str, Any] = {}  # as it was typed last, to be mended where the node refuses it

    def about(self) -> tuple[Order | None, OrderLine | None]:
        return self.desk.board.orders.get(self._order_id), None

    def body(self) -> Iterable[Widget]:
        yield Vertical(
            Horizontal(Label(_("Paid. Give change")), Digits(id="change", classes="-some"), id="give"),
            VerticalScroll(Static(id="paper"), id="paper-scroll"),
            classes="place-body",
        )

    def on_mount(self) -> None:
        order = self.desk.board.orders.get(self._order_id)
        give = self.query_one("#give")
        give.display = self._change_minor is not None
        if self._change_minor is not None and order is not None:
            self.query_one("#change", Digits).update(written(self._change_minor, order.currency))
        self.query_one("#paper", Static).update(_("Fetching the receipt …"))
        ask(self, "receipt", acts.receipt(self.desk, self._order_id))

    def on_answered(self, event: Answered) -> None:
        if event.about == "link":
            self._show_code(event.value)
            return
        if event.about == "mails":
            self._ask_which(event.value)
            return
        if event.about == "mail":
            words = _("It goes to {address} as soon as head office has it.")
            self.say(words.format(address=event.value.address), "good")
            return
        if event.about == "invoice":
            words = _("Invoice {number} is issued to {company}.")
            self.say(words.format(number=event.value.number, company=event.value.company), "good")
            return
        receipt: Receipt = event.value
        lines = receipt_lines(receipt, self.desk.board.property_name, self.desk.clock().tzinfo)
        if self.desk.training:
            lines = [training.mark().center(COLUMNS), "", *lines, "", training.mark().center(COLUMNS)]
        self.query_one("#paper", Static).update(Content("\n".join(lines)))

    def on_failed(self, event: Failed) -> None:
        if event.about == "mail" and event.error.code == "MAILED_ALREADY":
            self._ask_again(event.error.message, str(event.error.details.get("mail_id", "")))
            return
        if event.about != "receipt":
            self.say(event.error.message, "bad")
            return
        words = _("{reason} The receipt is under F3, F6 when the node is back.")
        self.query_one("#paper", Static).update(Content(words.format(reason=event.error.message)))

    def action_code(self) -> None:
        ask(self, "link", acts.receipt_link(self.desk, self._order_id))

    def action_mail(self) -> None:
        ask(self, "mails", acts.mailable(self.desk, self._order_id))

    def _ask_which(self, found: Mailable) -> None:
        """The receipt, where it was issued to no company; else the guest may mean the invoice."""
        titles = {f"orders/{self._order_id}": _("Mail the receipt to")}
        for one in found.invoices:
            titles[f"invoices/{one.id}"] = _("Mail invoice {number} to").format(number=one.number)
        receipt, *invoices = titles

        def take(paper: str | None) -> None:
            if paper is not None:
                self.app.push_screen(AskAddress(titles[paper], found.mails), lambda address: self._mail(paper, address))

        if not invoices:
            take(receipt)
            return
        named = [(paper, f"{one.number} · {one.company}") for paper, one in zip(invoices, found.invoices, strict=True)]
        self.app.push_screen(Pick(_("What is mailed?"), [(receipt, _("The receipt")), *named]), take)

    def _mail(self, paper: str, address: str | None) -> None:
        if address is not None:
            self._mailing = (paper, address)
            ask(self, "mail", acts.mail(self.desk, paper, address))

    def _ask_again(self, words: str, before: str) -> None:
        def take(choice: str | None) -> None:
            if choice is not None:
                ask(self, "mail", acts.mail(self.desk, *self._mailing, again_of=choice))

        self.app.push_screen(Pick(_("Once more?"), [(before, _("Send it once more"))], words=words), take)

    def action_invoice(self) -> None:
        def field(name: str, label: str, needed: str = "") -> Field:
            return Field(name, label, needed=needed, value=str(self._company.get(name, "")))

        fields = (
            field("company", _("Company"), _("Type the company's name.")),
            field("street", _("Street"), _("Type the company's address.")),
            field("city", _("City"), _("Type the company's address.")),
            field("tax_number", _("Tax number"), _("Type the company's tax number.")),
            field("country", _("Country code")),
            field("reference", _("Reference")),
        )
        self.app.push_screen(Form(_("Invoice to a company"), fields), self._issue)

    def _issue(self, typed: dict[str, Any] | None) -> None:
        if typed is None:
            return
        self._company = typed
        to = {name: words for name, words in typed.items() if name not in ("street", "city")}
        to["address"] = "\n".join((typed["street"], typed["city"]))
        ask(self, "invoice", acts.issue_invoice(self.desk, self._order_id, to))

    def _show_code(self, link: ReceiptLink) -> None:
        words = Content(_("Receipt {number}: scan to take it along.").format(number=link.number))
        self.query_one("#give").display = False  # the whole code fits a screen of 24 rows only by itself
        self.query_one("#paper", Static).update(Content("\n").join([words, code(link.url)]))

    def action_back(self) -> None:
        if self._change_minor is None:
            self.host.go("open_orders")
            return
        self.host.go("order")
        # Whoever pressed Enter once too often still reads what to give back.
        order = self.desk.board.orders.get(self._order_id)
        if order is not None:
            change = written_with_currency(self._change_minor, order.currency)
            words = _("{number} is paid. Change: {change}").format(number=order.number, change=change)
            self.host.say_there(words, "good")
