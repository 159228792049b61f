"""A person's whole story on one line of time."""

from __future__ import annotations

from PySide6.QtCore import QLocale, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from portal_admin.domain.dates import long_day_words
from portal_admin.errors import DeskError, NotFound
from portal_admin.services.desk import Desk
from portal_admin.services.story import Story, story
from portal_admin.ui import background
from portal_admin.ui.audit.timeline import DayLine, MomentLine
from portal_admin.ui.theme import Space
from portal_admin.ui.widgets.buttons import button
from portal_admin.ui.widgets.state_panel import StatePanel
from portal_admin.ui.widgets.text import ElidedLabel, PlainLabel

SHOWN = 100


class StoryView(QFrame):
    """`left` asks to go back to the list; `access_wanted` carries site and address."""

    left = Signal()
    access_wanted = Signal(str, str)

    def __init__(self, desk: Desk, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "panel")
        self._desk = desk
        self._wanted: tuple[str, str] | None = None
        self.story: Story | None = None
        self._shown = 0
        self.back_button = button(self.tr("All events"), self.left.emit, icon="chevron-left")
        self.access_button = button(self.tr("Account access"), self._ask_access, kind="link")
        self.name = ElidedLabel(kind="section")
        self.addresses = PlainLabel(kind="secondary", wrap=True)
        self.timeline = QScrollArea()
        self.timeline.setWidgetResizable(True)
        self.timeline.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.timeline.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.timeline.setAccessibleName(self.tr("What happened, newest first"))
        self.more_button = button(self.tr("Show older"), self._show_more)
        self.state = StatePanel(self.timeline)
        self._build()

    def _build(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.name)
        words.addWidget(self.addresses)
        head = QHBoxLayout()
        head.setContentsMargins(Space.L, Space.M, Space.L, 0)
        head.setSpacing(Space.M)
        head.addWidget(self.back_button, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(words, 1)
        head.addWidget(self.access_button, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.addLayout(head)
        column.addWidget(self.state, 1)

    def show_person(self, site: str, email: str) -> None:
        """Read and show the story of a person."""
        if self._wanted != (site, email):
            self.name.setText(email)
            self.addresses.setText(self.tr("on site {site}").format(site=site))
            self.access_button.hide()
        self._wanted = site, email
        self.refresh()

    def refresh(self) -> None:
        """Read it again."""
        if self._wanted is None:
            return
        (site, email), desk = self._wanted, self._desk
        self.state.loading()
        background.run(
            self, lambda: story(desk, site=site, email=email), self._show, self._failed, replaces="story"
        )

    def _failed(self, error: DeskError) -> None:
        self.story = None
        if isinstance(error, NotFound):
            self.state.nothing(error.message, icon="person")
        else:
            self.state.failed(error, self.refresh, at=self._desk.clock())

    def _show(self, found: Story) -> None:
        self.story = found
        self.name.setText(found.name or found.emails[0])
        told = self.tr("{emails} on site {site}").format(emails=", ".join(found.emails), site=found.site)
        if not found.is_whole:
            told += self.tr(" · only the newest events are shown")
        self.addresses.setText(told)
        self.access_button.show()
        if found.moments:
            self._shown = min(SHOWN, len(found.moments))
            self._fill(found)
            self.state.content()
        else:
            self.state.nothing(self.tr("Nothing was done yet that the audit tells of."), icon="history")

    def _fill(self, found: Story) -> None:
        inner = QWidget()
        inner.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        column = QVBoxLayout(inner)
        column.setContentsMargins(Space.L, 0, Space.L, Space.L)
        column.setSpacing(0)
        day = None
        for moment in found.moments[: self._shown]:
            local = moment.at.astimezone().date()
            if local != day:
                column.addWidget(DayLine(long_day_words(local)))
                day = local
            column.addWidget(MomentLine(moment, tell_address=len(found.emails) > 1))
        rest = len(found.moments) - self._shown
        self.more_button = button(
            self.tr("Show {n} older").format(n=QLocale().toString(min(rest, SHOWN))), self._show_more
        )
        column.addWidget(self.more_button, 0, Qt.AlignmentFlag.AlignLeft)
        self.more_button.setVisible(rest > 0)
        column.addStretch(1)
        place = self.timeline.verticalScrollBar().value()
        self.timeline.setWidget(inner)
        self.timeline.verticalScrollBar().setValue(place)

    def _show_more(self) -> None:
        if self.story is not None:
            self._shown = min(self._shown + SHOWN, len(self.story.moments))
            self._fill(self.story)
            self.timeline.setFocus()

    def _ask_access(self) -> None:
        if self._wanted is not None and self.story is not None:
            self.access_wanted.emit(self.story.site, self._wanted[1])
