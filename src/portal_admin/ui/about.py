"""What this program is, its version, and its keys."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QWidget

from portal_admin import __version__
from portal_admin.paths import config_folder, log_folder
from portal_admin.ui.theme import Space
from portal_admin.ui.widgets.side_panel import SidePanel
from portal_admin.ui.widgets.text import CopyLabel, PlainLabel


class AboutPanel(SidePanel):
    """Opened by F1; a panel and not a box, so that it can stay open while working."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__("", parent=parent)
        self.title.setText(self.tr("About Portal Admin"))
        purpose = self.tr("The desk tool of a finance company for its ASPIRE Customer Portal.")
        self.body.addWidget(PlainLabel(purpose, wrap=True))
        self.body.addWidget(CopyLabel(self.tr("Version {version}").format(version=__version__)))
        self.body.addWidget(PlainLabel(self.tr("Keys"), kind="section"))
        self.body.addWidget(self._keys())
        self.body.addWidget(PlainLabel(self.tr("Folders"), kind="section"))
        for text, folder in ((self.tr("Settings"), config_folder()), (self.tr("Log"), log_folder())):
            self.body.addWidget(PlainLabel(text, kind="secondary"))
            path = CopyLabel(str(folder))
            path.setWordWrap(True)
            self.body.addWidget(path)
        self.add_button(self.tr("Close"), self.close_panel)

    def _keys(self) -> QWidget:
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(Space.L)
        grid.setColumnStretch(1, 1)
        keys = (
            ("Ctrl+K", self.tr("Find a person, contract, account, payment or command")),
            ("Ctrl+1 … Ctrl+0, F6 … F9", self.tr("Go to a page")),
            ("Alt+Left", self.tr("Back")),
            ("F5", self.tr("Read this page again")),
            ("Enter", self.tr("Open the row, press the button")),
            ("Ctrl+R", self.tr("Reset Password of the selected end user, or of the caller")),
            ("Ctrl+T, Ctrl+W", self.tr("Find a caller, close a caller")),
            ("Ctrl+Tab, Alt+1 … Alt+9", self.tr("Go to another caller")),
            ("Ctrl+N", self.tr("New end user, or the note on the call")),
            ("Ctrl+Y, W", self.tr("Why? about a contract, or about the selected one")),
            ("Ctrl+Shift+P", self.tr("Copy the case pack for the vendor")),
            ("Ctrl+C", self.tr("Copy the cell or the id")),
            ("Ctrl+Shift+C", self.tr("Copy the row")),
            ("Ctrl+Shift+Z", self.tr("Undo what the message says")),
            ("Esc", self.tr("Close the panel or the list; typing stays")),
        )
        for row, (key, text) in enumerate(keys):
            grid.addWidget(PlainLabel(key, kind="secondary"), row, 0)
            grid.addWidget(PlainLabel(text, wrap=True), row, 1)
        return holder
