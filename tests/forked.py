"""Processes of the product that start at once: forked from one that has imported it all, and real in all else."""

import multiprocessing
from multiprocessing.context import ForkServerContext

PRELOADED = ["buffr.main", "edge.command", "cloud.command", "buffr.replay.command", "uvloop", "httptools"]


def forking() -> ForkServerContext:
    """What makes such processes; the first one costs the imports, the others nothing."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    return context
