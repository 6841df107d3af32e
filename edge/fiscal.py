"""Has a fiscal device sign what the node issued, on a thread of its own: no guest waits for a device that is slow or away.

What is not signed is found by the facts themselves, so that a crash, a device that was away and what came late leave
nothing out: the same document at the same place of the series is signed again, and a series has no gap.
"""

from datetime import timedelta
from functools import partial

import structlog

from devices.fiscal import FiscalDevice, FiscalTrouble
from edge.errand import AGAIN_SECONDS, Errand
from edge.host import EdgeHost
from hospitality.fiscal.reading import AT_ONCE_MAX, last_of, unsigned
from hospitality.fiscal.rules import Signed, said_of
from hospitality.fiscal.service import SignedDocument, keep_signatures
from hospitality.ground.clock import instant

# So far each life looks back for what is not signed; from then on to a little before what it had signed last.
LOOK_BACK, OVERLAP = timedelta(days=7), timedelta(hours=1)
DATABASE_SECONDS = 30.0
log = structlog.get_logger(__name__)


class Fiscal:
    """The thread that has things signed. `nudge` may be called from any thread."""

    def __init__(self, host: EdgeHost, device: FiscalDevice) -> None:
        self._host, self._device = host, device
        self._errand = Errand("fiscal", self._turn)
        self._since = host.now() - LOOK_BACK

    def start(self) -> None:
        """Begins with what is not signed yet, on a host that has started."""
        self._errand.start()

    def stop(self) -> None:
        """Finishes what is under way; to be called before the host stops."""
        self._errand.stop()

    def nudge(self) -> None:
        """Something may have been issued."""
        self._errand.nudge()

    def step(self) -> bool:
        """Has the oldest signed; whether there may be more. Raises FiscalTrouble with those before it kept."""
        place = self._host.place
        series = f"{place.code}{place.incarnation}"
        found = self._host.ask(partial(unsigned, code=place.code, since=self._since)).result(DATABASE_SECONDS)
        counter, previous = self._host.ask(partial(last_of, series=series)).result(DATABASE_SECONDS)
        signed: list[SignedDocument] = []
        try:
            for document, day in found:
                counter += 1
                said = said_of(document, series=series, counter=counter, previous=previous)
                previous = self._device.sign(said)
                signed.append(SignedDocument(document, day, Signed(counter, said, previous)))
        finally:
            if signed:
                verb = partial(keep_signatures, found=signed, series=series, device=self._device.name)
                self._host.writer.act(self._host.system(), verb).result(DATABASE_SECONDS)
                self._since = max(self._since, instant(signed[-1].document.at) - OVERLAP)
        return len(found) == AT_ONCE_MAX

    def _turn(self) -> float | None:
        try:
            while not self._errand.stopping and self.step():
                pass
        except FiscalTrouble as why:
            log.warning("fiscal_device_away", device=self._device.name, why=str(why))
            return AGAIN_SECONDS
        return None
