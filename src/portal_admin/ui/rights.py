"""What the operator at this desk may do: every control that is bound to a permission follows the role."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from portal_admin.domain.permissions import Permission, Role, refusal
from portal_admin.ui.override import override
from portal_admin.ui.widgets.text import literal_tooltip


class Rights(QObject):
    """The operator's role as last read; nothing is refused before it was read, because the services refuse by themselves."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.role: Role | None = None
        self.is_known = False

    def learn(self, role: Role | None) -> None:
        """The role was read."""
        if (role, True) != (self.role, self.is_known):
            self.role, self.is_known = role, True
            self.changed.emit()

    def forget(self) -> None:
        """Another desk is being opened."""
        self.role, self.is_known = None, False
        self.changed.emit()

    def refusal(self, permission: Permission) -> str | None:
        """Why the operator may not do it, naming the roles that may; None when nothing speaks against it."""
        return refusal(self.role, permission) if self.is_known else None

    def guard(self, control: QWidget, permission: Permission) -> None:
        """Bind a control to a permission: where it is refused, the control stays visible, disabled, and says why."""
        _Guard(self, control, permission)


class _Guard(QObject):
    """Holds a control disabled while its permission is refused, whatever its page makes of it meanwhile."""

    def __init__(self, rights: Rights, control: QWidget, permission: Permission) -> None:
        super().__init__(control)
        self._rights = rights
        self._control = control
        self._permission = permission
        self._reason: str | None = None
        self._is_wanted = True
        self._tooltip = self._description = ""
        control.installEventFilter(self)
        rights.changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        before, self._reason = self._reason, self._rights.refusal(self._permission)
        if self._reason is not None:
            if before is None:
                self._is_wanted = not self._is_disabled
            self._hold()
            self._say(self._reason)
        elif before is not None:
            self._control.setToolTip(self._tooltip)
            self._control.setAccessibleDescription(self._description)
            self._control.setEnabled(self._is_wanted)

    @property
    def _is_disabled(self) -> bool:
        return self._control.testAttribute(Qt.WidgetAttribute.WA_ForceDisabled)

    def _hold(self) -> None:
        if not self._is_disabled:
            self._is_wanted = True
            self._control.setEnabled(False)

    def _say(self, reason: str) -> None:
        told = literal_tooltip(reason)
        if self._control.toolTip() != told:
            self._tooltip = self._control.toolTip()
            self._control.setToolTip(told)
        if self._control.accessibleDescription() != reason:
            self._description = self._control.accessibleDescription()
            self._control.setAccessibleDescription(reason)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self._reason is not None:
            if event.type() is QEvent.Type.EnabledChange:
                self._hold()
            elif event.type() is QEvent.Type.ToolTipChange:
                self._say(self._reason)
        return super().eventFilter(watched, event)
