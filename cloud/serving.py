"""Head office's web server: it ends the streams of open pages before it waits for its connections."""

import socket

import uvicorn


class Server(uvicorn.Server):
    """A uvicorn server whose application has `state.streams`."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Called by uvicorn when it is told to stop."""
        self.config.app.state.streams.end()  # type: ignore[union-attr]
        await super().shutdown(sockets)
