"""Exporting from the End users page: what is offered, what is written, and who may."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any

import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from sqlalchemy import Engine

from portal_admin.domain.people import Status
from portal_admin.domain.permissions import Role
from portal_admin.services import export
from portal_admin.services.desk import Desk
from portal_admin.ui.end_users.page import EndUsersPage
from portal_admin.ui.navigation import Target
from tests.ui.acting import press, said
from tests.ui.portal_filling import fill_portal

Settle = Callable[[], None]


@pytest.fixture
def users_page(engine: Engine, offline_desk: Desk, page: Callable[..., Any], settle: Settle) -> EndUsersPage:
    fill_portal(engine)
    made: EndUsersPage = page(EndUsersPage, offline_desk)
    made.open(Target("end_users"))
    settle()
    return made


def choose(path: Path, settle: Settle) -> None:
    """Name a file in the dialog that is open."""
    (dialog,) = [w for w in QApplication.topLevelWidgets() if isinstance(w, QFileDialog) and w.isVisible()]
    dialog.fileSelected.emit(str(path))
    dialog.done(0)
    settle()


def test_that_what_the_table_shows_is_written_to_the_file_chosen(
    users_page: EndUsersPage, settle: Settle, tmp_path: Path
) -> None:
    users_page.filters.boxes[Status.PENDING].click()
    settle()
    press(users_page, "Export…")
    panel = users_page.files.panel
    assert "The end user that matches\nPending" in said(panel)
    press(users_page, "Choose file and export…")
    choose(tmp_path / "people.xlsx", settle)
    rows = list(openpyxl.load_workbook(tmp_path / "people.xlsx").worksheets[0].values)
    assert [row[0] for row in rows[1:]] == ["pat@prairie.example"]
    assert users_page.messages.text == "1 row was written to people.xlsx."
    assert panel.isHidden()


def test_that_a_file_of_links_in_text_replaces_the_one_that_the_dialog_agreed_to(
    users_page: EndUsersPage, settle: Settle, tmp_path: Path
) -> None:
    path = tmp_path / "links.csv"
    path.write_text("old")
    press(users_page, "Export…")
    panel = users_page.files.panel
    assert panel.what.text() == "All 6 end users"
    panel.format.setCurrentIndex(1)
    panel.lines.setCurrentIndex(1)
    press(users_page, "Choose file and export…")
    choose(path, settle)
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.reader(file))) == 1 + 9
    assert users_page.messages.text == "9 rows were written to links.csv."


def test_that_it_can_be_cancelled_and_goes_on_when_the_panel_is_closed(
    users_page: EndUsersPage, settle: Settle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: Any
) -> None:
    gate = Event()
    read = export.list_users

    def slowly(*args: Any, **named: Any) -> Any:
        gate.wait(10)
        yield from read(*args, **named)

    monkeypatch.setattr(export, "list_users", slowly)
    press(users_page, "Export…")
    panel = users_page.files.panel
    panel.export(tmp_path / "people.csv")
    assert (panel.progress.isVisible(), panel.save_button.isEnabled()) == (True, False)
    qtbot.keyClick(panel.progress.cancel_button, Qt.Key.Key_Escape)
    assert panel.isHidden()
    press(users_page, "Export…")
    assert panel.progress.cancel_button.hasFocus()
    press(users_page, "Cancel")
    assert "stopping" in panel.progress.words.text()
    gate.set()
    settle()
    assert users_page.messages.text == "The export was cancelled. No file was written."
    assert (list(tmp_path.glob("*.csv")), panel.save_button.isEnabled()) == ([], True)
    panel.export(tmp_path / "people.csv")
    settle()
    assert (tmp_path / "people.csv").exists()


def test_that_a_place_that_cannot_be_written_to_is_said_in_the_panel(
    users_page: EndUsersPage, settle: Settle, tmp_path: Path
) -> None:
    press(users_page, "Export…")
    panel = users_page.files.panel
    panel.export(tmp_path / "nowhere" / "people.csv")
    settle()
    assert "another folder" in panel.messages.text
    panel.export(tmp_path / "people.doc")
    settle()
    assert ".xlsx or .csv" in panel.form.fields["file"].error


@pytest.mark.parametrize(
    ("role", "exports", "imports"),
    [(Role.READ_ONLY, False, False), (Role.CSR, True, False), (Role.ADMINISTRATOR, True, True)],
)
def test_that_roles_that_may_not_are_told_why(
    users_page: EndUsersPage, role: Role, exports: bool, imports: bool
) -> None:
    users_page.rights.learn(role)
    files = users_page.files
    assert (files.export_button.isEnabled(), files.import_button.isEnabled()) == (exports, imports)
    if not imports:
        assert f"is for Administrators; you are {role}" in files.import_button.accessibleDescription()


def test_that_everything_on_the_panel_has_a_name(
    users_page: EndUsersPage, unnamed: Callable[[QWidget], list[str]]
) -> None:
    press(users_page, "Export…")
    assert unnamed(users_page) == []


def test_that_import_is_a_page_of_its_own(users_page: EndUsersPage) -> None:
    gone: list[Target] = []
    users_page.navigator.open.connect(gone.append)
    press(users_page, "Import…")
    assert gone == [Target("imports")]


def test_that_beside_a_panel_in_a_narrow_window_the_buttons_keep_their_icons_and_names(
    users_page: EndUsersPage, settle: Settle
) -> None:
    users_page.resize(832, 500)
    press(users_page, "Export…")
    settle()
    QApplication.processEvents()
    files = users_page.files
    for made, name in ((files.export_button, "Export…"), (files.import_button, "Import…")):
        assert (made.text(), made.accessibleName(), made.icon().isNull()) == ("", name, False)
    files.panel.close_panel()
    QApplication.processEvents()
    assert (files.export_button.text(), files.import_button.text()) == ("Export…", "Import…")
