"""The box at the top: people, accounts, contracts, payments and every command, from one line of typing (Ctrl+K)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from portal_admin.errors import DeskError, NotAllowed
from portal_admin.ui import background
from portal_admin.ui.find_entry import NOTHING_ASKED, Answer, Entry, Finder, Section
from portal_admin.ui.icons import set_icon
from portal_admin.ui.override import override
from portal_admin.ui.theme import Meaning, Space
from portal_admin.ui.widgets.text import PlainLabel

if TYPE_CHECKING:
    from portal_admin.ui.find_results import FindResults, Note

PAUSE = 120
# So many letters of a command's name, and it is meant before anything that only begins or sounds so.
NAMES_A_COMMAND = 3
STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
Commands = Callable[[], Sequence[Section]]
Recent = Callable[[], Section]


class FindBox(QLineEdit):
    """Typing lists commands at once and records as soon as they are found.

    What was typed stays when the box is left, and is selected when it is entered again; Esc clears it, then leaves.
    """

    left = Signal()

    def __init__(self, commands: Commands, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._commands = commands
        self._find: Finder | None = None
        self._recent: Recent | None = None
        self._callers = Section("", ())
        self._answer = NOTHING_ASKED
        self._answered: str | None = None  # the text that the answer is to
        self._is_awaited = self._picks_first = False
        self.results: FindResults | None = None
        words = self.tr("Find a person, contract, account, payment or command")
        self.setPlaceholderText(words)
        self.setAccessibleName(words)
        self.setMaxLength(200)
        mark = QAction(self)
        set_icon(mark, "search", "secondary")
        self.addAction(mark, QLineEdit.ActionPosition.LeadingPosition)
        self._keys = PlainLabel("Ctrl+K", kind="secondary", parent=self)
        self._keys.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.textChanged.connect(lambda text: self._keys.setVisible(not text))
        self.textEdited.connect(self._typed)

    def set_finder(self, find: Finder | None, recent: Recent | None = None) -> None:
        """What looks records up, and who called lately, on a worker; None while there is no desk."""
        self._find, self._recent = find, recent
        self._answer, self._answered, self._callers = NOTHING_ASKED, None, Section("", ())
        if self.hasFocus():
            self._ask_anew()

    def leave(self) -> None:
        """Close the list and give the keyboard back; what was typed stays."""
        self._hide()
        self.left.emit()

    def look_again(self) -> None:
        """Ask once more what could not be looked up."""
        self._answer, self._answered = NOTHING_ASKED, None
        self._look()
        self._show()

    def _typed(self) -> None:
        if self.results is not None:
            self.results.was_moved = False
        self._picks_first = False
        if self.text().strip() and self._find is not None:
            # What was found before stays until the answer is there, so that nothing dances.
            self._is_awaited = True
            background.later(self, PAUSE, self._look, replaces="pause")
        else:
            self._is_awaited = False
            self._answer, self._answered = NOTHING_ASKED, None
        self._show()

    def _look(self) -> None:
        text, find = self.text().strip(), self._find
        if text and find is not None:
            self._is_awaited = True
            background.run(
                self,
                lambda: find(text),
                lambda answer: self._looked(text, answer),
                self._could_not_look,
                replaces="find",
            )

    def _looked(self, text: str, answer: Answer) -> None:
        if text != self.text().strip():
            return  # more was typed meanwhile, and is being looked up
        self._is_awaited = False
        self._answer, self._answered = answer, text
        self._show()
        if self._picks_first and self.results is not None:
            self._picks_first = False
            self.results.pick()

    def _could_not_look(self, error: DeskError) -> None:
        self._is_awaited = self._picks_first = False
        is_refused = isinstance(error, NotAllowed)
        words = error.message
        self._answer = Answer(refused=words) if is_refused else Answer(failed=words)
        self._answered = self.text().strip()
        self._show()

    def _show(self) -> None:
        if not self.hasFocus() and not (self.results and self.results.isVisible()):
            return
        if self.results is None:
            from portal_admin.ui.find_results import FindResults

            self.results = FindResults(self.window())
            self.results.picked.connect(self._pick)
        self.results.fill(self._sections(), self._note())
        self.results.place(self)

    def _sections(self) -> list[Section]:
        text = self.text().casefold().strip()
        if not text:
            return [self._callers, *self._commands()]
        named, others = self._fitting(text)
        found = list(self._answer.sections)
        exact = [section for section in found if section.is_exact]
        near = [section for section in found if not section.is_exact]
        again = Entry("refresh", self.tr("Look again"), "", self.look_again)
        failed = [Section(self.tr("Could not look"), [again])] if self._answer.failed else []
        return [*exact, *named, *near, *failed, *others]

    def _fitting(self, text: str) -> tuple[list[Section], list[Section]]:
        """The commands that the text names, and those that only hold its words."""
        words = text.split()
        named, others = [], []
        for heading, entries, *_ in self._commands():
            fitting = [
                entry
                for entry in entries
                if all(word in f"{entry.title} {entry.detail} {heading}".casefold() for word in words)
            ]
            first = [entry for entry in fitting if _is_named(entry, text)]
            named.append(Section(heading, first))
            others.append(Section(heading, [entry for entry in fitting if entry not in first]))
        return named, others

    def _note(self) -> Note:
        from portal_admin.ui.find_results import QUIET, Note

        answer = self._answer
        if answer.failed:
            words = self.tr("Could not look: {reason}").format(reason=answer.failed)
            return Note(words, "warning", Meaning.BAD)
        if answer.refused:
            words = self.tr("Not allowed: {reason}").format(reason=answer.refused)
            return Note(words, "lock", Meaning.ATTENTION)
        if self._is_awaited and self._answered is None:
            return Note(self.tr("Looking…"), "clock")
        if self._answered is not None and not answer.sections:
            return Note(self.tr("None found: no person, contact, account, contract or payment fits."))
        return QUIET

    def _hide(self) -> None:
        if self.results is not None:
            self.results.hide()

    def _pick(self, entry: Entry) -> None:
        if entry.chosen == self.look_again:
            self.look_again()
            return
        self.leave()
        entry.chosen()

    def _ask_anew(self) -> None:
        """The box was entered: what it shows may be of long ago."""
        if self.results is not None:
            self.results.was_moved = False
        if self.text().strip():
            self._look()
        recent = self._recent
        if recent is not None:
            background.run(self, recent, self._know_callers, lambda _error: None, replaces="recent")
        self._show()

    def _know_callers(self, callers: Section) -> None:
        if callers != self._callers:
            self._callers = callers
            if not self.text().strip():
                self._show()

    def _enter(self) -> None:
        background.hurry(self)
        if self.results is None:
            return
        if self._is_awaited and not self.results.was_moved:
            self._picks_first = True  # as soon as it is known what was found
        else:
            self.results.pick()

    @override
    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show):
            hint = self._keys.sizeHint()
            self._keys.setGeometry(
                self.width() - hint.width() - Space.S, (self.height() - hint.height()) // 2, *hint.toTuple()
            )
        elif event.type() is QEvent.Type.FocusIn:
            self._ask_anew()
        elif event.type() is QEvent.Type.FocusOut:
            self._picks_first = False
            self._hide()
        return super().event(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key == Qt.Key.Key_Escape:
            if self.text():
                self.clear()
                self._typed()
            else:
                self.leave()
        elif self.results is not None and key in STEPS:
            self.results.step(STEPS[Qt.Key(key)])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._enter()
        else:
            super().keyPressEvent(event)


def _is_named(entry: Entry, text: str) -> bool:
    return len(text) >= NAMES_A_COMMAND and entry.title.casefold().startswith(text)
