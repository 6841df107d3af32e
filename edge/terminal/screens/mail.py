"""To whom a receipt or an invoice is mailed, below what became of the mails before."""

from collections.abc import Iterable, Sequence

from textual.binding import Binding
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from edge.terminal.screens.dialog import Dialog
from edge.terminal.shapes.money import Mail
from edge.terminal.widgets.line import Line
from edge.terminal.words import _, about, later

ADDRESS_MAX = 254
SHOWN_MAX = 5


def became(mail: Mail) -> str:
    """One mail in a line."""
    words = {
        "waiting": _("waits to be sent"),
        "sent": _("sent"),
        "refused": _("refused by the guest's side ({code})").format(code=mail.reply_code or "?"),
        "given_up": _("given up: the mail server was away too long"),
        "unknown": _("nobody knows whether it arrived"),
    }.get(mail.state, mail.state)
    paper = f"{mail.invoice_number}  " if mail.invoice_number else ""
    return f"{paper}{mail.address}  {words}" + (_(", perhaps twice") if mail.twice and mail.state == "sent" else "")


class AskAddress(Dialog[str]):
    """A mail address; the node says what is wrong with one."""

    BINDINGS = [Binding("enter", "confirm", later(about("mail", "Send")))]

    def __init__(self, title: str, mails: Sequence[Mail]) -> None:
        """`mails`: those of the order, oldest first."""
        super().__init__(title)
        self._mails = mails

    def body(self) -> Iterable[Widget]:
        if self._mails:
            lines = [became(mail) for mail in self._mails[-SHOWN_MAX:]]
            yield Static(Content("\n".join(lines)), classes="dialog-words")
        yield Line("", placeholder=_("name@example.com"), max_length=ADDRESS_MAX, id="address")

    def action_confirm(self) -> None:
        address = self.query_one(Line).value.strip()
        if address:
            self.dismiss(address)
        else:
            self.say(_("Type the guest's mail address."))
