"""The guide to the fields, written as a workbook and as a page."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from portal_admin.domain.permissions import Role
from portal_admin.errors import DeskError, NotAllowed
from portal_admin.services import fields
from portal_admin.services.desk import Desk
from portal_admin.services.fields import export as field_export
from portal_admin.services.fields import notes as field_notes
from tests.fixtures.desk import NOW
from tests.fixtures.operators import appoint
from tests.services.fields.snapshot import keep
from tests.services.filled import audit_rows

CONTRACT = "0012-0045"
NASTY = '=HYPERLINK("http://x")<b>&"bold"</b>'


def read(path: Path) -> list[list[Any]]:
    book = openpyxl.load_workbook(path)
    sheet = book["Field reference"]
    assert sheet.freeze_panes == "C2"
    assert sheet.auto_filter.ref is not None
    cells = list(sheet.iter_rows())
    assert {cell.data_type for line in cells for cell in line} <= {"s", "n"}
    assert all(cell.value is None for line in cells for cell in line if cell.data_type == "n")
    return [[cell.value or "" for cell in line] for line in cells]


def test_that_the_workbook_holds_every_field_as_text(offline_desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "guide.xlsx"
    field_export.write_xlsx(field_export.guide(offline_desk), path)
    head, *rows = read(path)
    assert "Portal shows" not in head
    assert len(rows) == len(fields.catalogue().fields)
    assert ["Contract detail", "Next payment due"] in [row[:2] for row in rows]


def test_that_the_workbook_of_a_contract_holds_both_values_and_keeps_ids_whole(
    desk: Desk, tmp_path: Path
) -> None:
    keep(desk, CONTRACT, at=NOW - timedelta(minutes=5))
    path = tmp_path / "guide.xlsx"
    guide = field_export.guide_of(desk, sheet=fields.show(desk, contract_id=CONTRACT))
    assert guide.subtitle.startswith(
        "Contract 0012-0045 of Prairie Hauling LLC, looked up 21 Nov 2026 14:00."
    )
    field_export.write_xlsx(guide, path)
    head, *rows = read(path)
    line = next(
        dict(zip(head, row, strict=True)) for row in rows if row[:2] == ["Contract detail", "Contract id"]
    )
    assert (line["Portal shows"], line["ASPIRE says now"], line["State"]) == (CONTRACT, CONTRACT, "Equal")
    assert not any("000123456789" in cell for row in rows for cell in row)
    (line,) = audit_rows(desk.engine)
    assert (line.action, line.subject, line.operator) == ("field.export", CONTRACT, "tester")
    assert line.after == {"rows": 150}


def test_that_the_values_of_a_contract_leave_only_with_those_who_may_export(desk: Desk) -> None:
    appoint(desk.engine, "casey", Role.READ_ONLY)
    casey = replace(desk, operator="casey")
    keep(desk, CONTRACT, at=NOW - timedelta(minutes=5))
    with pytest.raises(NotAllowed, match="“Export” is for CSRs and Administrators; you are Read-only"):
        field_export.guide_of(casey, sheet=fields.show(casey, contract_id=CONTRACT))
    assert "Portal shows" not in [column.heading for column in field_export.guide(casey).columns]
    assert audit_rows(desk.engine) == []


def test_that_nothing_typed_by_people_becomes_a_formula_or_markup(offline_desk: Desk, tmp_path: Path) -> None:
    field_notes.add_note(offline_desk, field_key="contract.next_due", note=NASTY)
    guide = field_export.guide(offline_desk)
    field_export.write_xlsx(guide, tmp_path / "guide.xlsx")
    assert any(NASTY in cell for row in read(tmp_path / "guide.xlsx") for cell in row)
    page = field_export.as_html(guide)
    assert NASTY not in page
    assert "&lt;b&gt;&amp;" in page


class Structure(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.outside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.outside += [value or "" for name, value in attrs if name in ("src", "href")]


def test_that_the_page_needs_nothing_from_outside_and_has_a_table_for_each_screen(
    offline_desk: Desk, tmp_path: Path
) -> None:
    path = tmp_path / "guide.html"
    field_export.write_html(field_export.guide(offline_desk), path)
    page = Structure()
    page.feed(path.read_text(encoding="utf-8"))
    assert page.outside == []
    assert "script" not in page.tags
    assert page.tags.count("table") == len(fields.catalogue().screens)
    assert page.tags.count("tr") == len(fields.catalogue().fields) + len(fields.catalogue().screens)


def test_that_a_failed_export_says_so_and_leaves_the_earlier_guide(
    offline_desk: Desk, tmp_path: Path
) -> None:
    guide = field_export.guide(offline_desk)
    with pytest.raises(DeskError, match="could not be written"):
        field_export.write_html(guide, tmp_path / "no such folder" / "guide.html")
    with pytest.raises(DeskError, match="could not be written"):
        field_export.write_xlsx(guide, tmp_path / "no such folder" / "guide.xlsx")
    target = tmp_path / "taken.html"
    target.mkdir()
    with pytest.raises(DeskError):
        field_export.write_html(guide, target)
    assert [item.name for item in tmp_path.iterdir() if item.name.startswith(".")] == []


def test_that_a_folder_that_is_a_file_is_told_like_any_other_place_that_cannot_be_written(
    tmp_path: Path,
) -> None:
    (tmp_path / "guide").write_text("a file")
    with pytest.raises(DeskError, match="could not be written"):
        field_export.write_bytes(tmp_path / "guide" / "fields.html", b"")
