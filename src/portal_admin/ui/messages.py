"""What a page has to say to the operator: one bar in the page, never a box in front of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from portal_admin.errors import COULD_NOT_LOOK, DeskError
from portal_admin.ui.speech import announce
from portal_admin.ui.theme import Meaning, Space
from portal_admin.ui.widgets.buttons import button, icon_button
from portal_admin.ui.widgets.mark import Mark
from portal_admin.ui.widgets.text import CopyLabel, PlainLabel, quoted, restyle, set_tooltip


@dataclass(frozen=True, slots=True)
class _Look:
    meaning: Meaning
    icon: str
    colour: str


_INFO = _Look(Meaning.NEUTRAL, "info", "neutral")
_SUCCESS = _Look(Meaning.GOOD, "check", "good")
_WARNING = _Look(Meaning.ATTENTION, "warning", "attention")
_ERROR = _Look(Meaning.BAD, "cross", "bad")
_UNKNOWN = _Look(Meaning.UNKNOWN, "question", "unknown")
UNDO_KEYS = "Ctrl+Shift+Z"


class MessageBar(QFrame):
    """Shows the latest message of a page; the next one, `clear` or the close button takes it away."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "bar")
        self._mark = Mark("info")
        self.title = PlainLabel(kind="strong", wrap=True)
        self.sentence = PlainLabel(wrap=True)
        self.note = CopyLabel(kind="secondary")
        self._actions = QHBoxLayout()
        self._actions.setSpacing(Space.S)
        self._buttons: list[QPushButton] = []
        words = QVBoxLayout()
        words.setSpacing(2)
        for line in (self.title, self.sentence, self.note):
            words.addWidget(line)
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.M, Space.S, Space.S, Space.S)
        row.setSpacing(Space.M)
        row.addWidget(self._mark)
        row.addLayout(words, 1)
        row.addLayout(self._actions)
        row.addWidget(icon_button("cross", self.tr("Close message"), self.clear))
        self.hide()

    @property
    def text(self) -> str:
        """Everything the bar says, empty when it is closed."""
        if self.isHidden():
            return ""
        lines = (self.title, self.sentence, self.note)
        return "\n".join(line.text() for line in lines if line.text())

    def info(self, sentence: str) -> None:
        """Something to know."""
        self._say(_INFO, "", sentence)

    def success(
        self,
        sentence: str,
        *,
        undo: Callable[[], object] | None = None,
        action: str = "",
        pressed: Callable[[], object] | None = None,
    ) -> None:
        """Something was done; `undo` takes it back, `action` leads to what it made."""
        self._say(_SUCCESS, "", sentence)
        if action and pressed is not None:
            self._add(action, None, pressed)
        if undo is not None:
            made = self._add(self.tr("Undo"), "undo", undo)
            set_tooltip(made, UNDO_KEYS)
            QShortcut(QKeySequence(UNDO_KEYS), made).activated.connect(made.click)

    def warning(
        self, sentence: str, *, action: str = "", pressed: Callable[[], object] | None = None
    ) -> None:
        """Something was done but needs a look, or will have consequences."""
        self._say(_WARNING, "", sentence)
        if action and pressed is not None:
            self._add(action, None, pressed)

    def error(self, error: DeskError, *, retry: Callable[[], object] | None = None) -> None:
        """Something failed: title, sentence, the id that finds it in the log, and Retry."""
        look = _UNKNOWN if error.exit_code == COULD_NOT_LOOK else _ERROR
        self._say(look, error.title, quoted(error.message))
        self.note.setText(self.tr("Id in the log: {id}").format(id=error.correlation_id))
        self.note.show()
        if retry is not None:
            self._add(self.tr("Retry"), "refresh", retry)

    def clear(self) -> None:
        """Close the bar."""
        self._drop_actions()
        self.hide()

    def _say(self, look: _Look, title: str, sentence: str) -> None:
        self._drop_actions()
        restyle(self, meaning=look.meaning.value)
        self._mark.set(look.icon, look.colour)
        self.title.setText(title)
        self.title.setVisible(bool(title))
        self.sentence.setText(sentence)
        self.note.setText("")
        self.note.hide()
        self.setAccessibleName(f"{title}: {sentence}" if title else sentence)
        self.show()
        announce(self, self.accessibleName(), urgent=look in (_ERROR, _UNKNOWN))

    def _add(self, text: str, icon: str | None, pressed: Callable[[], object]) -> QPushButton:
        def act() -> None:
            self.clear()
            pressed()

        made = button(text, act, icon=icon)
        self._buttons.append(made)
        self._actions.addWidget(made)
        made.show()
        return made

    def _drop_actions(self) -> None:
        for made in self._buttons:
            made.hide()
            made.deleteLater()
        self._buttons.clear()
