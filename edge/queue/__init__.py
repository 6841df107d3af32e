"""The live order queue: every open order of all services, as the manager sorts and filters them."""

from edge.queue.page import TEMPLATES, order_queue

__all__ = ["TEMPLATES", "order_queue"]
