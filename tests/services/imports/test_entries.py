"""Addresses of a file are what they would be one by one, and counts always add up."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal_admin.domain.imports import Options, Result, counts_of
from portal_admin.errors import InvalidInput
from portal_admin.services.desk import Desk
from portal_admin.services.imports.commit import run_import
from portal_admin.services.imports.entries import Addresses, cells_of, entry_of, read_entries, stored_entry
from portal_admin.services.imports.mapping import recognise
from portal_admin.services.imports.plan import rehearse
from portal_admin.services.imports.source import SourceRow, Table
from portal_admin.services.users import check_email
from tests.services.conftest import INA, PAUL, RUTH
from tests.services.imports.files import HEADER
from tests.services.imports.importing import written

# How rows are told does not depend on the database.
pytestmark = pytest.mark.databases("sqlite")

locals_ = st.one_of(
    st.from_regex(r"\A[A-Za-z0-9_.+'-]{1,12}\Z"),
    st.sampled_from(["a" * 64, "a" * 65, "ß", "É", "a..b", ".a", "a.", "", '"a b"', "a@b", "a b"]),
)
domains = st.sampled_from(
    ["x.example", "X.Example", "münchen.example", "x.example.", "x", "-x.example", "[1.2.3.4]"]
)


def checked(check: object, typed: str) -> str:
    try:
        return check(typed)  # type: ignore[operator, no-any-return]
    except InvalidInput as problem:
        return problem.message


@given(st.lists(st.tuples(locals_, domains), min_size=1, max_size=12))
@settings(max_examples=100)
def test_that_addresses_are_checked_together_as_one_by_one(parts: list[tuple[str, str]]) -> None:
    together = Addresses()
    for local, domain in parts:
        typed = f"{local}@{domain}".strip()
        if typed:
            assert checked(together.check, typed) == checked(check_email, typed)


cells = st.tuples(
    st.sampled_from(
        [RUTH, PAUL, INA.upper(), "n@x.example", "m@x.example", "N@X.example", "", "x", "a\x00@x.example"]
    ),
    st.sampled_from(["", "Ann", "Bob", "\x07", "=1"]),
    st.sampled_from(["", "Olsen", "X" * 201]),
    st.lists(st.sampled_from(["A-001", "a-003", "A-005", "A-006", "A-404", "13", " "]), max_size=3).map(
        ";".join
    ),
)
tables = st.lists(st.tuples(cells, st.sampled_from([None, None, None, "ragged"])), max_size=12).map(
    lambda rows: Table(
        "f.csv",
        "0" * 64,
        "csv",
        "UTF-8",
        ",",
        (),
        None,
        1,
        HEADER,
        tuple(SourceRow(number, row, fault) for number, (row, fault) in enumerate(rows, start=2)),
    )
)


@given(tables)
def test_that_entries_survive_the_database_and_the_file_of_failed_rows(table: Table) -> None:
    for entry in read_entries(table, recognise(HEADER), site="MAIN"):
        again = entry_of(entry.row, entry.email, stored_entry(entry))
        assert again == entry
        assert len(cells_of(again)) == len(HEADER)


@pytest.mark.parametrize("all_or_nothing", [False, True])
@given(tables)
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_that_counts_add_up_and_an_import_again_changes_nothing(
    office: Desk, all_or_nothing: bool, table: Table
) -> None:
    asked = {
        "site": "MAIN",
        "table": table,
        "mapping": recognise(HEADER),
        "options": Options(all_or_nothing=all_or_nothing),
    }
    planned, outcome = rehearse(office, **asked), run_import(office, **asked)
    assert planned.counts.read == outcome.counts.read == len(table.rows) == outcome.batch.total
    assert planned.counts == outcome.counts == counts_of(row.result for row in outcome.rows)
    assert [row.row for row in planned.rows] == [row.number for row in table.rows]
    before = {
        name: rows for name, rows in written(office.engine).items() if name in ("end_user", "account_link")
    }
    again = run_import(office, **asked)
    assert {row.result for row in again.rows} <= {Result.UNCHANGED, Result.REFUSED} or names_differ(table)
    if not names_differ(table):
        assert before == {name: rows for name, rows in written(office.engine).items() if name in before}


def names_differ(table: Table) -> bool:
    """Whether rows of one person give different names, which then replace each other on every import."""
    names: dict[str, set[tuple[str, str]]] = {}
    for row in table.rows:
        names.setdefault(row.cells[0].lower(), set()).add(row.cells[1:3])
    return any(len(several) > 1 for several in names.values())
