"""A preview as a person reads it: method and outcome in words, the charges by invoice, and what may change it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby

from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from portal_admin.domain.cash_application import Portion
from portal_admin.domain.cash_preview import CashPreview
from portal_admin.domain.cash_text import outcome_words, preview_text, window_words
from portal_admin.domain.dates import day_words
from portal_admin.domain.verdict import Result
from portal_admin.ui.panels.payment.words import amount_text
from portal_admin.ui.tables.list_table import ListTable
from portal_admin.ui.tables.rows import Cell, Column, Kind, Row, text_of
from portal_admin.ui.theme import Meaning, Size, Space
from portal_admin.ui.widgets.ages import AgeLabel
from portal_admin.ui.widgets.buttons import CopyButton
from portal_admin.ui.widgets.facts import FactGrid
from portal_admin.ui.widgets.finding import FindingLine
from portal_admin.ui.widgets.text import PlainLabel

LINES_SHOWN = 14
AMOUNT_WIDTH, CHARGE_WIDTH = 88, 76


class PreviewResult(QWidget):
    """Shows a CashPreview; its text form can be copied for the phone or a mail."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.preview: CashPreview | None = None
        self.outcome = PlainLabel(kind="strong", wrap=True)
        self.copy_button = CopyButton(self.tr("Copy as text for the phone or a mail"), self.as_text)
        self.method = PlainLabel(wrap=True)
        self.window_words = PlainLabel(wrap=True)
        self.unit = PlainLabel(kind="secondary")
        self.age = AgeLabel()
        self.table = ListTable(self._columns(), name=self.tr("Charges that would be paid"), always=3)
        self._cautions = QVBoxLayout()
        self._cautions.setSpacing(Space.XS)
        head = QHBoxLayout()
        head.setSpacing(Space.S)
        head.addWidget(self.outcome, 1)
        head.addWidget(self.copy_button)
        rules = FactGrid()
        rules.add_fact(self.tr("Method"), self.method)
        rules.add_fact(self.tr("Window"), self.window_words)
        under = QHBoxLayout()
        under.addWidget(self.unit, 1)
        under.addWidget(self.age)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.M)
        for part in (head, self._cautions, rules, under):
            column.addLayout(part)
        column.addWidget(self.table)
        column.addStretch(1)

    def show_preview(self, preview: CashPreview, *, now: datetime) -> None:
        """Show what the amount would pay."""
        self.preview = preview
        method = preview.application.method
        self.outcome.setText(outcome_words(preview))
        self.method.setText(f"{method.words}: {method.meaning}")
        self.window_words.setText(window_words(preview.window_days))
        self.unit.setText(self.tr("Amounts in {currency}").format(currency=preview.currency))
        self.age.set(preview.as_of, now=now)
        self.table.set_sections(self._sections(preview))
        self._fit_table()
        self._show_cautions(preview)

    def as_text(self) -> str:
        """The preview line by line."""
        return "" if self.preview is None else preview_text(self.preview)

    def _columns(self) -> tuple[Column, ...]:
        return (
            Column("charge", self.tr("Charge"), CHARGE_WIDTH, Kind.ID, stretch=True),
            Column("open", self.tr("Open"), AMOUNT_WIDTH, Kind.AMOUNT),
            Column("applied", self.tr("Applied"), AMOUNT_WIDTH, Kind.AMOUNT),
            Column("left", self.tr("Left"), AMOUNT_WIDTH, Kind.AMOUNT),
        )

    def _sections(self, preview: CashPreview) -> Iterator[tuple[str, list[Row]]]:
        """By invoice from the oldest on, whatever the order in which the method pays; then what is left over."""
        found = preview.application
        ordered = sorted(found.portions, key=lambda one: (one.invoice_due, one.invoice))
        for (due, number), mine in groupby(ordered, key=lambda one: (one.invoice_due, one.invoice)):
            title = self.tr("{invoice}, due {day}").format(invoice=number, day=day_words(due))
            yield title, [self._row(one, preview.currency) for one in mine]
        rest = Cell(amount_text(found.unapplied, preview.currency), strong=bool(found.unapplied))
        yield self.tr("Unapplied cash"), [Row("unapplied", (self.tr("Rest"), "", rest, ""))]

    def _row(self, one: Portion, currency: str) -> Row:
        applied = Cell(amount_text(one.applied, currency), strong=True) if one.applied else "–"
        left = amount_text(one.left, currency)
        cells = (
            one.transaction_code,
            amount_text(one.open, currency),
            applied,
            Cell(left, Meaning.ATTENTION) if one.applied and one.left else left,
        )
        return Row(one.detail_oid, cells)

    def _fit_table(self) -> None:
        """As high as its lines, so that the panel around it scrolls and not the table; amounts are never cut."""
        model, view = self.table.model, self.table.view
        strong = QFont(view.font())
        strong.setWeight(QFont.Weight.DemiBold)
        widest = QFontMetrics(strong).horizontalAdvance
        for column in range(1, model.columnCount()):
            texts = (text_of(row.cells[column]) for row in model.rows)
            width = max(map(widest, texts), default=0) + 2 * Space.M
            view.horizontalHeader().resizeSection(column, max(AMOUNT_WIDTH, width))
        lines = min(model.rowCount(), LINES_SHOWN)
        self.table.setFixedHeight((lines + 1) * Size.ROW + 2)
        self.table.fit_columns()

    def _show_cautions(self, preview: CashPreview) -> None:
        while (item := self._cautions.takeAt(0)) is not None:
            line = item.widget()
            if line is not None:
                line.hide()
                line.deleteLater()
        for caution in preview.cautions:
            self._cautions.addWidget(FindingLine(Result.ADVICE, caution.sentence))
