"""The mail that a guest gets: a few lines with the link, plain and as a page, and the receipt as PDF."""

import re
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape

from hospitality.ground.texts import one_line
from web.paper.pdf import A4, pdf_of
from web.paper.taken import Taken

PLAIN_LINES = SMTP.clone(cte_type="7bit")  # every server takes it, whatever else it can


def letter(
    taken: Taken, *, mail_id: str, to: str, sender: str, reply_to: str | None, link: str, at: datetime
) -> EmailMessage:
    """From the property by its name, under an id that stays the same however often it is tried."""
    name, title = one_line(taken.name), one_line(taken.document.title)
    made = EmailMessage(policy=PLAIN_LINES)
    made["Subject"] = f"{name}: {title}"
    made["From"] = Address(display_name=name, addr_spec=sender)
    made["To"] = Address(addr_spec=to)
    if reply_to:
        made["Reply-To"] = Address(display_name=name, addr_spec=reply_to)
    made["Date"] = format_datetime(at)
    made["Message-ID"] = f"<{mail_id}@{sender.partition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"
    made["Content-Language"] = taken.paper.texts.locale
    lines = _lines(taken, name, title)
    made.set_content("\n\n".join([*lines, link]) + "\n")
    made.add_alternative(_page(taken, name, lines, link), subtype="html")
    pdf = pdf_of(taken.document, taken.paper, A4, name=name, at=at)
    file = re.sub(r"[^A-Za-z0-9.]+", "-", title).strip("-")
    made.add_attachment(pdf, maintype="application", subtype="pdf", filename=f"{file}.pdf")
    return made


def _lines(taken: Taken, name: str, title: str) -> list[str]:
    say = taken.paper.say
    gone = [say("This receipt counts no more.")] if taken.withdrawn else []
    return [
        *gone,
        say("Thank you for your visit. {title} of {name} is attached as PDF.").format(title=title, name=name),
        say("You also find the receipt under this link; whoever has it can read it:"),
    ]


def _page(taken: Taken, name: str, lines: list[str], link: str) -> str:
    texts = "".join(f'<p style="margin:0 0 16px">{escape(line)}</p>' for line in lines)
    language, shown = escape(taken.paper.texts.locale), escape(link)
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{escape(name)}</title></head>'
        '<body style="margin:0;padding:24px;font:16px/1.5 sans-serif;color:#1c1917;background:#ffffff">'
        f'<h1 style="margin:0 0 16px;font-size:20px">{escape(name)}</h1>{texts}'
        f'<p style="margin:0"><a style="color:#0f5c7a" href="{shown}">{shown}</a></p></body></html>'
    )
