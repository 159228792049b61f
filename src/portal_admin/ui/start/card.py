"""A card that is one button: it wraps its words and says them all to a screen reader."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from portal_admin.ui.override import override
from portal_admin.ui.tab_order import PLACES_CHILDREN
from portal_admin.ui.theme import Size, Space
from portal_admin.ui.widgets.buttons import PushButton
from portal_admin.ui.widgets.mark import Mark
from portal_admin.ui.widgets.text import PlainLabel


class Card(PushButton):
    """Icon and title, a sentence, and what the caller says."""

    def __init__(
        self,
        icon: str,
        title: str,
        text: str,
        pressed: Callable[[], object],
        *,
        quote: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setAutoDefault(False)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(title)
        self.setAccessibleDescription(" ".join(part for part in (text, quote) if part))
        head = QHBoxLayout()
        head.setSpacing(Space.S)
        head.addWidget(Mark(icon, "accent"), 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(PlainLabel(title, kind="strong", wrap=True), 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.L, Space.M, Space.L, Space.M)
        column.setSpacing(Space.XS)
        column.addLayout(head)
        if quote:
            column.addWidget(PlainLabel(f"“{quote}”", wrap=True))
        column.addWidget(PlainLabel(text, kind="secondary", wrap=True))
        column.addStretch(1)
        for label in self.findChildren(PlainLabel):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.clicked.connect(lambda _checked=False: pressed())

    @override
    def hasHeightForWidth(self) -> bool:
        return True

    @override
    def heightForWidth(self, width: int) -> int:
        layout = self.layout()
        return layout.heightForWidth(width) if layout is not None else super().heightForWidth(width)

    @override
    def sizeHint(self) -> QSize:
        return QSize(Size.CARD, self.heightForWidth(Size.CARD))

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(Size.CARD // 2, self.sizeHint().height() // 2)


class CardGrid(QWidget):
    """Cards in as many columns as the width allows, in reading order for Tab."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty(PLACES_CHILDREN, True)
        self.cards: list[Card] = []
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def set_cards(self, cards: list[Card]) -> None:
        """Show these cards instead of the ones before."""
        for card in self.cards:
            card.deleteLater()
        self.cards = cards
        for card in cards:
            card.setParent(self)
            card.show()
        self._place(self.width())
        self.updateGeometry()

    @override
    def hasHeightForWidth(self) -> bool:
        return True

    @override
    def heightForWidth(self, width: int) -> int:
        return self._rows(width)[-1] if self.cards else 0

    @override
    def sizeHint(self) -> QSize:
        return QSize(Size.CARD, self.heightForWidth(max(self.width(), Size.CARD)))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place(event.size().width())

    def _columns(self, width: int) -> int:
        return max(1, (width + Space.M) // (Size.CARD + Space.M))

    def _card_width(self, width: int) -> int:
        columns = self._columns(width)
        return (width - (columns - 1) * Space.M) // columns

    def _rows(self, width: int) -> list[int]:
        """Where each row of cards begins, and below the last one the height of all."""
        columns, wide = self._columns(width), self._card_width(width)
        tops = [0]
        for first in range(0, len(self.cards), columns):
            row = self.cards[first : first + columns]
            tops.append(tops[-1] + max(card.heightForWidth(wide) for card in row) + Space.M)
        tops[-1] -= Space.M
        return tops

    def _place(self, width: int) -> None:
        if not self.cards:
            return
        columns, tops = self._columns(width), self._rows(width)
        for position, card in enumerate(self.cards):
            row, column = divmod(position, columns)
            last = row == len(tops) - 2
            high = tops[row + 1] - tops[row] - (0 if last else Space.M)
            # What division leaves over goes between the columns, so that the last ends in line with the page.
            left, end = ((column + n) * (width + Space.M) // columns for n in (0, 1))
            card.setGeometry(left, tops[row], end - Space.M - left, high)
        self.setFixedHeight(tops[-1])
