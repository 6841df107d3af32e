"""The line between a page and its node."""

from playwright.sync_api import Page, WebSocketRoute


class Line:
    """The line between the page and its node, to be cut and mended."""

    def __init__(self, page: Page) -> None:
        self.is_cut = False
        self._open: list[WebSocketRoute] = []
        page.route_web_socket("**/ws", self._join)

    def _join(self, socket: WebSocketRoute) -> None:
        if self.is_cut:
            socket.close()
            return
        socket.connect_to_server()
        self._open.append(socket)

    def cut(self) -> None:
        """Ends it, and lets none be made."""
        self.is_cut = True
        for socket in self._open:
            socket.close()
        self._open.clear()
