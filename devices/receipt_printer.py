"""A receipt printer on the LAN, on USB or a serial port that is believed only when it answers.

The line is ours and not one of python-escpos's: its Network has a single timeout for everything, reads whatever bytes come
without telling a status from a late one, and raises nothing when a peer closes in the middle of a short job; its Usb and
Serial wait without an end. All that makes the difference between "printed" and "perhaps" lies there.
"""

from devices import answers
from devices.answers import Answer, Kind
from devices.conversation import Conversation, Interrupted, Patience
from devices.documents import Document, Kick
from devices.escpos import EndMarker, encode, end_of_job, process_id
from devices.line import LineBroken, Open, Reach, SerialSettings, open_line
from devices.printer import Outcome, PrinterStatus, Trouble, Verdict
from devices.profiles import THERMAL_80, Profile
from devices.turns import Busy, Turns

PORT = 9100
# A drawer that opens later than this opens for nobody.
KICK_WAIT_SECONDS = 4.0


class ReceiptPrinter:
    """One printer. Safe to share between threads: one conversation at a time, the others wait for it, in their order: who
    prints slip after slip lets others in between two.

    Of a network printer give the IP address: looking a name up is not bounded by our patience.
    """

    def __init__(
        self,
        reach: Reach,
        *,
        serial: SerialSettings | None = None,
        profile: Profile = THERMAL_80,
        marker: EndMarker = EndMarker.PAPER_STATUS,
        patience: Patience | None = None,
        opened: Open = open_line,
    ) -> None:
        self.reach = reach
        self.profile = profile
        self.marker = marker
        self.patience = patience or Patience()
        self._serial, self._opened = serial or SerialSettings(), opened
        self._turns = Turns()
        # Nobody knows what the last process sent before it died, but a cut for nothing would waste paper at
        # every start: only a job that we saw cut short is followed by one.
        self._cut_short = False

    def expect_remains(self) -> None:
        """Half a slip may hang in the printer, of a job that this process did not see cut short: cut before the next."""
        self._cut_short = True

    def status(self) -> PrinterStatus:
        """The printer's state, asked now; while a job is printing, once that is through."""
        with self._turns.taken():
            try:
                with self._talk() as talk:
                    return _ask_status(talk)
            except Interrupted as why:
                return PrinterStatus(why.trouble, str(why))

    def print(self, document: Document, *, job: str) -> Outcome:
        """Send the document once and wait for the printer's word; see Outcome for what the verdicts promise.

        Blocks at most about connect + answer × 8 + write × (job's size / 4 KiB) + finish seconds of Patience;
        with a printer that falls silent, connect + write + answer.
        """
        with self._turns.taken():
            return self._print(document, job)

    def kick(self, drawer: int, *, job: str, wait_seconds: float = KICK_WAIT_SECONDS) -> Outcome:
        """Open the drawer that hangs on it, once: between two slips, whatever else waits to be printed.

        FAILED: no pulse was sent, nor will be. UNKNOWN: it may have been sent, and is not to be sent again.
        """
        try:
            with self._turns.taken(wait_seconds):
                return self._print(Document((Kick(drawer),)), job)
        except Busy:
            return Outcome(Verdict.FAILED, Trouble.SLOW, "The printer is busy with a long slip.")

    def drawer_contact(self) -> bool | None:
        """Whether the contact of the drawer that hangs on it (pin 3) stands high; None while a slip is printed.

        Raises Interrupted.
        """
        try:
            with self._turns.taken(0.0), self._talk() as talk:
                return answers.drawer_is_high(talk.ask(answers.ASK_PRINTER))
        except Busy:
            return None

    def _print(self, document: Document, job: str) -> Outcome:
        body = encode(document, self.profile, after_cut_short=self._cut_short)
        try:
            with self._talk() as talk:
                before = _ask_status(talk)
                if not before.ready:
                    return Outcome(Verdict.FAILED, before.trouble, before.detail)
                # From here on the paper may carry something.
                return self._send(talk, body, job)
        except Interrupted as why:
            return Outcome(Verdict.FAILED, why.trouble, str(why))

    def _talk(self) -> Conversation:
        try:
            line = self._opened(self.reach, self._serial, seconds=self.patience.connect_seconds)
        except LineBroken as error:
            words = f"No connection to the printer at {self.reach.at} ({error.why}): look at its power and its cable."
            raise Interrupted(Trouble.UNREACHABLE, words) from error
        return Conversation(line, self.patience)

    def _send(self, talk: Conversation, body: bytes, job: str) -> Outcome:
        self._cut_short = True
        try:
            talk.send(body)
            talk.forget_answers()
            talk.send(end_of_job(job, self.marker))
            self._wait_for_end(talk, job)
            after = _ask_status(talk)
        except Interrupted as why:
            return Outcome(Verdict.UNKNOWN, why.trouble, str(why))
        if not after.ready:
            return Outcome(Verdict.UNKNOWN, after.trouble, after.detail)
        self._cut_short = False
        return Outcome(Verdict.CONFIRMED)

    def _wait_for_end(self, talk: Conversation, job: str) -> None:
        """Return once the end marker is answered. A printer that is merely slow is asked now and then."""
        finish = talk.after(self.patience.finish_seconds)
        silent = talk.after(self.patience.answer_seconds)
        while not talk.is_past(finish):
            answer = talk.next_answer(min(talk.after(self.patience.poll_seconds), silent, finish))
            if answer is None:
                if talk.is_past(silent):
                    words = "The printer fell silent: switch it off and on, and look what came out."
                    raise Interrupted(Trouble.SILENT, words)
                talk.wonder(answers.ASK_PRINTER)
            elif self._ends(answer, job):
                return
            elif answer.kind is Kind.REAL_TIME:
                silent = talk.after(self.patience.answer_seconds)
                if answers.is_offline(answer.value):
                    status = _ask_status(talk)
                    raise Interrupted(status.trouble or Trouble.OFFLINE, status.detail)
        raise Interrupted(Trouble.SLOW, "The printer did not finish in time: look what came out.")

    def _ends(self, answer: Answer, job: str) -> bool:
        if self.marker is EndMarker.PROCESS_ID:
            return answer.kind is Kind.PROCESS and answer.process == process_id(job)
        if answer.kind is Kind.PAPER and answers.paper_is_out(answer.value):
            raise Interrupted(Trouble.PAPER_OUT, "The paper ran out in the middle: put in a new roll.")
        return answer.kind is Kind.PAPER


def _ask_status(talk: Conversation) -> PrinterStatus:
    return answers.read_status(*(talk.ask(number) for number in answers.QUESTIONS))
