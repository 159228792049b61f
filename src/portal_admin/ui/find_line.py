"""How one line of the find list is painted: an entry, or the heading over some."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from portal_admin.ui import icons
from portal_admin.ui.find_entry import Entry
from portal_admin.ui.override import override
from portal_admin.ui.theme import Size, Space, Type, font, theme

ENTRY = int(Qt.ItemDataRole.UserRole)
REMARK = ENTRY + 1
HEADING_HEIGHT = 26
# Titles stand in a column, so that the eye can run down the details beside them.
TITLE_SHARE, TITLE_MOST, RIGHT_SHARE = 0.3, 300, 0.34
_SELECTED = QStyle.StateFlag.State_Selected.value
_MIDDLE = Qt.AlignmentFlag.AlignVCenter
_LEFT = int(_MIDDLE | Qt.AlignmentFlag.AlignLeft)
_RIGHT = int(_MIDDLE | Qt.AlignmentFlag.AlignRight)
_CENTRE = int(_MIDDLE | Qt.AlignmentFlag.AlignHCenter)
Index = QModelIndex | QPersistentModelIndex


class LineDelegate(QStyledItemDelegate):
    """Icon, title, details; at the right why it was found, or the keys of a command."""

    @override
    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(100, HEADING_HEIGHT if index.data(ENTRY) is None else Size.ROW)

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        entry: Entry | None = index.data(ENTRY)
        box = option.rect.adjusted(Space.S, 0, -Space.S, 0)
        if entry is None:
            heading = font(Type.SECONDARY)
            heading.setWeight(QFont.Weight.DemiBold)
            text, remark = str(index.data()), str(index.data(REMARK) or "")
            box = box.adjusted(0, Space.XS, 0, 0)
            _draw(painter, box, text, heading, "secondary")
            beside = QFontMetrics(heading).horizontalAdvance(text) + Space.S
            _draw(painter, box.adjusted(beside, 0, 0, 0), remark, font(Type.SECONDARY), "secondary")
            return
        if option.state.value & _SELECTED:
            painter.fillRect(option.rect, QColor(theme.colours.selected))
        ratio = painter.device().devicePixelRatioF()
        top = box.top() + (box.height() - Size.ICON) // 2
        icon = icons.pixmap(entry.icon, theme.colours.secondary, Size.ICON, ratio)
        painter.drawPixmap(box.left(), top, icon)
        box = box.adjusted(Size.ICON + Space.S, 0, 0, 0)
        width = box.width()
        right = (
            _keys(painter, box, entry.shortcut) if entry.shortcut else _matched(painter, box, entry.matched)
        )
        box = box.adjusted(0, 0, -right, 0)
        beside = min(round(width * TITLE_SHARE), TITLE_MOST) if entry.detail else box.width()
        _draw(painter, QRect(box.left(), box.top(), beside, box.height()), entry.title, font(), "text")
        rest = box.adjusted(beside + Space.M, 0, 0, 0)
        _draw(painter, rest, entry.detail, font(Type.SECONDARY), "secondary")


def _draw(painter: QPainter, box: QRect, text: str, face: QFont, colour: str, alignment: int = _LEFT) -> None:
    painter.setFont(face)
    painter.setPen(theme.colour(colour))
    shown = QFontMetrics(face).elidedText(text, Qt.TextElideMode.ElideRight, max(0, box.width()))
    painter.drawText(box, alignment, shown)


def _matched(painter: QPainter, box: QRect, text: str) -> int:
    """Draw why something was found, and return the width that is taken."""
    if not text:
        return 0
    small = font(Type.SECONDARY)
    width = min(QFontMetrics(small).horizontalAdvance(text) + 2, round(box.width() * RIGHT_SHARE))
    _draw(painter, box.adjusted(box.width() - width, 0, 0, 0), text, small, "secondary", _RIGHT)
    return width + Space.M


def _keys(painter: QPainter, box: QRect, text: str) -> int:
    """Draw keys with a thin line round them, and return the width that is taken."""
    small = font(Type.SECONDARY)
    metrics = QFontMetrics(small)
    width, height = metrics.horizontalAdvance(text) + 2 * Space.S, metrics.height() + Space.XS
    cap = QRect(box.right() - width + 1, box.top() + (box.height() - height) // 2, width, height)
    painter.setPen(theme.colour("edge"))
    painter.drawRoundedRect(cap.adjusted(0, 0, -1, -1), Size.CORNER, Size.CORNER)
    _draw(painter, cap, text, small, "secondary", _CENTRE)
    return width + Space.M
