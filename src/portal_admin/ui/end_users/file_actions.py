"""Export… on the End users page, for the roles that may."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QPushButton

from portal_admin.domain.permissions import Permission, Role, refusal
from portal_admin.services.roles import my_role
from portal_admin.ui.end_users.export_panel import ExportPanel
from portal_admin.ui.end_users.user_rows import UserFilters
from portal_admin.ui.page import Page
from portal_admin.ui.widgets.text import set_tooltip


class FileActions(QObject):
    """The button and its panel; `shown` tells the filters and the number of the users in the table."""

    def __init__(
        self,
        page: Page,
        *,
        shown: Callable[[], tuple[UserFilters, int]],
        opening: Callable[[ExportPanel], None],
        adopt: Callable[[ExportPanel], None],
    ) -> None:
        super().__init__(page)
        self._page = page
        self._shown = shown
        self._opening = opening
        self._adopt = adopt
        self.export_button = page.header.add_action(self.tr("Export…"), self.export, icon="download")

    @cached_property
    def panel(self) -> ExportPanel:
        """The form for an export."""
        made = ExportPanel(self._page)
        self._adopt(made)
        return made

    def look(self) -> None:
        """Find out whether the operator may."""
        desk = self._page.desk
        self._page.run(lambda: my_role(desk), self._allow, lambda _error: None, replaces="role")

    def export(self) -> None:
        """Offer to export what the table shows."""
        self._opening(self.panel)
        self.panel.start(*self._shown())

    def _allow(self, role: Role | None) -> None:
        words = self.tr("Write the end users that the table shows to a file")
        self._say(self.export_button, refusal(role, Permission.EXPORT), words)

    def _say(self, button: QPushButton, reason: str | None, words: str) -> None:
        button.setEnabled(reason is None)
        set_tooltip(button, reason or words)
        button.setAccessibleDescription(reason or words)
