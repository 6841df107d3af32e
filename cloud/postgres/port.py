"""Whether a TCP port is free, asked before the server does: its own refusal hides in a log."""

import socket

from cloud.postgres.errors import port_taken


def require_free(port: int) -> None:
    """Refuses with PORT_TAKEN when something listens on 127.0.0.1:`port`."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise port_taken(port) from None
