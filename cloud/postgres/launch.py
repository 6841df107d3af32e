"""Becomes another account, ties its life to its parent's, and turns into the program it is given.

Run by path in an interpreter of its own (`python -I -S launch.py …`), because the order matters and can't
be had from subprocess's own arguments: changing the account clears the death signal, so the signal is asked
for last; and the interpreter may lie where the account can't reach it, so root starts it. It imports nothing
of the product.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> None:
    """`arguments`: parent's pid, death signal, uid, gid, groups by comma, the program, its arguments."""
    parent, death_signal, uid, gid, groups, *command = arguments
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    if os.geteuid() != int(uid):
        _become(int(uid), int(gid), [int(group) for group in groups.split(",") if group])
    if prctl(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0) != 0:
        sys.exit(f"launch: cannot follow the parent process: {os.strerror(ctypes.get_errno())}")
    if os.getppid() != int(parent):
        sys.exit("launch: the parent process ended first")
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    try:
        os.execv(command[0], command)
    except OSError as error:
        sys.exit(f"launch: {command[0]}: {error.strerror}")


def _become(uid: int, gid: int, groups: list[int]) -> None:
    try:
        os.setgroups(groups)
        os.setresgid(gid, gid, gid)
        os.setresuid(uid, uid, uid)
    except OSError as error:
        sys.exit(f"launch: cannot become user {uid}: {error.strerror}")


if __name__ == "__main__":
    main(sys.argv[1:])
