"""Choosing a role, with what it may and may not do in view before it is given."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QRadioButton, QVBoxLayout, QWidget

from portal_admin.domain.permissions import Permission, Role, is_allowed
from portal_admin.ui.operators.operator_rows import role_name
from portal_admin.ui.theme import Space
from portal_admin.ui.widgets.mark import Mark
from portal_admin.ui.widgets.text import PlainLabel


class RoleChoice(QWidget):
    """One button for each role that is offered; the preview follows the choice.

    `now` is the role that the operator has; the preview tells what comes and goes against it.
    """

    def __init__(self, roles: Iterable[Role | None], *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._now: Role | None = None
        self._group = QButtonGroup(self)
        self.buttons: dict[Role | None, QRadioButton] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for role in roles:
            made = QRadioButton(role_name(role))
            made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self._group.addButton(made)
            self.buttons[role] = made
            column.addWidget(made)
        column.addSpacing(Space.M)
        self._lines: list[tuple[QWidget, PlainLabel]] = []
        for icon, colour in (
            ("plus", "good"),
            ("minus", "attention"),
            ("check", "good"),
            ("lock", "secondary"),
        ):
            column.addWidget(self._line(icon, colour))
        self._group.buttonToggled.connect(lambda *_: self._preview())

    def _line(self, icon: str, colour: str) -> QWidget:
        holder, words = QWidget(), PlainLabel(wrap=True)
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, Space.S)
        row.setSpacing(Space.S)
        row.addWidget(Mark(icon, colour), 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(words, 1)
        self._lines.append((holder, words))
        return holder

    @property
    def role(self) -> Role | None:
        """The role chosen."""
        return next(role for role, made in self.buttons.items() if made.isChecked())

    @property
    def text(self) -> str:
        """Everything the preview says."""
        return "\n".join(words.text() for holder, words in self._lines if not holder.isHidden())

    def choose(self, role: Role | None, *, now: Role | None = None) -> None:
        """Begin with a role, for an operator who has `now`."""
        self._now = now
        self.buttons[role].setChecked(True)
        self._preview()

    def _preview(self) -> None:
        chosen, now = self.role, self._now
        may = [one for one in Permission if is_allowed(chosen, one)]
        may_not = [one for one in Permission if not is_allowed(chosen, one)]
        gains = [one for one in may if not is_allowed(now, one)] if now else []
        loses = [one for one in may_not if is_allowed(now, one)]
        told = (
            (self.tr("Gains: {what}."), gains),
            (self.tr("Loses: {what}."), loses),
            (self.tr("{role} may: {what}."), may),
            (self.tr("{role} may not: {what}."), may_not),
        )
        for (holder, words), (sentence, permissions) in zip(self._lines, told, strict=True):
            holder.setVisible(bool(permissions))
            words.setText(sentence.format(role=role_name(chosen), what=", ".join(permissions)))
