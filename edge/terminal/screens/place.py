"""What every screen has: the head line, the bar, the notice, the foot; and it draws what has changed."""

from collections.abc import Iterable

from textual.app import ComposeResult
from textual.screen import Screen
from textual.widget import Widget

from edge.terminal.desk import Desk
from edge.terminal.news import ALL_TOPICS, News, Topic
from edge.terminal.screens.host import Host, host_of
from edge.terminal.widgets.foot import Foot
from edge.terminal.widgets.head import Bar, Head, Notice, Practice

_HEAD_TOPICS = {Topic.LINK, Topic.STATUS, Topic.SESSION, Topic.KEPT}


class Place(Screen[None]):
    """A screen of the app. A subclass gives its `body`, and draws it in `show` for the topics that changed."""

    @property
    def host(self) -> Host:
        """The app."""
        return host_of(self.app)

    @property
    def desk(self) -> Desk:
        """What the app knows and does."""
        return self.host.desk

    def compose(self) -> ComposeResult:
        yield Head(classes="head")
        yield Practice(classes="practice")
        yield Bar(classes="bar")
        yield from self.body()
        yield Notice(classes="notice")
        yield Foot(classes="foot")

    def body(self) -> Iterable[Widget]:
        """What is between head and foot."""
        return ()

    def show(self, topics: frozenset[Topic]) -> None:
        """Draw what these topics changed."""

    def hear(self, news: News) -> None:
        """Something happened that this screen may be waiting for."""

    def draw(self, topics: frozenset[Topic]) -> None:
        """Draw head, bar and body, as far as these topics touch them."""
        if not self.is_mounted:
            return
        if topics & _HEAD_TOPICS:
            self.draw_head()
        self.show(topics)
        self.refresh_bindings()

    def draw_head(self) -> None:
        """Draw head and bar."""
        self.query_one(Head).draw(self.desk)
        self.query_one(Practice).draw(self.desk)
        self.query_one(Bar).draw(self.desk)

    def say(self, words: str, tone: str = "info") -> None:
        """Answer the last key in one line."""
        if self.is_mounted:
            self.query_one(Notice).say(words, tone)

    def on_screen_resume(self) -> None:
        self.draw(ALL_TOPICS)

    def on_resize(self) -> None:
        self.call_after_refresh(self.draw, ALL_TOPICS)
