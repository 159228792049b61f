"""What stands at the top of the page as long as it is so, unlike a message."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from portal_admin.ui.speech import announce
from portal_admin.ui.theme import Meaning, Space
from portal_admin.ui.widgets.buttons import button
from portal_admin.ui.widgets.mark import Mark
from portal_admin.ui.widgets.text import PlainLabel, quoted

MARKS = {Meaning.BAD: "warning", Meaning.UNKNOWN: "question"}


class Notice(QFrame):
    """A title and a sentence with at most one action; said aloud when it comes, hidden when there is nothing to say."""

    def __init__(self, meaning: Meaning, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "bar")
        self.setProperty("meaning", meaning.value)
        self.title = PlainLabel(kind="strong", wrap=True)
        self.sentence = PlainLabel(wrap=True)
        self.action = button("")
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.title)
        words.addWidget(self.sentence)
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.M, Space.S, Space.M, Space.S)
        row.setSpacing(Space.M)
        row.addWidget(Mark(MARKS[meaning], meaning.value))
        row.addLayout(words, 1)
        row.addWidget(self.action)
        self.action.hide()
        self.hide()

    @property
    def text(self) -> str:
        """All it says, empty when it is hidden."""
        return "" if self.isHidden() else f"{self.title.text()}\n{self.sentence.text()}"

    def offer(self, words: str, pressed: Callable[[], object]) -> None:
        """Have a button that does something about it."""
        self.action.setText(words)
        self.action.clicked.connect(lambda _checked=False: pressed())

    def say(self, title: str, sentence: str, *, can_act: bool = False) -> None:
        """Show it; saying the same again changes nothing."""
        is_new = self.isHidden()
        sentence = quoted(sentence)
        self.title.setText(title)
        self.sentence.setText(sentence)
        self.action.setVisible(can_act)
        self.setAccessibleName(f"{title}: {sentence}")
        self.show()
        if is_new:
            announce(self, self.accessibleName(), urgent=True)
