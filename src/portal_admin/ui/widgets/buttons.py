"""Buttons: one primary action a page, quiet ones beside it, links in lines of text."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QSize, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QPushButton, QToolButton, QWidget

from portal_admin.ui import background
from portal_admin.ui.icons import set_icon
from portal_admin.ui.override import override
from portal_admin.ui.theme import Size
from portal_admin.ui.widgets.text import set_tooltip

ICON_COLOURS = {"primary": "on_accent", "bad": "bad", "link": "accent"}
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
WITHOUT_MODIFIER = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)


class PushButton(QPushButton):
    """Enter presses it as Space does, in a panel as in a dialog."""

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not _entered(self, event):
            super().keyPressEvent(event)


class ToolButton(QToolButton):
    """Enter presses it as Space does."""

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not _entered(self, event):
            super().keyPressEvent(event)


def _entered(pressed: QAbstractButton, event: QKeyEvent) -> bool:
    """Whether the key was a plain Enter, which presses the button once however long it is held."""
    if event.key() not in ENTER or event.modifiers() not in WITHOUT_MODIFIER:
        return False
    if not event.isAutoRepeat():
        pressed.click()
    return True


def button(
    text: str,
    pressed: Callable[[], object] | None = None,
    *,
    kind: str = "",
    icon: str | None = None,
    parent: QWidget | None = None,
) -> QPushButton:
    """A push button; `kind` is primary, bad or link, empty for an ordinary one."""
    made = PushButton(text, parent)
    made.setAutoDefault(False)
    if kind:
        made.setProperty("kind", kind)
    if icon:
        set_icon(made, icon, ICON_COLOURS.get(kind, "text"))
    if pressed is not None:
        made.clicked.connect(lambda _checked=False: pressed())
    return made


def icon_button(
    icon: str, name: str, pressed: Callable[[], object] | None = None, *, parent: QWidget | None = None
) -> QToolButton:
    """A button that is only an icon; `name` is its accessible name and tooltip."""
    made = ToolButton(parent)
    made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    made.setIconSize(QSize(Size.ICON, Size.ICON))
    made.setAccessibleName(name)
    set_tooltip(made, name)
    set_icon(made, icon)
    if pressed is not None:
        made.clicked.connect(lambda _checked=False: pressed())
    return made


class CopyButton(ToolButton):
    """Copies what `value` returns and says so for a moment."""

    def __init__(self, name: str, value: Callable[[], str], *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._value = value
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._show("copy", name)
        self.clicked.connect(self._copy)

    def _show(self, icon: str, name: str) -> None:
        set_icon(self, icon)
        self.setAccessibleName(name)
        set_tooltip(self, name)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._value())
        self._show("check", QCoreApplication.translate("CopyButton", "Copied"))
        background.later(self, 1500, lambda: self._show("copy", self._name), replaces="copied")
