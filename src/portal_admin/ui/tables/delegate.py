"""Paints cells by itself: the default delegate costs twice as much (a table repaints hundreds of cells)."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from portal_admin.ui import icons
from portal_admin.ui.override import override
from portal_admin.ui.tables.rows import Cell, Column, Kind
from portal_admin.ui.theme import Meaning, Size, Space, Type, font, theme

AnyIndex = QModelIndex | QPersistentModelIndex
_SELECTED = QStyle.StateFlag.State_Selected.value
_FOCUSED = QStyle.StateFlag.State_HasFocus.value
_ENABLED = QStyle.StateFlag.State_Enabled.value
_LEFT = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
_RIGHT = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
_CENTRE = int(Qt.AlignmentFlag.AlignCenter)
_ELIDE = Qt.TextElideMode.ElideRight
PLACEHOLDER = Cell("…")
EDGE = Space.L


class CellModel(Protocol):
    """What the delegate asks of a model; None is a row still on its way, a title a section row."""

    columns: tuple[Column, ...]

    def cell_at(self, row: int, column: int) -> str | Cell | None:
        """The cell to paint."""

    def section_at(self, row: int) -> str | None:
        """The title when the row is a section, else None."""


class CellDelegate(QStyledItemDelegate):
    """Text, tinted text with an icon, and status chips; fonts and metrics are made once."""

    def __init__(self, model: CellModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        plain, tabular = font(), font(tabular=True)
        small, strong = font(Type.SECONDARY, strong=True), font(strong=True)
        self._fonts = {
            Kind.TEXT: (plain, QFontMetrics(plain)),
            Kind.SECONDARY: (plain, QFontMetrics(plain)),
            Kind.ID: (tabular, QFontMetrics(tabular)),
            Kind.AMOUNT: (tabular, QFontMetrics(tabular)),
            Kind.CHIP: (small, QFontMetrics(small)),
        }
        self._strong = (strong, QFontMetrics(strong))
        self._load_colours()
        theme.changed.connect(self._load_colours)

    def _load_colours(self) -> None:
        colours = theme.colours
        names = ("text", "secondary", "line", "selected", "accent", "window", "panel")
        self._colours = {name: QColor(str(getattr(colours, name))) for name in names}
        self._meanings = {
            meaning: (QColor(colours.of(meaning)), QColor(colours.soft(meaning))) for meaning in Meaning
        }

    @override
    def sizeHint(self, _option: QStyleOptionViewItem, _index: AnyIndex) -> QSize:
        return QSize(80, Size.ROW)

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        rect: QRect = option.rect
        state: int = option.state.value
        row, column = index.row(), index.column()
        title = self._model.section_at(row)
        if title is not None:
            self._paint_section(painter, rect, title)
            return
        if state & _SELECTED:
            painter.fillRect(rect, self._colours["selected"])
        kind = self._model.columns[column].kind
        cell = self._model.cell_at(row, column)
        box = self._inset(rect, column)
        if cell is None:
            painter.setPen(self._colours["secondary"])
            painter.drawText(box, _LEFT, PLACEHOLDER.text)
        elif isinstance(cell, Cell):
            self._paint_cell(painter, box, kind, cell)
        elif cell:
            colour = "secondary" if kind is Kind.SECONDARY else "text"
            self._paint_text(painter, box, kind, cell, self._colours[colour])
        painter.setPen(self._colours["line"])
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        if state & _FOCUSED:
            painter.setPen(self._colours["accent"])
            painter.drawRect(rect.adjusted(0, 0, -1, -1))

    def _inset(self, rect: QRect, column: int) -> QRect:
        """Where the text stands: tables begin and end in line with the other text of a panel."""
        last = len(self._model.columns) - 1
        ends = column == last and self._model.columns[last].kind is Kind.AMOUNT
        return rect.adjusted(EDGE if column == 0 else Space.S, 0, -(EDGE if ends else Space.S), 0)

    def _paint_section(self, painter: QPainter, rect: QRect, title: str) -> None:
        painter.fillRect(rect, self._colours["window"])
        made, metrics = self._fonts[Kind.CHIP]
        painter.setFont(made)
        painter.setPen(self._colours["secondary"])
        box = rect.adjusted(EDGE, 0, -EDGE, 0)
        painter.drawText(box, _LEFT, metrics.elidedText(title, _ELIDE, box.width()))
        painter.setPen(self._colours["line"])
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())

    def _paint_text(
        self, painter: QPainter, box: QRect, kind: Kind, text: str, colour: QColor, *, strong: bool = False
    ) -> None:
        made, metrics = self._strong if strong else self._fonts[kind]
        painter.setFont(made)
        painter.setPen(colour)
        if metrics.horizontalAdvance(text) > box.width():
            text = metrics.elidedText(text, _ELIDE, box.width())
        painter.drawText(box, _RIGHT if kind is Kind.AMOUNT else _LEFT, text)

    def _paint_cell(self, painter: QPainter, box: QRect, kind: Kind, cell: Cell) -> None:
        if kind is Kind.CHIP:
            self._paint_chip(painter, box, cell)
            return
        colour = self._colours["secondary" if kind is Kind.SECONDARY else "text"]
        if cell.meaning is not None:
            colour = self._meanings[cell.meaning][0]
        if cell.icon:
            ratio = painter.device().devicePixelRatioF()
            box = box.adjusted(Size.ICON + Space.XS, 0, 0, 0)
            left = box.left()
            if kind is Kind.AMOUNT:  # it belongs to the figures, which stand right
                left = max(left, box.right() - self._fonts[kind][1].horizontalAdvance(cell.text))
            at = left - Size.ICON - Space.XS, box.top() + (box.height() - Size.ICON) // 2
            painter.drawPixmap(*at, icons.pixmap(cell.icon, colour.name(), Size.ICON, ratio))
        self._paint_text(painter, box, kind, cell.text, colour, strong=cell.strong)

    def _paint_chip(self, painter: QPainter, box: QRect, cell: Cell) -> None:
        if not cell.text:
            return
        made, metrics = self._fonts[Kind.CHIP]
        colour, soft = self._meanings[cell.meaning or Meaning.NEUTRAL]
        height = metrics.height() + 4
        width = min(metrics.horizontalAdvance(cell.text) + 2 * Space.S, box.width())
        chip = QRect(box.left(), box.top() + (box.height() - height) // 2, width, height)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(soft)
        painter.drawRoundedRect(chip, Size.CORNER, Size.CORNER)
        painter.setFont(made)
        painter.setPen(colour)
        painter.drawText(chip, _CENTRE, metrics.elidedText(cell.text, _ELIDE, width - Space.S))
        painter.restore()
