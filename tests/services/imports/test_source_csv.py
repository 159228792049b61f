"""CSV files of all origins become one and the same table."""

from __future__ import annotations

import csv
import io
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_admin.domain.spreadsheet import neutralised
from portal_admin.errors import InvalidInput
from portal_admin.services.imports.delimited import CODECS, DELIMITERS
from portal_admin.services.imports.limits import MOST_BYTES, MOST_COLUMNS, MOST_IN_CELL, MOST_ROWS
from portal_admin.services.imports.source import Source, open_table, read_source
from tests.services.imports.files import HEADER, csv_source, text_source

TEXT = "Email,First name,Last name,Accounts\njosé@x.example,José,Muñoz,A-1;A-2\n"


@pytest.mark.parametrize(
    ("codec", "mark", "name"),
    [
        ("utf-8", b"", "UTF-8"),
        ("utf-8", b"\xef\xbb\xbf", "UTF-8"),
        ("utf-16-le", b"\xff\xfe", "UTF-16 LE"),
        ("utf-16-be", b"\xfe\xff", "UTF-16 BE"),
        ("utf-16-le", b"", "UTF-16 LE"),
        ("utf-16-be", b"", "UTF-16 BE"),
        ("cp1252", b"", "Windows-1252"),
    ],
)
def test_that_the_encoding_is_found_out(codec: str, mark: bytes, name: str) -> None:
    table = open_table(Source("f.csv", mark + TEXT.encode(codec)))
    assert (table.encoding, table.delimiter, table.kind, table.sheets) == (name, ",", "csv", ())
    assert table.header == HEADER
    assert [row.cells for row in table.rows] == [("josé@x.example", "José", "Muñoz", "A-1;A-2")]


def test_that_a_few_foreign_bytes_in_utf_8_are_named_and_never_spell_all_names_wrong() -> None:
    rows = "Email,First name\n" + "a@x.example,Jürgen\n" * 5
    data = rows.encode() + b"b@x.example,J\xfcrgen\n"
    with pytest.raises(InvalidInput, match="not text in UTF-8: line 7") as problem:
        open_table(Source("f.csv", data))
    assert problem.value.field == "encoding"
    assert open_table(Source("f.csv", data), encoding="Windows-1252").rows[5].cells[1] == "Jürgen"


@pytest.mark.parametrize("title", ["Customers to take over;;;", "Customers to take over", "Name;e-mail;;"])
def test_that_titles_may_stand_above_the_headings(title: str) -> None:
    table = open_table(
        text_source(f"{title}\n\nEmail;First name;Last name;Accounts\na@x.example;A;B;A-1, x\n")
    )
    assert (table.delimiter, table.heading, table.header[0]) == (";", 3, "Email")
    assert [(row.number, row.cells[3]) for row in table.rows] == [(4, "A-1, x")]


def test_that_titles_may_stand_above_headings_with_foreign_names() -> None:
    table = open_table(text_source("Kunden\nAdresse;Vorname\na@x.example;Ann\n"))
    assert (table.heading, table.header, len(table.rows)) == (2, ("Adresse", "Vorname"), 1)


@pytest.mark.parametrize("first", ["a@x.example,A,B,A-1", "a@x.example"])
def test_that_no_person_above_the_headings_is_passed_over(first: str) -> None:
    table = open_table(text_source(f"{first}\nEmail,First name,Last name,Accounts\nb@x.example,B,C,A-1\n"))
    assert (table.heading, table.header[0]) == (1, "a@x.example")


def test_that_a_chosen_encoding_is_used_and_one_that_does_not_fit_is_named() -> None:
    data = TEXT.encode("cp1252")
    assert open_table(Source("f.csv", data), encoding="Windows-1252").rows[0].cells[1] == "José"
    with pytest.raises(InvalidInput, match="not text in UTF-8") as problem:
        open_table(Source("f.csv", data), encoding="UTF-8")
    assert problem.value.field == "encoding"
    with pytest.raises(InvalidInput, match="one of UTF-8"):
        open_table(Source("f.csv", data), encoding="rot13")


@pytest.mark.parametrize("delimiter", DELIMITERS)
def test_that_the_delimiter_is_found_out_by_the_names_of_the_columns(delimiter: str) -> None:
    accounts = "A-1;A-2" if delimiter != ";" else '"A-1;A-2"'
    lines = [delimiter.join(HEADER), delimiter.join(["a@x.example", "A, the first", "B", accounts])]
    text = "\n".join(lines).replace("A, the first", '"A, the first"')
    table = open_table(text_source(text))
    assert table.delimiter == delimiter
    assert table.rows[0].cells == ("a@x.example", "A, the first", "B", "A-1;A-2")


def test_that_a_delimiter_under_foreign_names_is_the_one_that_gives_even_rows() -> None:
    table = open_table(text_source("Adresse;Vorname, Name\na@x.example;Ann, B\nb@x.example;Bea C\n"))
    assert (table.delimiter, table.header) == (";", ("Adresse", "Vorname, Name"))


def test_that_a_chosen_delimiter_is_used_and_another_is_refused() -> None:
    assert open_table(text_source("a,b|c\n1,2|3"), delimiter="|").header == ("a,b", "c")
    with pytest.raises(InvalidInput) as problem:
        open_table(text_source("a,b"), delimiter="x")
    assert problem.value.field == "delimiter"


def test_that_the_line_which_tells_excel_the_delimiter_is_no_row() -> None:
    table = open_table(text_source("sep=|\r\nEmail|Accounts\r\na@x.example|A-1\r\n"))
    assert (table.delimiter, table.header, table.rows[0].number) == ("|", ("Email", "Accounts"), 2)


def test_that_line_breaks_in_quotes_stay_in_their_cell_and_rows_are_counted_as_a_spreadsheet_does() -> None:
    table = open_table(text_source('Email,Name\n"a\r\n@x",A\n\n , \n"b ""B""",C\n'))
    assert [(row.number, row.cells) for row in table.rows] == [(2, ("a\r\n@x", "A")), (5, ('b "B"', "C"))]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_that_every_line_ending_ends_a_row(ending: str) -> None:
    table = open_table(text_source(ending.join(["Email,Name", "a,b", "c,d"])))
    assert [row.cells for row in table.rows] == [("a", "b"), ("c", "d")]


def test_that_a_ragged_row_is_refused_and_never_shifted() -> None:
    table = open_table(csv_source(("a@x", "A", "B", "A-1"), ("b@x", "Smith", "Jr", "B", "A-2"), ("c@x", "C")))
    assert [row.fault is not None for row in table.rows] == [False, True, True]
    assert "5 cells where the heading has 4" in (table.rows[1].fault or "")
    assert table.rows[1].cells == ("b@x", "Smith", "Jr", "B", "A-2")


def test_that_delimiters_at_the_end_of_a_row_are_no_cells() -> None:
    table = open_table(csv_source(("a@x", "A", "B", "A-1", "", " ")))
    assert (table.rows[0].fault, len(table.rows[0].cells)) == (None, 4)


def test_that_a_quotation_mark_never_closed_is_named_with_its_row() -> None:
    with pytest.raises(InvalidInput, match="row 3") as problem:
        open_table(text_source('Email,Name\na,b\n"c,d\ne,f\n'))
    assert problem.value.field == "file"


def test_that_marks_against_formulas_are_taken_away_again() -> None:
    table = open_table(csv_source(("a@x", "'=A", "'B", "'-12")))
    assert table.rows[0].cells == ("a@x", "=A", "'B", "-12")


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b"\r\n\r\n", b" , ,\n"])
def test_that_an_empty_file_is_named_as_such(data: bytes) -> None:
    with pytest.raises(InvalidInput, match="empty"):
        open_table(Source("f.csv", data))


def test_that_a_cell_of_ten_megabytes_is_the_fault_of_its_row() -> None:
    table = open_table(csv_source(("a@x", "A" * 10_000_000, "B", "A-1"), ("b@x", "B", "C", "A-2")))
    assert "32,767" in (table.rows[0].fault or "")
    assert max(map(len, table.rows[0].cells)) == MOST_IN_CELL
    assert table.rows[1].fault is None


def test_that_too_large_files_are_refused_before_they_are_parsed() -> None:
    with pytest.raises(InvalidInput, match="50 MB"):
        open_table(Source("f.csv", b"," * (MOST_BYTES + 1)))


def test_that_too_many_rows_or_columns_are_refused() -> None:
    with pytest.raises(InvalidInput, match="200,000 rows"):
        open_table(Source("f.csv", b"Email\n" + b"a\n" * (MOST_ROWS + 1)))
    with pytest.raises(InvalidInput, match="256 columns"):
        open_table(Source("f.csv", b"a," * MOST_COLUMNS + b"b"))


def test_that_a_file_is_read_from_disk_and_a_missing_one_is_named(tmp_path: object) -> None:
    from pathlib import Path

    path = Path(str(tmp_path)) / "people.csv"
    path.write_bytes(TEXT.encode())
    assert read_source(path) == Source("people.csv", TEXT.encode())
    for wrong in (path.parent, path.with_name("gone.csv")):
        with pytest.raises(InvalidInput, match="cannot be read"):
            read_source(wrong)


cells = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\ufeff"), max_size=12)


@given(
    st.lists(st.lists(cells, min_size=3, max_size=3), max_size=6),
    st.sampled_from(DELIMITERS),
    st.sampled_from(["UTF-8", "UTF-16 LE", "UTF-16 BE"]),
    st.booleans(),
)
def test_that_any_text_comes_back_as_it_was_written(
    rows: list[list[str]], delimiter: str, encoding: str, marked: bool
) -> None:
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerows([["Email", "A", "B"], *([neutralised(cell) for cell in row] for row in rows)])
    mark = "\ufeff" if marked else ""
    data = (mark + written.getvalue()).encode(CODECS[encoding])
    table = open_table(Source("f.csv", data), encoding=encoding, delimiter=delimiter)
    assert table.header == ("Email", "A", "B")
    expected = {number: tuple(row) for number, row in enumerate(rows, start=2) if any(map(str.strip, row))}
    assert {row.number: row.cells for row in table.rows} == expected


@given(st.binary(max_size=300))
def test_that_no_bytes_at_all_make_it_stumble(data: bytes) -> None:
    with suppress(InvalidInput):
        open_table(Source("f.csv", data))
