"""Field reference: where each portal value comes from, and both values of the contract on the phone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QComboBox, QFrame, QHBoxLayout, QSplitter, QVBoxLayout

from portal_admin.domain.fields import Catalogue, Field, FieldNote, FieldRow, FieldSheet, State
from portal_admin.errors import DeskError, InvalidInput, NotFound
from portal_admin.services import fields
from portal_admin.services.fields import export as field_export
from portal_admin.services.fields import notes as field_notes
from portal_admin.ui.field_reference import lines
from portal_admin.ui.field_reference.contract_box import ContractBox
from portal_admin.ui.field_reference.counters import Counters
from portal_admin.ui.field_reference.details import VERIFY, WRITE, Details
from portal_admin.ui.field_reference.export import ExportMenu, Write
from portal_admin.ui.navigation import Target
from portal_admin.ui.override import override
from portal_admin.ui.page import Page, PageContext
from portal_admin.ui.tables.list_table import ListTable
from portal_admin.ui.theme import Space
from portal_admin.ui.widgets.ages import clock_text
from portal_admin.ui.widgets.buttons import button
from portal_admin.ui.widgets.search_field import SearchField
from portal_admin.ui.widgets.text import ElidedLabel, PlainLabel

# The table and the details share the height like this until the operator moves the border.
SHARES = [300, 256]
LEAST = (180, 64)
# Narrower than this, both values matter more than the path, which the details show whole.
ROOM_FOR_SOURCE = 900
Notes = Mapping[str, tuple[FieldNote, ...]]


@dataclass(frozen=True, slots=True)
class _Answer:
    catalogue: Catalogue
    notes: Notes
    sheet: FieldSheet | None


class FieldReferencePage(Page):
    """Without a contract the catalogue; with one, what the portal shows beside what ASPIRE says now."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self._catalogue: Catalogue | None = None
        self._sheet: FieldSheet | None = None
        self._notes: Notes = {}
        self._wanted = ""
        self.contract = ContractBox(self.tr("Contract id"))
        self.portal_screen = QComboBox()
        self.search = SearchField(
            self.tr("Search fields"), placeholder=self.tr("Search by portal label or ASPIRE name")
        )
        self.summary = ElidedLabel(kind="secondary")
        self.counters = Counters()
        self.table = ListTable(lines.columns(), name=self.tr("Fields"), memory="field_reference")
        self.details = Details(self.rights)
        export = self.header.add_action(self.tr("Export"), lambda: None, icon="download")
        self.export_menu = ExportMenu(export, self._export)
        self.export_menu.name = self._file_name
        self._build_filters()
        self._build_table()
        self._show_columns()

    def _build_filters(self) -> None:
        self.contract.asked.connect(self._read)
        self.portal_screen.setAccessibleName(self.tr("Portal screen"))
        self.portal_screen.addItem(self.tr("All portal screens"), None)
        self.portal_screen.currentIndexChanged.connect(self._fill)
        self.search.searched.connect(self._fill)
        self.counters.filtered.connect(self._fill)
        label = PlainLabel(self.tr("&Contract"))
        label.setBuddy(self.contract)
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        row.addWidget(label)
        row.addWidget(self.contract)
        row.addWidget(button(self.tr("Look up"), self.contract.ask, kind="primary"))
        row.addSpacing(Space.M)
        row.addWidget(self.portal_screen)
        row.addWidget(self.search, 1)
        below = QHBoxLayout()
        below.addWidget(self.summary, 1)
        below.addWidget(self.counters)
        self.body.addLayout(row)
        self.body.addLayout(below)

    def _build_table(self) -> None:
        panel = QFrame()
        panel.setProperty("kind", "panel")
        inner = QVBoxLayout(panel)
        inner.setContentsMargins(1, 1, 1, 1)
        inner.addWidget(self.table)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        panel.setMinimumHeight(LEAST[0])
        self.details.setMinimumHeight(LEAST[1])
        split.setHandleWidth(Space.XS)
        split.addWidget(panel)
        split.addWidget(self.details)
        split.setStretchFactor(0, 1)
        split.setSizes(SHARES)
        self.body.addWidget(split, 1)
        self.table.current_changed.connect(self._show_details)
        self.details.note_added.connect(self._add_note)
        self.details.verified.connect(self._verify)
        self.details.retry_asked.connect(self._retry)

    @override
    def open(self, target: Target) -> None:
        if target.contract:
            self.contract.setCurrentText(target.contract)
            self.contract.ask()
        elif self._catalogue is None:
            self._read("")
        self.contract.setFocus()

    @override
    def refresh(self) -> None:
        self._read(self._wanted)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_columns()

    # --- reading --------------------------------------------------------------------------------------------------

    def _read(self, contract_id: str) -> None:
        desk = self.desk

        def work() -> _Answer:
            notes = field_notes.history(desk)
            sheet = fields.show(desk, contract_id=contract_id) if contract_id else None
            return _Answer(fields.catalogue(), notes, sheet)

        self._wanted = contract_id
        self.messages.clear()
        self.table.state.loading(self.tr("Asking ASPIRE…") if contract_id else "")
        self.run(work, self._answered, self._failed, replaces="read")

    def _answered(self, answer: _Answer) -> None:
        another = (self._sheet and self._sheet.contract_id) != (answer.sheet and answer.sheet.contract_id)
        self._catalogue, self._notes, self._sheet = answer.catalogue, answer.notes, answer.sheet
        self._fill_screens(answer.catalogue)
        self._show_columns()
        if answer.sheet is None:
            self.counters.clear()
        else:
            self.counters.show_counts(answer.sheet.counts)
            self.contract.remember(answer.sheet.contract_id)
            self._say_problems(answer.sheet)
        self.summary.setText(self._summary())
        self._fill()
        if another and self.table.model.rows:
            self._select_first()

    def _failed(self, error: DeskError) -> None:
        """The rows of another contract must not stand under the id that was asked for."""
        self._sheet = None
        self.counters.clear()
        self.details.clear()
        self.details.hide()
        self.summary.setText("")
        self.table.set_sections([])
        if isinstance(error, NotFound):
            self.table.state.nothing(error.message, action=self.tr("Show all fields"), pressed=self._leave)
        else:
            self.table.state.failed(error, self._retry)

    def _retry(self) -> None:
        self._read(self._wanted)

    def _leave(self) -> None:
        self.contract.setCurrentText("")
        self._read("")

    def _say_problems(self, sheet: FieldSheet) -> None:
        said = [fields.RESTORED] if sheet.restored else []
        said += [lines.problem_text(problem) for problem in sheet.problems]
        if said:
            self.messages.warning("\n".join(said), action=self.tr("Retry"), pressed=self._retry)

    # --- showing --------------------------------------------------------------------------------------------------

    def _fill(self, _changed: object = None) -> None:
        if self._catalogue is None or (self._sheet is None and self._wanted):
            return
        found = self._catalogue.find(text=self.search.text(), screen=self.portal_screen.currentData())
        sheet = self._sheet
        sections = lines.of_sheet(self._rows(found), sheet) if sheet else lines.of_catalogue(found)
        self.table.set_sections(sections)
        self.details.setVisible(bool(sections))
        if not sections:
            action = self.tr("Show all fields")
            self.table.state.nothing(self.tr("No field fits."), action=action, pressed=self._unfilter)
            self.details.clear()
        elif self.table.current_key is None:
            self._select_first()
        else:
            self._show_details(self.table.current_key)

    def _rows(self, found: tuple[Field, ...]) -> list[FieldRow]:
        keys = {entry.key for entry in found}
        state = self.counters.chosen
        rows = self._sheet.rows if self._sheet else ()
        return [row for row in rows if row.field.key in keys and state in (None, row.state)]

    def _select_first(self) -> None:
        """The first difference, which is what the rep must see; else the first row."""
        shown = [row.key for row in self.table.model.rows]
        differs = (
            {row.field.key for row in self._sheet.rows if row.state is State.DIFFERS}
            if self._sheet
            else set()
        )
        self.table.select(next((key for key in shown if key in differs), shown[0]))
        centre = QAbstractItemView.ScrollHint.PositionAtCenter
        self.table.view.scrollTo(self.table.view.currentIndex(), centre)

    def _unfilter(self) -> None:
        self.search.clear()
        self.portal_screen.setCurrentIndex(0)
        self.counters.uncheck()
        self._fill()

    def _show_details(self, key: object) -> None:
        entry = self._catalogue.by_key.get(str(key)) if self._catalogue and key is not None else None
        if entry is None:
            self.details.clear()
            return
        row = next((r for r in self._sheet.rows if r.field.key == key), None) if self._sheet else None
        self.details.show_field(entry, self._notes.get(entry.key, ()), row=row, sheet=self._sheet)

    def _show_columns(self) -> None:
        hidden = lines.SHOWN.catalogue if self._sheet else lines.SHOWN.live
        if self._sheet and self.width() < ROOM_FOR_SOURCE:
            hidden |= {"source"}
        for position, column in enumerate(self.table.model.columns):
            self.table.view.setColumnHidden(position, column.key in hidden)

    def _fill_screens(self, catalogue: Catalogue) -> None:
        if self.portal_screen.count() == 1:
            for screen in catalogue.screens:
                self.portal_screen.addItem(screen, screen)

    def _summary(self) -> str:
        sheet = self._sheet
        if sheet is None:
            count = len(self._catalogue.fields) if self._catalogue else 0
            return self.tr("{n} fields. Type a contract id to see its values.").format(n=count)
        parts = [
            self.tr("Contract {id}").format(id=sheet.contract_id),
            sheet.customer or "",
            self.tr("asked {time}").format(time=clock_text(sheet.looked_at, sheet.looked_at)),
            self.tr("amounts in {currency}").format(currency=sheet.currency),
            "" if sheet.in_snapshot else self.tr("not yet on the portal"),
            self.tr("no longer in ASPIRE") if sheet.in_aspire is False else "",
        ]
        return " · ".join(part for part in parts if part)

    # --- acting ---------------------------------------------------------------------------------------------------

    def _add_note(self, key: str, note: str) -> None:
        desk = self.desk
        if self.may(WRITE):
            self._write(key, lambda: field_notes.add_note(desk, field_key=key, note=note))

    def _verify(self, key: str, note: str) -> None:
        desk = self.desk
        if self.may(VERIFY):
            self._write(key, lambda: field_notes.verify(desk, field_key=key, note=note))

    def _write(self, key: str, work: Callable[[], FieldNote]) -> None:
        self.run(work, lambda note: self._written(key, note), self._not_written)

    def _written(self, key: str, note: FieldNote) -> None:
        self._notes = {**self._notes, key: (note, *self._notes.get(key, ()))}
        self.details.note_saved(key, self._notes[key])
        self.messages.success(self.tr("Verification saved.") if note.verified_on else self.tr("Note saved."))

    def _not_written(self, error: DeskError) -> None:
        if not (isinstance(error, InvalidInput) and self.details.show_error(error)):
            self.messages.error(error)

    def _file_name(self) -> str:
        if self._sheet is None:
            return "field-reference"
        safe = "".join(c if c.isalnum() or c in "-_" else "_" for c in self._sheet.contract_id)
        return f"field-reference-{safe}"

    def _export(self, path: Path, write: Write) -> None:
        desk, sheet = self.desk, self._sheet

        def made() -> field_export.Guide:
            return field_export.guide(desk) if sheet is None else field_export.guide_of(desk, sheet=sheet)

        self.run(
            lambda: write(made(), path),
            lambda _: self.messages.success(self.tr("The guide was written to {path}.").format(path=path)),
        )
