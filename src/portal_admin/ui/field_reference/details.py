"""Everything about the selected field: what to say, both values, where it comes from, and what this company knows."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from portal_admin.domain import field_words
from portal_admin.domain.dates import day_words
from portal_admin.domain.fields import Field, FieldNote, FieldRow, FieldSheet, State
from portal_admin.errors import InvalidInput
from portal_admin.services.change import permission_of
from portal_admin.services.fields import notes as field_notes
from portal_admin.ui.field_reference.detail_parts import FactsView, ValueView
from portal_admin.ui.field_reference.lines import LOOKS
from portal_admin.ui.rights import Rights
from portal_admin.ui.theme import Meaning, Space
from portal_admin.ui.widgets.buttons import CopyButton, button
from portal_admin.ui.widgets.chip import StatusChip
from portal_admin.ui.widgets.form import Form
from portal_admin.ui.widgets.text import PlainLabel

HISTORY_SHOWN = 20
WRITE, VERIFY = permission_of(field_notes.add_note), permission_of(field_notes.verify)


class Details(QFrame):
    """Emits `note_added(key, text)`, `verified(key, text)` and `retry_asked`."""

    note_added = Signal(str, str)
    verified = Signal(str, str)
    retry_asked = Signal()

    def __init__(self, rights: Rights, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "panel")
        self.setAccessibleName(self.tr("Details of the selected field"))
        self.field: Field | None = None
        self._drafts: dict[str, str] = {}
        self.title = PlainLabel(kind="section", wrap=True)
        self.portal_screen = PlainLabel(kind="secondary")
        self.chip = StatusChip()
        self.reason = PlainLabel(wrap=True)
        self.retry = button(self.tr("Retry"), self.retry_asked.emit, icon="refresh")
        self.wording = PlainLabel(wrap=True)
        self.copy_wording = CopyButton(self.tr("Copy the wording"), self.wording.text)
        self.portal = ValueView(self.tr("Portal shows"), self.tr("Copy what the portal shows"))
        self.aspire = ValueView(self.tr("ASPIRE says now"), self.tr("Copy what ASPIRE says"))
        self.facts = FactsView()
        self.form = Form()
        self.note = self.form.add("note", self.tr("&Note of this company"), QLineEdit())
        self.history = PlainLabel(kind="secondary", wrap=True)
        self.stamp = PlainLabel(wrap=True)
        self._hint = PlainLabel(
            self.tr("Select a field to see where it comes from and what to say about it."), kind="secondary"
        )
        self._arrange()
        rights.guard(self.note_button, WRITE)
        rights.guard(self.verify_button, VERIFY)
        self.clear()

    def _arrange(self) -> None:
        self._inner = QWidget()
        self._columns = columns = QHBoxLayout(self._inner)
        columns.setContentsMargins(Space.L, Space.M, Space.L, Space.M)
        columns.setSpacing(Space.XL)
        for made, share in ((self._say(), 5), (self._source(), 6), (self._notes(), 4)):
            holder = QWidget()
            made.setContentsMargins(0, 0, 0, 0)
            made.setSpacing(Space.S)
            made.addStretch(1)
            holder.setLayout(made)
            columns.addWidget(holder, share)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(self._inner)
        self._scroll.viewport().setAutoFillBackground(False)
        self._inner.setAutoFillBackground(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.addWidget(self._scroll)
        self._hint.setContentsMargins(Space.L, Space.M, Space.L, Space.M)
        column.addWidget(self._hint)

    def _say(self) -> QVBoxLayout:
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.chip, 0, Qt.AlignmentFlag.AlignTop)
        why = QHBoxLayout()
        why.addWidget(self.reason, 1)
        why.addWidget(self.retry, 0, Qt.AlignmentFlag.AlignTop)
        words = QHBoxLayout()
        words.addWidget(PlainLabel(self.tr("To say on the phone"), kind="secondary"), 1)
        words.addWidget(self.copy_wording)
        column = QVBoxLayout()
        column.addWidget(self.portal_screen)
        column.addLayout(head)
        column.addLayout(words)
        column.addWidget(self.wording)
        column.addLayout(why)
        return column

    def _source(self) -> QVBoxLayout:
        values = QHBoxLayout()
        values.setSpacing(Space.L)
        values.addWidget(self.portal, 1, Qt.AlignmentFlag.AlignTop)
        values.addWidget(self.aspire, 1, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        column.addLayout(values)
        column.addWidget(self.facts)
        return column

    def _notes(self) -> QVBoxLayout:
        self.verify_button = button(self.tr("Verified today"), self._verify, icon="check")
        self.note_button = button(self.tr("Add note"), self._add_note, icon="plus")
        self.note.returnPressed.connect(self._add_note)
        buttons = QHBoxLayout()
        buttons.setSpacing(Space.S)
        buttons.addWidget(self.note_button)
        buttons.addWidget(self.verify_button)
        buttons.addStretch(1)
        column = QVBoxLayout()
        column.addWidget(self.stamp)
        column.addWidget(self.form)
        column.addLayout(buttons)
        column.addWidget(self.history)
        return column

    def clear(self) -> None:
        """No field is selected."""
        self._keep_draft()
        self.field = None
        self._scroll.hide()
        self._hint.show()

    def show_field(
        self,
        field: Field,
        notes: Sequence[FieldNote],
        *,
        row: FieldRow | None = None,
        sheet: FieldSheet | None = None,
    ) -> None:
        """Show a field of the catalogue, or of a sheet with its row."""
        if self.field is None or self.field.key != field.key:
            self._keep_draft()
            self.note.setText(self._drafts.get(field.key, ""))
            self.form.clear_errors()
        self.field = field
        self.title.setText(field.label)
        self.portal_screen.setText(field.screen)
        self.facts.show_facts(field)
        self._show_live(field, row, sheet)
        self.show_notes(notes)
        self._hint.hide()
        self._scroll.show()
        # Wrapped lines would keep the height of the field before until the next event.
        self._columns.activate()

    def _show_live(self, field: Field, row: FieldRow | None, sheet: FieldSheet | None) -> None:
        live = row is not None and sheet is not None
        self.portal.setVisible(live)
        self.aspire.setVisible(live and row is not None and row.aspire is not None)
        reason = row.reason if row is not None and row.reason else ""
        self.reason.setText(reason)
        self.reason.setVisible(bool(reason))
        self.retry.setVisible(row is not None and row.state is State.NOT_READABLE)
        if row is None or sheet is None:
            self.chip.set("")
            self.wording.setText(field.wording.replace("{value}", field_words.BLANK))
            return
        self.chip.set(field_words.STATE_WORDS[row.state], LOOKS[row.state].meaning)
        self.wording.setText(field_words.spoken(row, manner=field_words.manner_of(sheet)))
        self.portal.show_value(row.portal, sheet, stale=row.is_stale)
        self.aspire.show_value(row.aspire, sheet)

    def show_notes(self, notes: Sequence[FieldNote]) -> None:
        """Show this company's notes and verifications of the field, newest first."""
        stamp = field_words.verification(tuple(notes))
        self.stamp.setText(stamp or self.tr("Not yet verified by this company."))
        self.stamp.set_meaning(Meaning.GOOD if stamp else None)
        self.history.setText("\n".join(self._noted(note) for note in notes[:HISTORY_SHOWN]))
        self.history.setVisible(bool(notes))

    def _noted(self, note: FieldNote) -> str:
        local = note.created_at.astimezone()
        head = self.tr("{day} {time}, {who}").format(
            day=day_words(local.date()), time=f"{local:%H:%M}", who=note.created_by
        )
        parts = [head, self.tr("verified") if note.verified_on else "", note.note]
        return " · ".join(part for part in parts if part)

    def _keep_draft(self) -> None:
        """A note being typed waits with its field while the rep looks at others."""
        if self.field is not None:
            self._drafts[self.field.key] = self.note.text()

    def note_saved(self, key: str, notes: Sequence[FieldNote]) -> None:
        """What was typed for a field is kept in the database now."""
        self._drafts.pop(key, None)
        if self.field is not None and self.field.key == key:
            self.note.clear()
            self.show_notes(notes)

    def _add_note(self) -> None:
        if self.field is not None:
            self.note_added.emit(self.field.key, self.note.text())

    def _verify(self) -> None:
        if self.field is not None:
            self.verified.emit(self.field.key, self.note.text())

    def show_error(self, error: InvalidInput) -> bool:
        """Put an error under the note; False when it belongs elsewhere."""
        return self.form.show_error(error)
