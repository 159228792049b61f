"""Choosing a file, how it is read, which column means what, and the options."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from sqlalchemy import Engine

from portal_admin.domain.imports import Column
from portal_admin.domain.people import Status
from portal_admin.services.desk import Desk
from portal_admin.ui import background
from portal_admin.ui.imports.page import ImportsPage, Tab
from portal_admin.ui.navigation import Target
from portal_admin.ui.tables.rows import text_of
from tests.ui.acting import press, said
from tests.ui.imports.acting import name_in_dialog, rehearse, take

LATIN = "Mail;Vorname;Nachname;Konten\r\nanna@prairie.example;Anna;Müller;A-001\r\n"


def headings(screen: ImportsPage) -> list[str]:
    assert screen.new.preview.table is not None
    return [column.title for column in screen.new.preview.table.model.columns]


def first_line(screen: ImportsPage) -> list[str]:
    assert screen.new.preview.table is not None
    return [text_of(cell) for cell in screen.new.preview.table.model.rows[0].cells]


def test_that_a_file_is_chosen_by_keyboard_and_its_first_rows_are_shown(
    screen: ImportsPage, people_file: Path, qtbot: Any
) -> None:
    qtbot.keyClick(screen.tabs, Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    name_in_dialog(people_file)
    assert "people.csv: 6 rows" in said(screen)
    assert headings(screen) == ["", "Email", "First name", "Last name", "Accounts"]
    assert first_line(screen) == ["2", "nora@prairie.example", "Nora", "New", "A-001;A-003"]
    assert screen.new.run_button.isEnabled()


def test_that_encoding_and_delimiter_are_found_and_can_be_changed(
    screen: ImportsPage, tmp_path: Path
) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(LATIN.encode("cp1252"))
    take(screen, path)
    file = screen.new.file
    assert (file.encoding.currentText(), file.delimiter.currentText()) == ("Windows-1252", "Semicolon")
    assert first_line(screen)[3] == "Müller"
    file.delimiter.setCurrentIndex(file.delimiter.findData("|"))
    background.wait_idle()
    assert len(headings(screen)) == 2
    assert file.delimiter.currentText() == "Bar"


def test_that_an_encoding_that_does_not_fit_is_said_and_the_file_stays(
    screen: ImportsPage, tmp_path: Path
) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(LATIN.encode("cp1252"))
    take(screen, path)
    screen.new.file.encoding.setCurrentText("UTF-8")
    background.wait_idle()
    assert "UTF-8" in screen.new.file.form.lines["encoding"].error
    assert first_line(screen)[3] == "Müller"
    screen.new.file.encoding.setCurrentText("Windows-1252")
    background.wait_idle()
    assert screen.new.file.form.lines["encoding"].error == ""


def test_that_a_file_whose_encoding_is_not_found_out_is_read_once_it_is_chosen(
    screen: ImportsPage, people_file: Path, tmp_path: Path
) -> None:
    take(screen, people_file)
    path = tmp_path / "broken.csv"
    path.write_bytes(LATIN.encode() + b"b@prairie.example;J\xfcrgen;M;A-001\r\n")
    take(screen, path)
    assert "line 3" in screen.new.file.form.lines["encoding"].error
    assert "broken.csv" in said(screen)
    assert "people.csv" not in said(screen)
    assert "Choose the encoding of the file" in said(screen)
    assert not screen.new.run_button.isEnabled()
    screen.new.file.encoding.setCurrentText("Windows-1252")
    background.wait_idle()
    assert "broken.csv: 2 rows" in said(screen)
    assert screen.new.run_button.isEnabled()


def test_that_it_is_said_where_the_headings_stand_and_how_many_rows_are_hidden(
    screen: ImportsPage, tmp_path: Path
) -> None:
    path = tmp_path / "people.xlsx"
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet()
        for number, row in enumerate((("To take over",), ("Email", "Accounts"), ("a@x.example", "A-001"))):
            page.write_row(number, 0, row)
        page.set_row(2, None, None, {"hidden": True})
    take(screen, path)
    assert "The headings are those in row 2." in said(screen)
    assert "1 row is hidden in the sheet" in said(screen)
    assert first_line(screen)[0] == "3"


def test_that_a_column_status_is_said_to_be_ignored(screen: ImportsPage, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("Email,Accounts,Status\na@x.example,A-001,Active\n", "utf-8")
    take(screen, path)
    assert "The column Status is not imported." in said(screen)


def test_that_a_sheet_of_a_workbook_can_be_chosen(screen: ImportsPage, tmp_path: Path) -> None:
    path = tmp_path / "people.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        for name, email in (("One", "one@prairie.example"), ("Two", "two@prairie.example")):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, ["Email", "First name", "Last name", "Accounts"])
            sheet.write_row(1, 0, [email, "A", "B", "A-001"])
    take(screen, path)
    file = screen.new.file
    assert (file.sheet.isVisible(), file.encoding.isVisible()) == (True, False)
    file.sheet.setCurrentIndex(1)
    background.wait_idle()
    assert first_line(screen)[1] == "two@prairie.example"


def test_that_a_file_that_is_no_table_is_said_in_the_message_bar(screen: ImportsPage, tmp_path: Path) -> None:
    path = tmp_path / "empty.csv"
    path.write_text("")
    take(screen, path)
    assert "The file is empty." in screen.messages.text
    assert "Choose a file, and its first rows stand here." in said(screen)
    assert not screen.new.run_button.isEnabled()
    take(screen, tmp_path / "missing.csv")
    assert "cannot be read" in screen.messages.text


def test_that_columns_are_chosen_by_hand_where_no_name_is_known(screen: ImportsPage, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text(LATIN, encoding="utf-8")
    take(screen, path)
    columns = screen.new.columns
    assert columns.mapping == {}
    assert columns.told.text().startswith("Not found: Email, First name, Last name, Accounts.")
    rehearse(screen)
    assert "Email" in columns.form.lines["Email"].error
    assert columns.boxes[Column.EMAIL].hasFocus()
    for place, column in enumerate(Column):
        columns.boxes[column].setCurrentIndex(place + 1)
    assert columns.told.isHidden()
    assert columns.form.lines["Email"].error == ""
    assert headings(screen)[1:] == [
        "Mail → Email",
        "Vorname → First name",
        "Nachname → Last name",
        "Konten → Accounts",
    ]
    rehearse(screen)
    assert screen.tabs.currentIndex() == Tab.DRY_RUN


def test_that_the_columns_chosen_stay_while_the_headings_stay(screen: ImportsPage, tmp_path: Path) -> None:
    for name in ("one.csv", "two.csv"):
        (tmp_path / name).write_text(LATIN, encoding="utf-8")
    take(screen, tmp_path / "one.csv")
    screen.new.columns.boxes[Column.EMAIL].setCurrentIndex(1)
    take(screen, tmp_path / "two.csv")
    assert screen.new.columns.mapping == {Column.EMAIL: 0}


def test_that_ragged_rows_are_marked_and_counted(screen: ImportsPage, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("Email,Accounts\na@prairie.example,A-001\nb@prairie.example,A-001,A-003\n")
    take(screen, path)
    assert "1 row cannot be used and will be refused." in said(screen)
    assert screen.new.preview.table is not None
    row = screen.new.preview.table.model.rows[1].cells[0]
    assert not isinstance(row, str)
    assert "quotation marks" in row.tooltip


def test_that_hostile_cells_are_shown_as_text_on_one_line(screen: ImportsPage, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text('Email,"<b>Head</b>\nline"\na@prairie.example,"<img src=x>\n=1+1"\n')
    take(screen, path)
    assert headings(screen)[2] == "<b>Head</b> line"
    assert first_line(screen)[2] == "<img src=x> =1+1"


def test_that_the_site_must_be_chosen(screen: ImportsPage, people_file: Path) -> None:
    take(screen, people_file, site=None)
    rehearse(screen)
    site = screen.new.options.form.lines["site"]
    assert site.error == "Choose the site first."
    assert site.box.hasFocus()
    site.box.setCurrentIndex(1)
    assert site.error == ""


def test_that_only_pending_people_are_mailed(screen: ImportsPage) -> None:
    options = screen.new.options
    assert (options.options.mail, options.options.status) == (True, Status.PENDING)
    options.status.setCurrentIndex(1)
    assert (options.options.mail, options.mail.isEnabled()) == (False, False)
    options.status.setCurrentIndex(0)
    assert (options.options.mail, options.mail.isEnabled()) == (True, True)


def test_that_a_file_can_be_dropped_on_the_page(screen: ImportsPage, people_file: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(people_file))])
    where = (QPointF(50, 50), Qt.DropAction.CopyAction, data)
    keys = (Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    enter = QDragEnterEvent(where[0].toPoint(), *where[1:], *keys)
    QApplication.sendEvent(screen, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(screen, QDropEvent(*where, *keys))
    background.wait_idle()
    assert screen.new.file.name.text() == "people.csv"


def test_that_nothing_chosen_is_lost_while_other_pages_are_looked_at(
    engine: Engine, offline_desk: Desk, shell: Callable[..., Any], screen: ImportsPage, people_file: Path
) -> None:
    window = shell(offline_desk, place="imports")
    take(window.current_page, people_file)
    window.current_page.new.options.whole.click()
    window.open(Target("end_users"))
    background.wait_idle()
    press(window.current_page, "Import…")
    background.wait_idle()
    here = window.current_page
    assert isinstance(here, ImportsPage)
    assert (here.new.file.name.text(), here.new.options.site_key) == ("people.csv", "NW")
    assert here.new.options.options.all_or_nothing
    assert "people.csv: 6 rows" in said(here)


def test_that_everything_that_takes_the_keyboard_has_a_name(
    rehearsed: ImportsPage, unnamed: Callable[[QWidget], list[str]]
) -> None:
    for tab in (Tab.NEW, Tab.DRY_RUN, Tab.HISTORY):
        rehearsed.tabs.setCurrentIndex(tab)
        assert unnamed(rehearsed) == []


def test_that_the_dialog_shows_tables_first(screen: ImportsPage) -> None:
    press(screen.new.file, "Choose file…")
    (dialog,) = [w for w in QApplication.topLevelWidgets() if isinstance(w, QFileDialog) and w.isVisible()]
    assert dialog.nameFilters()[0] == "Tables (*.xlsx *.csv *.txt)"
    dialog.reject()


@pytest.mark.parametrize("heading", ["", "x" * 500])
def test_that_strange_headings_keep_the_form_narrow(
    screen: ImportsPage, tmp_path: Path, heading: str
) -> None:
    path = tmp_path / "people.csv"
    path.write_text(f"Email,{heading}\na@prairie.example,A-001\n")
    before = screen.new.columns.width()
    take(screen, path)
    assert screen.new.columns.width() == before


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (832, 500)])
def test_that_nothing_is_wider_than_its_place(rehearsed: ImportsPage, width: int, height: int) -> None:
    rehearsed.resize(width, height)
    rehearsed.dry_run.import_button.click()
    background.wait_idle()
    for tab in Tab:
        rehearsed.tabs.setCurrentIndex(tab)
        QApplication.processEvents()
        assert (rehearsed.width(), rehearsed.height()) == (width, height), tab
