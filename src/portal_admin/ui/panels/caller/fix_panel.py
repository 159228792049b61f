"""A fix that is told before it is made: what will happen, and one button."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout, QWidget

from portal_admin.domain.permissions import Permission
from portal_admin.ui.rights import Rights
from portal_admin.ui.theme import Space
from portal_admin.ui.widgets.side_panel import SidePanel
from portal_admin.ui.widgets.text import PlainLabel


@dataclass(frozen=True, slots=True)
class Fix:
    """What is told: `sentence` first, `lines` in detail below, `note` last; `button` makes it happen by `act`."""

    title: str
    subject: str
    sentence: str
    lines: tuple[str, ...]
    note: str
    button: str
    permission: Permission
    act: Callable[[], object]
    icon: str | None = None


class FixPanel(SidePanel):
    """One at a time; it closes as soon as its button is pressed, for what became of it is told on the page."""

    def __init__(self, rights: Rights) -> None:
        super().__init__()
        self._rights = rights
        self.fix: Fix | None = None
        self.subject = PlainLabel(kind="secondary", wrap=True)
        self.box = QFrame()
        self.box.setProperty("kind", "panel")
        self._lines = QVBoxLayout(self.box)
        self._lines.setContentsMargins(Space.M, Space.S, Space.M, Space.S)
        self._lines.setSpacing(Space.XS)
        self.note = PlainLabel(kind="secondary", wrap=True)
        for part in (self.subject, self.box, self.note):
            self.body.addWidget(part)
        self.add_button(self.tr("Cancel"), self.close_panel)
        self.act_button: QPushButton | None = None

    def show_fix(self, fix: Fix) -> None:
        """Open with what the fix will do."""
        self.fix = fix
        self.messages.clear()
        self.subject.setText(fix.subject)
        self._fill(
            PlainLabel(fix.sentence, kind="strong", wrap=True),
            *(PlainLabel(one, wrap=True) for one in fix.lines),
        )
        self.note.setText(fix.note)
        self.note.setVisible(bool(fix.note))
        self.open_panel(fix.title, focus=self._new_button(fix))

    def _fill(self, *labels: PlainLabel) -> None:
        while (item := self._lines.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        for label in labels:
            self._lines.addWidget(label)

    def _new_button(self, fix: Fix) -> QWidget:
        if self.act_button is not None:
            self.act_button.hide()
            self.act_button.deleteLater()
        self.act_button = self.add_button(fix.button, self._act, kind="primary", icon=fix.icon)
        self._rights.guard(self.act_button, fix.permission)
        return self.act_button

    def _act(self) -> None:
        fix, self.fix = self.fix, None
        self.close_panel()
        if fix is not None:
            fix.act()
