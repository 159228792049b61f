"""What a person does and reads on the Import screen."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtWidgets import QApplication, QFileDialog

from portal_admin.domain.imports import Result
from portal_admin.ui import background
from portal_admin.ui.imports.page import ImportsPage
from portal_admin.ui.imports.verdict_list import VerdictList
from portal_admin.ui.tables.rows import text_of

HEAD = "Email,First name,Last name,Accounts\n"
# Two to create, one to change, one unchanged, two refused.
ROWS = (
    "nora@prairie.example,Nora,New,A-001;A-003\n"
    "ned@prairie.example,Ned,New,A-002\n"
    "pat@prairie.example,Pat,Pending,A-002\n"
    "ann@prairie.example,Ann,Active,A-001\n"
    "lou@prairie.example,Lou,Lost,A-004\n"
    "no address,Nobody,Nowhere,A-001\n"
)


def take(screen: ImportsPage, path: Path, *, site: str | None = "NW") -> None:
    """Load a file as the dialog does, and choose the site."""
    screen.new.file.chosen.emit(path)
    background.wait_idle()
    if site is not None:
        screen.new.options.site.setCurrentIndex(screen.new.options.site.findData(site))


def rehearse(screen: ImportsPage) -> None:
    """Press Dry run and wait."""
    screen.new.run_button.click()
    background.wait_idle()


def name_in_dialog(path: Path) -> None:
    """Name a file in the one dialog that is open."""
    (dialog,) = [w for w in QApplication.topLevelWidgets() if isinstance(w, QFileDialog) and w.isVisible()]
    dialog.fileSelected.emit(str(path))
    dialog.done(0)
    background.wait_idle()


def lines(shown: VerdictList) -> list[list[str]]:
    """Row, result and email of every row of the list."""
    model = shown.table.model
    found = [model.row_at(row) for row in range(model.rowCount())]
    return [[text_of(cell) for cell in row.cells[:3]] for row in found if row is not None]


def results(shown: VerdictList) -> dict[Result | None, str]:
    """The words of the numbers that filter."""
    return {result: made.text() for result, made in shown.buttons.items()}


def emails(lines_shown: Iterable[list[str]]) -> list[str]:
    return [line[2] for line in lines_shown]
