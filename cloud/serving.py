"""Head office's web server: what waits for news (open pages, nodes) is ended before it waits for its connections."""

import socket

import uvicorn


class Server(uvicorn.Server):
    """A uvicorn server whose application has `state.streams` and `state.host`."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Called by uvicorn when it is told to stop."""
        state = self.config.app.state  # type: ignore[union-attr]
        state.streams.end()
        state.host.board.end()
        await super().shutdown(sockets)
