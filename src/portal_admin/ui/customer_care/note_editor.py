"""The note on the call under way: always at hand, kept while it is typed, gone from this machine once it is saved."""

from __future__ import annotations

from functools import partial
from threading import Thread

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from portal_admin.domain.call_notes import CallNote
from portal_admin.errors import DeskError, InvalidInput
from portal_admin.services import call_notes
from portal_admin.services.change import permission_of
from portal_admin.services.desk import Desk
from portal_admin.ui import background
from portal_admin.ui.customer_care.drafts import Draft, DraftFile
from portal_admin.ui.override import override
from portal_admin.ui.rights import Rights
from portal_admin.ui.theme import Meaning, Size, Space
from portal_admin.ui.widgets.ages import clock_text
from portal_admin.ui.widgets.buttons import button
from portal_admin.ui.widgets.text import PlainLabel, set_tooltip

PAUSE = 400
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class NoteText(QPlainTextEdit):
    """Plain text; Ctrl+Enter saves, Tab goes on."""

    saved = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setTabChangesFocus(True)
        self.setMinimumHeight(Size.ROW)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.saved.emit()
            return
        super().keyPressEvent(event)


class NoteEditor(QFrame):
    """`written` carries the note that was saved; `is_dirty_changed` tells whether there is something unsaved."""

    written = Signal(object)
    is_dirty_changed = Signal(bool)

    def __init__(
        self,
        desk: Desk,
        rights: Rights,
        *,
        profile: str,
        site: str,
        email: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("kind", "panel")
        self._desk, self._site, self._email = desk, site, email
        self._file = DraftFile(profile, desk.operator, site.casefold(), email)
        self._contract = ""
        self._typed = self._is_unkept = False
        self._saving = ""
        self.text = NoteText()
        self.text.setPlaceholderText(self.tr("What was asked, what was done"))
        self.label = PlainLabel(self.tr("Call &note"), kind="strong")
        self.label.setBuddy(self.text)
        self.text.setAccessibleName(self.tr("Call note"))
        self.about = QCheckBox()
        self.about.hide()
        self.state = PlainLabel(kind="secondary", wrap=True)
        self.save_button = button(self.tr("Save note"), self.save)
        set_tooltip(self.save_button, "Ctrl+Enter")
        rights.guard(self.text, permission_of(call_notes.write_note))
        rights.guard(self.save_button, permission_of(call_notes.write_note))
        self._lay_out()
        self.text.textChanged.connect(self._edited)
        self.text.saved.connect(self.save)
        self.about.toggled.connect(lambda _on: self._edited())
        background.run(self, self._file.read, self._restore, self._could_not_keep)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(Space.S)
        head.addWidget(self.label)
        head.addStretch(1)
        head.addWidget(self.about)
        foot = QHBoxLayout()
        foot.setSpacing(Space.S)
        foot.addWidget(self.state, 1)
        foot.addWidget(self.save_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.M, Space.S, Space.M, Space.S)
        column.setSpacing(Space.XS)
        column.addLayout(head)
        column.addWidget(self.text, 1)
        column.addLayout(foot)

    @property
    def is_dirty(self) -> bool:
        """Whether something is typed that was not saved."""
        return bool(self.text.toPlainText().strip())

    def offer_contract(self, contract_id: str) -> None:
        """The contract that is being talked about; a note that was begun stays about what it was about."""
        if not contract_id or (self._contract and self.is_dirty):
            return
        self._contract = contract_id
        self.about.setText(self.tr("about {id}").format(id=contract_id.replace("&", "&&")))
        self.about.setAccessibleName(self.tr("The note is about contract {id}").format(id=contract_id))
        quiet = self.about.blockSignals(True)
        self.about.setChecked(True)
        self.about.blockSignals(quiet)
        self.about.show()

    def begin(self) -> None:
        """Put the keyboard into the note."""
        self.text.setFocus()

    def save(self) -> None:
        """Keep the note in the portal database; what was typed stays until it is kept."""
        if not self.save_button.isEnabled():
            return
        self._saving = self.text.toPlainText()
        contract = self._contract if self.about.isChecked() and self._contract else None
        self.save_button.setEnabled(False)
        self._say(self.tr("Saving…"))
        work = partial(
            call_notes.write_note,
            self._desk,
            site=self._site,
            email=self._email,
            note=self._saving,
            contract_id=contract,
        )
        background.run(self, work, self._saved, self._failed, replaces="save")

    def _saved(self, note: CallNote) -> None:
        self.save_button.setEnabled(True)
        # What was typed on while it was being saved is the next note.
        typed = self.text.toPlainText()
        rest = typed[len(self._saving) :] if typed.startswith(self._saving) else typed
        self.text.setPlainText(rest.lstrip())
        self._typed = bool(rest.strip())
        self._keep()
        self._say(self.tr("Saved {time}").format(time=clock_text(note.at, self._desk.clock())))
        self.written.emit(note)

    def _failed(self, error: DeskError) -> None:
        self.save_button.setEnabled(True)
        words = error.message if isinstance(error, InvalidInput) else f"{error.title}. {error.message}"
        self._say(words, Meaning.BAD)
        self.text.setFocus()

    def _edited(self) -> None:
        self._typed = self._is_unkept = True
        self._say("")
        background.later(self, PAUSE, self._keep, replaces="keep")
        self.is_dirty_changed.emit(self.is_dirty)

    def _keep(self) -> None:
        self._is_unkept = False
        background.run(self, self._put().write, lambda _done: None, self._could_not_keep, replaces="write")

    def _put(self) -> DraftFile:
        contract = self._contract if self.about.isChecked() and self._contract else None
        draft = Draft(self.text.toPlainText(), contract, self._desk.clock()) if self.is_dirty else None
        self._file.put(draft)
        self.is_dirty_changed.emit(self.is_dirty)
        return self._file

    def _restore(self, draft: Draft | None) -> None:
        if draft is None or self._typed:
            return
        if draft.contract:
            self.offer_contract(draft.contract)
        quiet = self.text.blockSignals(True)
        self.text.setPlainText(draft.text)
        self.text.blockSignals(quiet)
        kept = clock_text(draft.at, self._desk.clock())
        self._say(self.tr("Not saved yet, kept from {time}").format(time=kept), Meaning.ATTENTION)
        self.is_dirty_changed.emit(True)

    def _could_not_keep(self, error: DeskError) -> None:
        self._say(error.message, Meaning.BAD)

    def _say(self, words: str, meaning: Meaning | None = None) -> None:
        self.state.setText(words)
        self.state.set_meaning(meaning)

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if self._is_unkept:
            # The window may be closing, and then the pool drops what nobody waits for; Python waits for this thread.
            self._is_unkept = False
            Thread(target=self._put().write_last, name="keep note").start()
