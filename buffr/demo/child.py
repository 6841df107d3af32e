"""Runs a `buffr` command that ends when whoever started it does: `python -m buffr.demo.child edge run …`."""

import ctypes
import os
import signal
import sys

from buffr.main import run

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Asks the kernel for the signal first, then runs the command; a parent that is gone already ends it at once."""
    parent = int(sys.argv.pop(1))
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        sys.exit(1)
    sys.argv[0] = "buffr"
    run()


if __name__ == "__main__":
    main()
