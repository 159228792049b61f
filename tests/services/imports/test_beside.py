"""What stands in the columns Site and Status of an export keeps rows from doing what they do not mean."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal_admin.domain.imports import Options
from portal_admin.domain.people import Status
from portal_admin.services.desk import Desk
from portal_admin.services.imports.results import write_results
from portal_admin.services.imports.source import open_table, read_source
from tests.services.conftest import RUTH
from tests.services.imports.files import HEADER, Row, csv_source, xlsx_source
from tests.services.imports.importing import PLAIN, plan, results, run

EXPORTED = (*HEADER, "Status", "Site")
NEW = ("new@x.example", "New", "Person", "A-001")


def both(desk: Desk, *rows: Row, options: Options = PLAIN) -> list[tuple[str, str]]:
    """Result and reason of each row; the dry run must say the same result."""
    source = csv_source(*rows, header=EXPORTED)
    planned = plan(desk, source, options=options)
    outcome = run(desk, source, options=options)
    assert results(planned.rows) == results(outcome.rows)
    return [(row.result.value, row.reason) for row in outcome.rows]


def test_that_a_row_for_another_site_is_refused(office: Desk) -> None:
    told = both(
        office,
        (*NEW, "", "EASTCOAST"),
        (RUTH, "", "", "A-003", "", "Eastcoast"),
        (*NEW, "", " main "),
        (RUTH, "", "", "A-001", "", ""),
    )
    assert [result for result, _ in told] == ["refused", "refused", "created", "unchanged"]
    assert told[0][1] == "This row is for site EASTCOAST, not MAIN."


def test_that_a_site_that_cannot_be_read_is_another_one(office: Desk) -> None:
    header = (*HEADER, "Site")
    outcome = run(office, xlsx_source((*NEW, "=VLOOKUP(1,A1:B2,2)|#N/A"), header=header))
    assert [row.reason for row in outcome.rows] == ["This row is for site #ERROR, not MAIN."]


@pytest.mark.parametrize("status", [Status.PENDING, Status.ACTIVE])
def test_that_nobody_is_created_who_is_inactive_in_the_file(office: Desk, status: Status) -> None:
    told = both(
        office,
        (*NEW, "INACTIVE", ""),
        (RUTH, "", "", "A-003", "Inactive", ""),
        ("b@x.example", "Bo", "Lind", "A-001", "Active", ""),
        options=Options(status),
    )
    assert [result for result, _ in told] == ["refused", "changed", "created"]
    assert told[0][1] == (
        f"This row's Status is Inactive; a new end user would be {status.value}. "
        "Leave the row out, or empty its Status."
    )


@pytest.mark.parametrize("name", ["failed.csv", "failed.xlsx"])
def test_that_the_failed_rows_still_say_whose_they_are(office: Desk, tmp_path: Path, name: str) -> None:
    rows = ((*NEW, "", "EASTCOAST"), (*NEW, "Inactive", "main"), ("x", "", "", "", "Active", ""))
    first = run(office, csv_source(*rows, header=EXPORTED))
    write_results(office, batch=1, path=tmp_path / name)
    table = open_table(read_source(tmp_path / name))
    assert table.header == (*HEADER, "Site", "Status", "Row", "Result", "Reason")
    assert [row.cells[4:6] for row in table.rows] == [("EASTCOAST", ""), ("main", "Inactive"), ("", "Active")]
    again = run(office, read_source(tmp_path / name))
    assert [row.reason for row in again.rows] == [row.reason for row in first.rows]
