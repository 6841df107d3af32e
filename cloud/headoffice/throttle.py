"""How often somebody may try: a moving window a key, in this process, of bounded memory."""

from collections import OrderedDict, deque
from collections.abc import Callable
from threading import Lock
from time import monotonic

from hospitality.ground.errors import TooMany

KEYS_MAX = 10_000


class Throttle:
    """At most `limit` tries in `seconds` for a key; of too many keys, the one unused for longest is forgotten."""

    def __init__(
        self, limit: int, seconds: float, *, keys_max: int = KEYS_MAX, clock: Callable[[], float] = monotonic
    ) -> None:
        self._limit = limit
        self._seconds = seconds
        self._keys_max = keys_max
        self._clock = clock
        self._tries: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = Lock()

    def wait_seconds(self, key: str) -> int:
        """Counts a try: 0 when it may go on, else the whole seconds until one may (that one is not counted)."""
        now = self._clock()
        with self._lock:
            tries = self._tries.setdefault(key, deque(maxlen=self._limit))
            self._tries.move_to_end(key)
            while tries and now - tries[0] >= self._seconds:
                tries.popleft()
            if len(tries) >= self._limit:
                return max(1, int(self._seconds - (now - tries[0])) + 1)
            tries.append(now)
            while len(self._tries) > self._keys_max:
                self._tries.popitem(last=False)
        return 0

    def forget(self, key: str) -> None:
        """The key's tries don't count any more."""
        with self._lock:
            self._tries.pop(key, None)


class SignInThrottle:
    """Five tries a minute for an account from one address, thirty for an address, thirty for an account."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._pairs = Throttle(5, 60, clock=clock)
        self._addresses = Throttle(30, 60, clock=clock)
        self._accounts = Throttle(30, 60, clock=clock)

    def check(self, address: str, account: str) -> None:
        """Counts a try; raises TooMany with what to do."""
        account = account.strip().lower()[:254]
        # in this order, and each only after the one before: one address alone can't lock an account for all others
        wait = (
            self._addresses.wait_seconds(address)
            or self._pairs.wait_seconds(f"{address} {account}")
            or self._accounts.wait_seconds(account)
        )
        if wait:
            raise TooMany(
                "TOO_MANY_TRIES",
                f"Too many tries. Wait {wait} seconds, then try again.",
                retry_after_seconds=wait,
            )

    def passed(self, address: str, account: str) -> None:
        """The sign-in was good: what was mistyped before it is forgotten."""
        self._pairs.forget(f"{address} {account.strip().lower()[:254]}")
