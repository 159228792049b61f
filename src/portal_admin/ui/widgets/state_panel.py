"""A list or panel in exactly one state: its content, nothing here yet, could not look, not allowed, or loading."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum

from PySide6.QtCore import QEvent, QObject, QRect, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QStackedLayout, QVBoxLayout, QWidget

from portal_admin.errors import DeskError
from portal_admin.ui.override import override
from portal_admin.ui.speech import announce
from portal_admin.ui.theme import Size, Space, theme
from portal_admin.ui.widgets.ages import clock_text
from portal_admin.ui.widgets.buttons import button
from portal_admin.ui.widgets.mark import Mark
from portal_admin.ui.widgets.text import CopyLabel, PlainLabel, quoted

DIM_AFTER, SAY_AFTER, STEP = 200, 2000, 120
TRY_AGAIN_AFTER = 2000
# A server that restarts answers again by itself; other failures wait for a person.
PASSING = ("database", "interrupted", "unknown")


class State(StrEnum):
    """What a StatePanel shows."""

    CONTENT = "content"
    NOTHING = "nothing"
    FAILED = "failed"
    NOT_ALLOWED = "not_allowed"


class StatePanel(QWidget):
    """Wraps the widget that holds the rows; call one of `content`, `nothing`, `failed`, `not_allowed`, and `loading`."""

    def __init__(self, content: QWidget, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.state = State.CONTENT
        self._content = content
        self._notice: QWidget | None = None
        self._stack = QStackedLayout(self)
        self._stack.setContentsMargins(0, 0, 0, 0)
        self._stack.addWidget(content)
        self._veil = _Veil(self)
        self._retry: Callable[[], object] | None = None
        self.try_again = QTimer(self)
        self.try_again.setSingleShot(True)
        self.try_again.setInterval(TRY_AGAIN_AFTER)
        self.try_again.timeout.connect(self._look_again)

    @property
    def is_loading(self) -> bool:
        return self._veil.waiting

    def loading(self, words: str = "") -> None:
        """Keep what is shown, dim it after 200 ms, and say so in words after 2 s."""
        self._veil.start(words or self.tr("Still looking…"))

    def content(self) -> None:
        """Show the content."""
        self._show(State.CONTENT, None)

    def nothing(
        self, text: str, *, action: str = "", pressed: Callable[[], object] | None = None, icon: str = "info"
    ) -> None:
        """Nothing here yet, or none found; with the action that would change that."""
        self._show(State.NOTHING, _notice(icon, "secondary", text, "", action, pressed))

    def failed(self, error: DeskError, retry: Callable[[], object], *, at: datetime | None = None) -> None:
        """Could not look: the reason, the time and Retry; never to be confused with none found.

        While the database does not answer, it looks again by itself.
        """
        now = at or datetime.now(UTC)
        when = self.tr("{time} · id {id}").format(time=clock_text(now, now), id=error.correlation_id)
        notice = _notice("question", "unknown", error.title, error.message, self.tr("Retry"), retry, when)
        self._show(State.FAILED, notice)
        if error.kind in PASSING:
            self._retry = retry
            self.try_again.start()

    def _look_again(self) -> None:
        if self._retry is not None and self.isVisible():
            self._retry()
        elif self._retry is not None:
            self.try_again.start()  # it may be looked at again later

    def not_allowed(
        self, title: str, text: str, action: str = "", *, pressed: Callable[[], object] | None = None
    ) -> None:
        """Not allowed, which roles may, and what to do; the words can be copied to whom they ask for."""
        self._show(State.NOT_ALLOWED, _notice("lock", "secondary", title, text, action, pressed, copied=True))

    def _show(self, state: State, notice: QWidget | None) -> None:
        self._veil.stop()
        self.try_again.stop()
        self._retry = None
        focused = QApplication.focusWidget()
        shown = notice or self._content
        hides_focus = focused is not None and self.isAncestorOf(focused) and not shown.isAncestorOf(focused)
        if self._notice is not None:
            self._stack.removeWidget(self._notice)
            self._notice.deleteLater()
        self.state = state
        self._notice = notice
        if notice is not None:
            self._stack.addWidget(notice)
        self._stack.setCurrentWidget(shown)
        if hides_focus and focused is not shown:
            shown.setFocus()


def _notice(
    icon: str,
    colour: str,
    title: str,
    text: str,
    action: str,
    pressed: Callable[[], object] | None,
    note: str = "",
    *,
    copied: bool = False,
) -> QWidget:
    frame = QWidget()
    column = QVBoxLayout(frame)
    column.setContentsMargins(Space.XL, Space.XL, Space.XL, Space.XL)
    column.setSpacing(Space.S)
    column.addStretch(1)
    centre = Qt.AlignmentFlag.AlignHCenter
    column.addWidget(Mark(icon, colour, size=Size.ICON_LARGE), 0, centre)
    text = quoted(text)
    for words, kind in ((title, "strong"), (text, "")):
        if words:
            line = CopyLabel(words) if copied and words is text else PlainLabel(words, kind=kind)
            line.setWordWrap(True)
            line.setAlignment(centre)
            column.addWidget(line)
    if note:
        column.addWidget(CopyLabel(note, kind="secondary"), 0, centre)
    if action and pressed is not None:
        column.addSpacing(Space.XS)
        made = button(action, pressed)
        column.addWidget(made, 0, centre)
        frame.setFocusProxy(made)  # where the keyboard goes on, not the id above it
    column.addStretch(2)
    return frame


class _Veil(QWidget):
    """Dims its parent while it waits; paints a thin moving bar, and words when the wait is long."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.waiting = False
        self._covered = parent
        self._words = ""
        self._step = 0
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._tick)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        parent.installEventFilter(self)
        self.hide()

    def start(self, words: str) -> None:
        self.waiting = True
        self._words = words
        self._step = 0
        self._timer.start(DIM_AFTER)

    def stop(self) -> None:
        self.waiting = False
        self._timer.stop()
        self.hide()

    def _tick(self) -> None:
        self._step += 1
        if self._step == 1:
            self._timer.start(STEP)
            self._cover()
            self.show()
            self.raise_()
        elif self._step == SAY_AFTER // STEP:
            announce(self, self._words)
        self.update()

    def _cover(self) -> None:
        self.setGeometry(self._covered.rect())

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Resize and self.isVisible():
            self._cover()
        return super().eventFilter(watched, event)

    @override
    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        dim = theme.colour("window")
        dim.setAlphaF(0.6)
        painter.fillRect(self.rect(), dim)
        length = max(48, self.width() // 5)
        at = (self._step * 24) % (self.width() + length) - length
        painter.fillRect(QRect(at, 0, length, 3), theme.colour("accent"))
        if self._step * STEP >= SAY_AFTER:
            painter.setPen(theme.colour("text"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._words)
