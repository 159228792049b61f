"""What failed comes back as a file to be put right."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal_admin.errors import InvalidInput
from portal_admin.services.desk import Desk
from portal_admin.services.imports.results import require_target, write_results
from portal_admin.services.imports.source import open_table, read_source
from tests.services.conftest import RUTH
from tests.services.filled import audit_rows
from tests.services.imports.files import HEADER, csv_source, text_source
from tests.services.imports.importing import results, run

ROWS = (
    (RUTH, "", "", "A-001"),
    ("a@x.example", "=1+1", "-Last", "0013;A-404"),
    ("=cmd()", "A", "B", "A-001"),
    ("b@x.example", "Smith", "Jr", "B", "A-001"),
)


@pytest.mark.parametrize("name", ["failed.csv", "failed.xlsx"])
def test_that_refused_rows_can_be_imported_again_as_they_are(office: Desk, tmp_path: Path, name: str) -> None:
    run(office, csv_source(*ROWS))
    path = tmp_path / name
    assert write_results(office, batch=1, path=path) == 3
    table = open_table(read_source(path))
    assert table.header == ("Email", "First name", "Last name", "Accounts", "Row", "Result", "Reason")
    assert [row.cells[:6] for row in table.rows] == [
        ("a@x.example", "=1+1", "-Last", "0013;A-404", "3", "refused"),
        ("=cmd()", "A", "B", "A-001", "4", "refused"),
        ("", "", "", "", "5", "refused"),
    ]
    assert "b@x.example | Smith | Jr | B | A-001" in table.rows[2].cells[6]
    again = run(office, read_source(path))
    assert results(again.rows) == ["refused"] * 3
    assert again.rows[0].reason == run(office, csv_source(*ROWS)).rows[1].reason


def test_that_all_rows_can_be_written_and_the_audit_says_who_took_them(office: Desk, tmp_path: Path) -> None:
    run(office, csv_source(*ROWS))
    assert write_results(office, batch=1, path=tmp_path / "all.csv", only_refused=False) == 4
    line = audit_rows(office.engine)[-1]
    assert (line.action, line.subject, line.after["rows"]) == ("import.export", "all.csv", 4)


def test_that_a_file_in_the_way_is_kept(office: Desk, tmp_path: Path) -> None:
    run(office, csv_source(*ROWS))
    path = tmp_path / "there.csv"
    path.write_text("mine")
    for attempt in (lambda: require_target(path), lambda: write_results(office, batch=1, path=path)):
        with pytest.raises(InvalidInput) as problem:
            attempt()
        assert problem.value.field == "file"
    assert path.read_text() == "mine"
    with pytest.raises(InvalidInput, match="must end in"):
        require_target(tmp_path / "x.txt")


@pytest.mark.parametrize("mark", [";", "\t", "|", ","])
def test_that_the_failed_rows_have_the_delimiter_of_the_file(office: Desk, tmp_path: Path, mark: str) -> None:
    text = f"{mark.join(HEADER)}\r\n{mark.join(('ü@x', 'Ü', 'B', 'A-001'))}\r\n"
    run(office, text_source(text, encoding="cp1252"))
    path = tmp_path / "failed.csv"
    write_results(office, batch=1, path=path)
    written = path.read_bytes().decode("utf-8")
    assert written.startswith(f"\ufeff{mark.join(HEADER)}{mark}Row{mark}Result{mark}Reason\r\n")
    assert written.splitlines()[1].startswith(mark.join(("ü@x", "Ü", "B", "A-001", "2")))
