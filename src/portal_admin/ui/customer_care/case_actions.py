"""The case pack of a caller: copied with one key, or written into a file."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from portal_admin.errors import SettingsProblem
from portal_admin.services.case_pack import case_pack
from portal_admin.services.desk import Desk
from portal_admin.ui.page import Page
from portal_admin.ui.panels.person.user_rows import UserKey


class CaseActions(QObject):
    """Works for a page; an empty contract id packs the case of the person alone."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self._page = page

    def copy(self, key: UserKey, contract_id: str) -> None:
        """Put the case on the clipboard."""
        self._page.run(
            partial(_pack, self._page.desk, key, contract_id),
            lambda text: self._copied(text, contract_id),
            replaces="case",
        )

    def _copied(self, text: str, contract_id: str) -> None:
        QGuiApplication.clipboard().setText(text)
        if contract_id:
            words = self.tr("The case about {id} is copied, without names, addresses and numbers of people.")
            self._page.messages.success(words.format(id=contract_id))
        else:
            self._page.messages.success(
                self.tr("The case is copied. Ask Why? about a contract first to have its checks in it.")
            )

    def choose_file(self, key: UserKey, contract_id: str) -> None:
        """Let a file be chosen and write the case into it."""
        dialog = QFileDialog(self._page, self.tr("Save case pack as"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters([self.tr("Text (*.txt)")])
        dialog.setDefaultSuffix("txt")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: self.save(key, contract_id, Path(path)))
        dialog.open()

    def save(self, key: UserKey, contract_id: str, path: Path) -> None:
        """Write the case into a file."""

        def work() -> None:
            text = _pack(self._page.desk, key, contract_id)
            try:
                path.write_text(text, encoding="utf-8")
            except OSError as problem:
                raise SettingsProblem(
                    f"{path} cannot be written. Choose another folder.", title="The case is not saved"
                ) from problem

        def done(_nothing: None) -> None:
            self._page.messages.success(self.tr("The case is saved as {file}.").format(file=path.name))

        self._page.run(work, done, replaces="save case")


def _pack(desk: Desk, key: UserKey, contract_id: str) -> str:
    return case_pack(desk, site=key.site, email=key.email, contract_id=contract_id or None)
