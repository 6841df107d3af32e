"""The command line. Each command's module is imported only when it is asked for, so that one costs what it needs."""

import sys
from importlib import import_module
from importlib.metadata import version

COMMANDS = {
    "cloud": ("cloud.command", "head office: run it, migrate it, add groups, properties and nodes"),
    "edge": ("edge.command", "a property's node: enrol this machine and run it"),
    "devices": ("buffr.devices.command", "what a node drives: find it, set it up, test and replace it"),
    "sync": ("buffr.sync.command", "conflicts and what was set aside, at a node or at head office"),
    "terminal": ("buffr.terminal", "the staff app for any machine of the property's network"),
    "replay": ("buffr.replay.command", "play an export of real orders through nodes"),
    "demo": ("buffr.demo.command", "two properties, one outage, and a proof that nothing was lost"),
}


def run() -> None:
    """Runs the command that the arguments name."""
    arguments = sys.argv[1:]
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(usage())
        return
    if arguments[0] in ("-V", "--version"):
        print(f"buffr {version('buffr-host')}")
        return
    if arguments[0] not in COMMANDS:
        print(f"There is no command {arguments[0]}.\n\n{usage()}", file=sys.stderr)
        sys.exit(2)
    module = import_module(COMMANDS[arguments[0]][0])
    module.app(args=arguments[1:], prog_name=f"buffr {arguments[0]}")


def usage() -> str:
    """What there is to run."""
    lines = [f"  {name:<10} {what}" for name, (_, what) in COMMANDS.items()]
    return "\n".join(["Usage: buffr COMMAND …", "", *lines, "", "Each has --help of its own."])


if __name__ == "__main__":
    run()
