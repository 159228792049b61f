"""Workbooks: values as text, and nothing that could burst is opened."""

from __future__ import annotations

import io
import zipfile
from contextlib import suppress
from datetime import date, datetime
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from portal_admin.errors import InvalidInput
from portal_admin.services.imports import limits
from portal_admin.services.imports.entries import cells_of, read_entries
from portal_admin.services.imports.mapping import recognise
from portal_admin.services.imports.source import OLE, PROTECTED, Source, open_table
from tests.services.imports.files import HEADER, SHEET, repacked, with_cells, workbook, xlsx_source

PLAIN = workbook({"People": [HEADER, ("a@x.example", "A", "B", "A-1")], "Other": [("Email",), ("b@x",)]})


def test_that_a_workbook_is_told_by_its_content_and_its_first_sheet_is_taken() -> None:
    table = open_table(Source("people.csv", PLAIN))
    assert (table.kind, table.sheets, table.sheet) == ("xlsx", ("People", "Other"), "People")
    assert (table.encoding, table.delimiter) == (None, None)
    assert [(row.number, row.cells) for row in table.rows] == [(2, ("a@x.example", "A", "B", "A-1"))]


def test_that_hidden_sheets_are_passed_over_and_hidden_rows_are_counted() -> None:
    packed = io.BytesIO()
    with xlsxwriter.Workbook(packed) as book:
        first, second = book.add_worksheet("Codes"), book.add_worksheet("People")
        second.activate()
        second.set_first_sheet()
        first.hide()
        first.write_row(0, 0, HEADER)
        for number, row in enumerate((HEADER, ("a@x.example",), ("b@x.example",))):
            second.write_row(number, 0, row)
        second.set_row(2, None, None, {"hidden": True})
    table = open_table(Source("f", packed.getvalue()))
    assert (table.sheets, table.sheet, table.hidden) == (("Codes", "People"), "People", 1)
    assert [(row.cells[0], row.hidden) for row in table.rows] == [
        ("a@x.example", False),
        ("b@x.example", True),
    ]
    assert open_table(Source("f", packed.getvalue()), sheet="Codes").rows == ()


def test_that_dates_are_no_names_and_no_ids() -> None:
    packed = io.BytesIO()
    with xlsxwriter.Workbook(packed) as book:
        page, form = book.add_worksheet(), book.add_format({"num_format": "d-mmm"})
        page.write_row(0, 0, (*HEADER, "Since"))
        page.write_row(1, 0, ("a@x.example", "A"))
        for column in (2, 3, 4):
            page.write_datetime(1, column, datetime(2026, 5, 1), form)  # noqa: DTZ001
    table = open_table(Source("f", packed.getvalue()))
    (entry,) = read_entries(table, recognise(table.header), site="MAIN")
    assert entry.fault is not None
    assert "Under Last name stands a date, 2026-05-01" in entry.fault
    assert "Under Accounts stands a date" in entry.fault
    assert cells_of(entry) == ("a@x.example", "A", "", "")


def test_that_another_sheet_can_be_chosen_and_an_unknown_one_is_refused_with_those_there_are() -> None:
    assert open_table(Source("f", PLAIN), sheet="Other").header == ("Email",)
    with pytest.raises(InvalidInput, match="People, Other") as problem:
        open_table(Source("f", PLAIN), sheet="Third")
    assert problem.value.field == "sheet"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("0012", "0012"),
        (12, "12"),
        (12.0, "12"),
        (12.5, "12.5"),
        (-3, "-3"),
        (1e15, "1.00000E+15"),
        (12345678901234567890, "1.23457E+19"),
        (True, "TRUE"),
        ('="A-"&"1"|A-1', "A-1"),
        (date(2026, 11, 21), "46347"),
    ],
)
def test_that_values_come_as_text(value: Any, text: str) -> None:
    table = open_table(xlsx_source(("a@x", "A", "B", value)))
    assert table.rows[0].cells[3] == text


def test_that_row_numbers_are_those_of_the_sheet_and_cells_stay_in_their_columns() -> None:
    table = open_table(
        xlsx_source((), ("a@x", "", "", "A-1", "a remark beside the table"), ("", " "), ("b@x",))
    )
    assert [(row.number, row.cells, row.fault) for row in table.rows] == [
        (3, ("a@x", "", "", "A-1"), None),
        (5, ("b@x", "", "", ""), None),
    ]


def test_that_cells_that_are_only_coloured_do_not_make_a_sheet_large() -> None:
    coloured = (
        '<row r="1"><c r="A1" t="str"><v>Email</v></c></row><row r="1048576"><c r="XFD1048576" s="1"/></row>'
    )
    assert open_table(with_cells(coloured)).header == ("Email",)


@pytest.mark.parametrize(
    "cells",
    [
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>',
        '<row r="1048576"><c r="IV1048576" t="inlineStr"><is><t>x</t></is></c></row><row r="1"><c><v>1</v></c></row>',
        "<row><c r='ZZZ1'><v>1</v></c></row>",
        f"<row>{'<c><v>1</v></c>' * 257}</row>",
        '<row r="9999999"><c><v>1</v></c></row>',
    ],
)
def test_that_a_cell_far_off_is_refused_before_room_for_all_between_is_reserved(cells: str) -> None:
    with pytest.raises(InvalidInput, match="Delete what lies outside"):
        open_table(with_cells(cells))


def test_that_formulas_that_end_in_an_error_are_not_taken_for_empty_cells() -> None:
    formulas = [("a@x", "A", "=1/0|#DIV/0!", "=NA()|#N/A"), ("b@x.example", "B", "C", "A-1")]
    data = workbook({"First": [HEADER, *formulas[1:]], "Second & last": [(), HEADER, *formulas]})
    first, second = (open_table(Source("f", data), sheet=name) for name in ("First", "Second & last"))
    assert [row.errors for row in first.rows] == [frozenset()]
    assert [(row.number, row.errors) for row in second.rows] == [(3, {2, 3}), (4, frozenset())]
    entry, good = read_entries(second, recognise(second.header), site="MAIN")
    assert entry.fault is not None
    assert "under Last name ends in an error" in entry.fault
    assert "under Accounts ends in an error" in entry.fault
    assert good.fault is None


@pytest.mark.parametrize("reference", ["A99999999999999999999", "a1", "AAAAAAAAAA1", "A", "", "1", "A-1"])
def test_that_a_cell_without_a_true_place_is_refused(reference: str) -> None:
    # Its reader takes such a number for some other, and reserves room up to there.
    with pytest.raises(InvalidInput, match="damaged"):
        open_table(with_cells(f'<row r="1"><c r="{reference}"><v>1</v></c></row>'))
    with pytest.raises(InvalidInput, match="damaged"):
        open_table(with_cells('<row r="-1"><c><v>1</v></c></row>'))


def bomb() -> bytes:
    return repacked(PLAIN, {SHEET: b"<worksheet>" + b"0" * 20_000_000})


def lying_bomb() -> bytes:
    """Its headers say that the sheet is small."""
    data = bomb()
    return data.replace((20_000_011).to_bytes(4, "little"), (2_000).to_bytes(4, "little"))


@pytest.mark.parametrize("data", [bomb(), lying_bomb()], ids=["honest", "lying"])
def test_that_a_zip_bomb_is_refused_by_what_it_really_unpacks_to(data: bytes) -> None:
    with pytest.raises(InvalidInput, match="unpacks to more"):
        open_table(Source("f.xlsx", data))


def test_that_many_parts_and_much_in_all_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    many = repacked(PLAIN, {f"xl/media/{n}": b"" for n in range(limits.MOST_PARTS)})
    with pytest.raises(InvalidInput, match="unpacks to more"):
        open_table(Source("f.xlsx", many))
    monkeypatch.setattr("portal_admin.services.imports.unpacking.MOST_UNPACKED", 3_000)
    with pytest.raises(InvalidInput, match="unpacks to more"):
        open_table(Source("f.xlsx", PLAIN))


ENTITIES = b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;">]><worksheet>&b;</worksheet>'


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (OLE + b"\0" * 600, "Excel 97-2003"),
        (OLE + b"\0" * 600 + PROTECTED, "protected by a password"),
        (b"PK\x03\x04 and then nothing", "damaged"),
        (PLAIN[: len(PLAIN) // 2], "damaged"),
        (repacked(PLAIN, {"xl/workbook.xml": None}), "no Excel workbook"),
        (repacked(PLAIN, {"xl/workbook.xml": None, "xl/workbook.bin": b""}), "xlsb"),
        (repacked(PLAIN, {SHEET: b"<worksheet><row"}), "damaged"),
        (repacked(PLAIN, {SHEET: b"<a></b>"}), "damaged"),
        (repacked(PLAIN, {SHEET: ENTITIES}), "damaged"),
        (repacked(PLAIN, {SHEET: None}), "damaged"),
        (repacked(PLAIN, {"xl/sharedStrings.xml": b'<sst uniqueCount="4294967296"/>'}), "damaged"),
        (workbook({"Empty": []}), "empty"),
    ],
    ids=[
        "xls",
        "password",
        "stub",
        "cut",
        "zip",
        "xlsb",
        "half",
        "crossed",
        "entities",
        "sheetless",
        "counts",
        "empty",
    ],
)
def test_that_what_is_no_workbook_to_read_is_named(data: bytes, words: str) -> None:
    with pytest.raises(InvalidInput, match=words) as problem:
        open_table(Source("people.xlsx", data))
    assert problem.value.field == "file"


def test_that_a_part_packed_in_another_way_is_refused() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(PLAIN)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_BZIP2) as new:
        for info in old.infolist():
            new.writestr(info.filename, old.read(info))
    with pytest.raises(InvalidInput, match="damaged"):
        open_table(Source("f.xlsx", packed.getvalue()))


@given(st.integers(0, len(PLAIN) - 1), st.binary(min_size=1, max_size=40))
def test_that_no_damage_makes_it_stumble(place: int, damage: bytes) -> None:
    data = PLAIN[:place] + damage + PLAIN[place + len(damage) :]
    with suppress(InvalidInput):
        open_table(Source("f.xlsx", data))
