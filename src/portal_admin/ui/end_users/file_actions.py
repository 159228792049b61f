"""Import… and Export… on the End users page, for the roles that may."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from PySide6.QtCore import QObject

from portal_admin.domain.permissions import Permission
from portal_admin.ui.end_users.export_panel import UserExportPanel
from portal_admin.ui.page import Page
from portal_admin.ui.panels.person.user_rows import UserFilters
from portal_admin.ui.widgets.folding_button import FoldingButton
from portal_admin.ui.widgets.text import set_tooltip


class FileActions(QObject):
    """The two buttons; `shown` tells the filters and the number of the users in the table."""

    def __init__(
        self,
        page: Page,
        *,
        shown: Callable[[], tuple[UserFilters, int]],
        opening: Callable[[UserExportPanel], None],
        adopt: Callable[[UserExportPanel], None],
    ) -> None:
        super().__init__(page)
        self._page = page
        self._shown = shown
        self._opening = opening
        self._adopt = adopt
        # Beside an open panel there is little room.
        self.export_button = FoldingButton(self.tr("Export…"), self.export, icon="download")
        self.import_button = FoldingButton(self.tr("Import…"), self.go_to_import, icon="upload")
        for made in (self.export_button, self.import_button):
            page.header.actions_row.insertWidget(0, made)
        set_tooltip(self.export_button, self.tr("Write the end users that the table shows to a file"))
        set_tooltip(self.import_button, self.tr("Take over end users and links from a file"))
        page.rights.guard(self.export_button, Permission.EXPORT)
        page.rights.guard(self.import_button, Permission.IMPORT_USERS)

    @cached_property
    def panel(self) -> UserExportPanel:
        """The form for an export."""
        made = UserExportPanel(self._page)
        self._adopt(made)
        return made

    def export(self) -> None:
        """Offer to export what the table shows."""
        self._opening(self.panel)
        self.panel.start(*self._shown())

    def go_to_import(self) -> None:
        """Open the import."""
        self._page.navigator.go("imports")
