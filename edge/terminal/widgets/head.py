"""The head line of every screen, the bar below it that is loud when the node is not heard, and the notice line."""

from textual.content import Content

from edge.terminal import sign
from edge.terminal.days import business_day_words
from edge.terminal.desk import Desk
from edge.terminal.widgets.words_line import Words
from edge.terminal.words import _, n_

WIDE = 120
ROOMY = 156  # where a list between two others has room for more than its most needed columns


class Head(Words):
    """Property, business date, who; and at the right the connection sign and the printers."""

    def draw(self, desk: Desk) -> None:
        """Show what is known now."""
        width = self.app.size.width
        status = desk.board.status
        left = [(desk.board.property_name or desk.address, "bold")]
        if status and status.business_date:
            left.append((business_day_words(status.business_date, long=width >= WIDE), ""))
        if desk.session:
            left.append((desk.session.person.display_name, "bold $accent"))
        if width >= WIDE and desk.enrolled:
            left.append((desk.enrolled.name, "$quiet"))
        link = sign.connection(desk.link, status, decides=desk.session is not None and desk.may("sync.resolve"))
        # Cut off, what was last heard of the printers says nothing any more.
        printers = sign.printers(None if link.cut_off else status)
        right = [(one.words, TONES[one.tone]) for one in (printers, link) if one.words]
        if width >= WIDE:
            right.append((sign.clock_time(desk.clock()), ""))
        self.put(_across(left, right, width - 2))


class Practice(Words):
    """Only there in training, and loud, so that nobody takes a guest's order here."""

    def draw(self, desk: Desk) -> None:
        """Show it or not."""
        self.set_class(desk.training is not None, "-shown")
        words = _("TRAINING · nothing here is cooked, printed or booked · Ctrl+T ends it")
        self.put(words if self.app.size.width < WIDE else f"▒▒▒▒ {words} ▒▒▒▒")


class Bar(Words):
    """Only there when this screen is cut off, or when something keyed in here is not accepted yet."""

    def draw(self, desk: Desk) -> None:
        """Show what is known now."""
        cut_off = sign.connection(desk.link, desk.board.status).cut_off
        kept = desk.outbox.shown()
        refused = sum(1 for action in kept if action.refusal)
        self.set_class(cut_off or bool(kept), "-shown")
        self.set_class(cut_off, "-alarm")
        words = []
        if cut_off and desk.link:
            since = sign.clock_time(desk.link.since)
            words.append(_("✖ Cut off since {time}: what you see may be old").format(time=since))
        if kept:
            words.append(n_("{n} kept here, not accepted yet", "{n} kept here, not accepted yet", len(kept)))
        elif cut_off and desk.session:
            words.append(_("orders are kept here"))
        if refused:
            words.append(n_("{n} refused, see F3", "{n} refused, see F3", refused))
        self.put(" · ".join(words))


class Notice(Words):
    """One line that answers the last key: what was done, or why not and what to do."""

    def say(self, words: str, tone: str = "info") -> None:
        """Show a sentence until the next one; an empty one clears the line."""
        self.remove_class(*(f"-{other}" for other in NOTICE_TONES))
        if words:
            self.add_class(f"-{tone}")
        self.put(words)


NOTICE_TONES = ("good", "info", "warn", "bad")
TONES = {
    "good": "$success",
    "info": "$accent",
    "warn": "bold $warning",
    "alarm": "bold $on-alarm on $alarm",
    "muted": "$quiet",
}


def _across(left: list[tuple[str, str]], right: list[tuple[str, str]], width: int) -> Content:
    """Parts at both ends of a line. Too narrow for all, the property's name gives way first."""
    gap = Content(" · ")
    end = Content("  ").join([Content.styled(words, style) for words, style in right])
    start = gap.join([Content.styled(words, style) for words, style in left])
    surplus = start.cell_length + 2 + end.cell_length - width
    if surplus > 0:
        name, style = left[0]
        shorter = Content.styled(name, style).truncate(max(6, len(name) - surplus), ellipsis=True)
        start = gap.join([shorter, *(Content.styled(words, style) for words, style in left[1:])])
        start = start.truncate(max(0, width - end.cell_length - 2), ellipsis=True)
    return Content.assemble(start, " " * max(1, width - start.cell_length - end.cell_length), end)
