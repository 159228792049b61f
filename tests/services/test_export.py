"""What an export writes, read back as a spreadsheet program and a script would; and what it leaves behind."""

from __future__ import annotations

import csv
import gc
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import Engine, event

from portal_admin.domain.imports import Options, Result
from portal_admin.domain.people import Status
from portal_admin.domain.permissions import Role
from portal_admin.domain.records import Account
from portal_admin.domain.spreadsheet import restored
from portal_admin.errors import DatabaseProblem, DeskError, InvalidInput, NotAllowed, NotFound, Refused
from portal_admin.models.engine import writing
from portal_admin.services import sheets
from portal_admin.services.desk import Desk
from portal_admin.services.export import EVERY, Exported, export_users
from portal_admin.services.imports.entries import MOST_ACCOUNTS
from portal_admin.services.imports.mapping import recognise
from portal_admin.services.imports.plan import rehearse
from portal_admin.services.imports.source import open_table, read_source
from portal_admin.services.users import resend_registration
from tests.fixtures.operators import appoint
from tests.services.acting import change_mail
from tests.services.filled import add_account, add_site, add_user, audit_rows, set_setting

HEAD = [
    "Email",
    "First name",
    "Last name",
    "Accounts",
    "Status",
    "Site",
    "Last mail",
    "Last mail at (America/Chicago)",
    "Created (America/Chicago)",
]
CREATED = datetime(2026, 11, 21, 14, 0)  # noqa: DTZ001  # a cell knows no zone
LONG_ID = "00000000000000000000123456789012345678"
HOSTILE = (
    '=HYPERLINK("http://x")',
    "+1",
    "-2+3",
    "@SUM(1)",
    "'=1",
    "<r><t>x</t></r>",
    "_x0041_",
    " blank ",
    'a"b;c,d',
)


def read_csv(path: Path) -> list[list[str]]:
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def read_xlsx(path: Path) -> list[list[Any]]:
    sheet = openpyxl.load_workbook(path).worksheets[0]
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


@pytest.fixture
def people(engine: Engine) -> None:
    with writing(engine) as connection:
        main, other = add_site(connection, "MAIN"), add_site(connection, "OTHER")
        add_account(connection, Account(1, "A-001", "Prairie Hauling LLC"))
        add_user(connection, main, "ruth@x.example", [(1, "A-001"), (2, LONG_ID)])
        add_user(connection, main, "paul@x.example", [(3, "0012")], first="Paul", status=Status.PENDING)
        add_user(connection, other, "ruth@x.example", [(1, "A-001")])


@pytest.mark.parametrize("name", ["people.xlsx", "people.CSV"])
def test_that_every_user_is_written_with_links_status_and_site(
    people: None, offline_desk: Desk, tmp_path: Path, name: str
) -> None:
    path = tmp_path / name
    assert export_users(offline_desk, path=path) == Exported(path, 3)
    read = read_xlsx if name.endswith("xlsx") else read_csv
    head, *rows = read(path)
    assert head == HEAD
    assert [row[:6] for row in rows] == [
        ["paul@x.example", "Paul", "Olsen", "0012", "Pending", "MAIN"],
        ["ruth@x.example", "Ruth", "Olsen", f"{LONG_ID};A-001", "Active", "MAIN"],
        ["ruth@x.example", "Ruth", "Olsen", "A-001", "Active", "OTHER"],
    ]


def test_that_in_a_workbook_text_is_text_and_an_instant_is_a_date(
    people: None, offline_desk: Desk, tmp_path: Path
) -> None:
    path = tmp_path / "people.xlsx"
    export_users(offline_desk, path=path)
    sheet = openpyxl.load_workbook(path).worksheets[0]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("B2", "A1:I4")
    types = [[cell.data_type for cell in row if cell.value is not None] for row in sheet.iter_rows(min_row=2)]
    assert types == [["s"] * 6 + ["d"]] * 3
    assert {sheet.cell(row, 9).value for row in (2, 3, 4)} == {CREATED}


def test_that_instants_stand_in_the_companys_time_zone_which_the_heading_names(
    people: None, engine: Engine, offline_desk: Desk, tmp_path: Path
) -> None:
    with writing(engine) as connection:
        set_setting(connection, "time_zone", "Europe/Oslo")
    export_users(offline_desk, path=tmp_path / "people.csv")
    head, first, *_ = read_csv(tmp_path / "people.csv")
    assert (head[-1], first[-1]) == ("Created (Europe/Oslo)", "2026-11-21 21:00:00")


def test_that_each_link_can_have_a_row_of_its_own_with_the_accounts_name(
    people: None, engine: Engine, offline_desk: Desk, tmp_path: Path
) -> None:
    with writing(engine) as connection:
        add_user(connection, 1, "zoe@x.example", [], first="Zoe")
    found = export_users(offline_desk, path=tmp_path / "links.csv", links=True)
    assert found is not None
    assert found.rows == 5
    head, *rows = read_csv(tmp_path / "links.csv")
    assert head[3:5] == ["Accounts", "Account name"]
    assert [(row[0], *row[3:5]) for row in rows] == [
        ("paul@x.example", "0012", "not in the portal's copy of ASPIRE"),
        ("ruth@x.example", LONG_ID, "not in the portal's copy of ASPIRE"),
        ("ruth@x.example", "A-001", "Prairie Hauling LLC"),
        ("zoe@x.example", "", ""),
        ("ruth@x.example", "A-001", "Prairie Hauling LLC"),
    ]


def test_that_the_last_mail_is_told_with_its_time(
    people: None, engine: Engine, offline_desk: Desk, tmp_path: Path
) -> None:
    mail = resend_registration(offline_desk, site="MAIN", email="paul@x.example")
    change_mail(engine, mail.mail_id, created_at=offline_desk.clock())
    export_users(offline_desk, path=tmp_path / "people.xlsx", statuses=[Status.PENDING])
    row = read_xlsx(tmp_path / "people.xlsx")[1]
    assert row[6:8] == ["registration queued", CREATED]


@pytest.mark.parametrize("text", HOSTILE)
def test_that_hostile_text_survives_in_a_workbook_as_text(
    engine: Engine, offline_desk: Desk, tmp_path: Path, text: str
) -> None:
    with writing(engine) as connection:
        add_user(connection, add_site(connection, "MAIN"), "r@x.example", [(1, text)], first=text, last=text)
    path = tmp_path / "people.xlsx"
    export_users(offline_desk, path=path)
    row = list(openpyxl.load_workbook(path).worksheets[0].iter_rows())[1]
    assert {cell.data_type for cell in row[:6]} == {"s"}
    # As Excel does and openpyxl does not, this reader undoes the escapes of text that looks like one.
    assert CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()[1][1:4] == [text] * 3


@pytest.mark.parametrize("text", HOSTILE)
def test_that_text_that_would_run_is_neutralised_in_csv_and_comes_back(
    engine: Engine, offline_desk: Desk, tmp_path: Path, text: str
) -> None:
    with writing(engine) as connection:
        add_user(connection, add_site(connection, "MAIN"), "r@x.example", [(1, text)], first=text, last=text)
    export_users(offline_desk, path=tmp_path / "people.csv")
    row = read_csv(tmp_path / "people.csv")[1]
    assert [restored(cell) for cell in row[1:4]] == [text] * 3
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row)


def test_that_numbers_in_csv_stay_as_they_are(tmp_path: Path) -> None:
    zone, path = sheets.ZoneInfo("UTC"), tmp_path / "n.csv"
    headings = [sheets.Heading("Change", 8), sheets.Heading("Text", 8), sheets.Heading("At", 8)]
    with sheets.sheet(path, ".csv", headings, title="N", zone=zone) as add:
        add([-5, "-5", datetime(2026, 1, 2, tzinfo=UTC)])
    assert read_csv(path)[1] == ["-5", "'-5", "2026-01-02 00:00:00"]


def test_that_the_filters_of_the_list_choose_the_rows_and_stand_in_the_audit(
    people: None, engine: Engine, offline_desk: Desk, tmp_path: Path
) -> None:
    path = tmp_path / "some.csv"
    export_users(offline_desk, path=path, site="main", statuses=[Status.PENDING], text=" paul ")
    assert [row[0] for row in read_csv(path)[1:]] == ["paul@x.example"]
    (line,) = audit_rows(engine)
    assert (line.action, line.subject, line.site_key, line.operator) == (
        "users.export",
        "some.csv",
        "MAIN",
        "tester",
    )
    assert line.after == {
        "site": "MAIN",
        "statuses": ["Pending"],
        "text": "paul",
        "links": False,
        "rows": 1,
    }


def test_that_nobody_gives_a_file_with_the_headings_only(
    people: None, offline_desk: Desk, tmp_path: Path
) -> None:
    for name, read in (("none.csv", read_csv), ("none.xlsx", read_xlsx)):
        found = export_users(offline_desk, path=tmp_path / name, text="nobody-has-this-name")
        assert found == Exported(tmp_path / name, 0)
        assert read(tmp_path / name) == [HEAD]  # type: ignore[operator]


def test_that_a_file_that_exists_is_left_alone_unless_it_shall_be_replaced(
    people: None, engine: Engine, offline_desk: Desk, tmp_path: Path
) -> None:
    path = tmp_path / "people.csv"
    path.write_text("mine")
    with pytest.raises(InvalidInput, match="already"):
        export_users(offline_desk, path=path)
    assert (path.read_text(), audit_rows(engine)) == ("mine", [])
    export_users(offline_desk, path=path, overwrite=True)
    assert len(read_csv(path)) == 4
    assert [file.name for file in tmp_path.iterdir() if "people" in file.name] == ["people.csv"]


def test_that_a_cancelled_export_leaves_no_file_and_no_line(
    engine: Engine, offline_desk: Desk, tmp_path: Path
) -> None:
    with writing(engine) as connection:
        main = add_site(connection, "MAIN")
        for number in range(EVERY + 1):
            add_user(connection, main, f"{number}@x.example", [(1, "A-001")])
    folder = tmp_path / "out"
    folder.mkdir()
    heard: list[tuple[int, int]] = []
    for name in ("people.xlsx", "people.csv"):
        done = export_users(
            offline_desk,
            path=folder / name,
            progress=lambda *step: heard.append(step),
            cancelled=lambda: bool(heard),
        )
        assert done is None
    assert heard == [(0, EVERY + 1)]
    assert (list(folder.iterdir()), audit_rows(engine)) == ([], [])
    export_users(offline_desk, path=folder / "people.csv", progress=lambda *step: heard.append(step))
    assert heard[1:] == [(0, EVERY + 1), (EVERY, EVERY + 1), (EVERY + 1, EVERY + 1)]


def test_that_no_file_appears_when_its_line_cannot_be_written(
    people: None, engine: Engine, offline_desk: Desk, tmp_path: Path
) -> None:
    with writing(engine) as connection:
        connection.exec_driver_sql("drop table audit_event")
    folder = tmp_path / "out"
    folder.mkdir()
    with pytest.raises(DatabaseProblem):
        export_users(offline_desk, path=folder / "people.csv")
    assert list(folder.iterdir()) == []


def test_that_the_line_is_there_when_the_file_appears(
    people: None, engine: Engine, offline_desk: Desk, tmp_path: Path
) -> None:
    path = tmp_path / "people.csv"
    seen: list[bool] = []
    event.listen(engine, "commit", lambda _connection: seen.append(path.exists()))
    export_users(offline_desk, path=path)
    assert seen == [False]
    assert path.exists()


def test_that_who_may_not_export_gets_no_file(
    people: None, engine: Engine, offline_desk: Desk, tmp_path: Path
) -> None:
    appoint(engine, "casey", Role.READ_ONLY)
    with pytest.raises(NotAllowed, match="CSRs and Administrators"):
        export_users(replace(offline_desk, operator="casey"), path=tmp_path / "people.csv")
    assert not (tmp_path / "people.csv").exists()


def test_that_wrong_names_places_and_sites_are_said(people: None, offline_desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"\.xlsx or \.csv"):
        export_users(offline_desk, path=tmp_path / "people.txt")
    with pytest.raises(DeskError, match="another folder"):
        export_users(offline_desk, path=tmp_path / "nowhere" / "people.csv")
    with pytest.raises(DeskError, match="another folder"):
        export_users(offline_desk, path=tmp_path / "nowhere" / "people.xlsx")
    with pytest.raises(NotFound):
        export_users(offline_desk, path=tmp_path / "people.csv", site="NOWHERE")


def test_that_more_accounts_than_an_import_takes_on_one_row_stand_on_several(
    engine: Engine, offline_desk: Desk, tmp_path: Path
) -> None:
    with writing(engine) as connection:
        links = [(number, f"{number:060}") for number in range(MOST_ACCOUNTS + 1)]
        add_user(connection, add_site(connection, "MAIN"), "r@x.example", links)
    found = export_users(offline_desk, path=tmp_path / "people.xlsx")
    assert found is not None
    assert found.rows == 2
    accounts = [row[3].split(";") for row in read_xlsx(tmp_path / "people.xlsx")[1:]]
    assert [len(ids) for ids in accounts] == [MOST_ACCOUNTS, 1]
    assert unchanged_again(offline_desk, tmp_path / "people.xlsx") == 2


def unchanged_again(desk: Desk, path: Path, site: str = "MAIN") -> int:
    """How many rows an import of the file would find, all of them unchanged."""
    table = open_table(read_source(path))
    plan = rehearse(desk, site=site, table=table, mapping=recognise(table.header), options=Options())
    assert [row for row in plan.rows if row.result is not Result.UNCHANGED] == []
    return plan.counts.unchanged


@pytest.mark.parametrize("name", ["people.xlsx", "people.csv"])
@pytest.mark.parametrize("links", [False, True])
def test_that_an_export_can_be_imported_again_and_changes_nothing(
    engine: Engine, offline_desk: Desk, tmp_path: Path, name: str, links: bool
) -> None:
    names = [text.strip() for text in HOSTILE]
    with writing(engine) as connection:
        main = add_site(connection, "MAIN")
        for number, text in enumerate(names):
            accounts = [(number + 1, "0" + str(number)), (number + 100, LONG_ID)]
            add_user(connection, main, f"{number}@x.example", accounts, first=text, last=text)
        add_user(connection, main, "+plus@x.example", [(500, "-001")])
    export_users(offline_desk, path=tmp_path / name, links=links)
    assert unchanged_again(offline_desk, tmp_path / name) == (len(names) + 1) * (1 + links) - links


def test_that_text_longer_than_a_cell_is_refused_and_not_cut(tmp_path: Path) -> None:
    headings, zone = [sheets.Heading("Text", 8)], sheets.ZoneInfo("UTC")
    with (
        pytest.raises(Refused, match="Row 2 holds more under Text"),
        sheets.sheet(tmp_path / "n.xlsx", ".xlsx", headings, title="N", zone=zone) as add,
    ):
        add(["\N{PILE OF POO}" * 16_384])


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit for the size of files")
@pytest.mark.parametrize("name", ["n.xlsx", "n.csv"])
def test_that_a_full_disk_leaves_no_file_and_no_noise(tmp_path: Path, name: str) -> None:
    import resource

    headings, zone = [sheets.Heading("Text", 8)], sheets.ZoneInfo("UTC")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    with pytest.raises(DeskError, match="make room on the disk"):  # noqa: PT012
        resource.setrlimit(resource.RLIMIT_FSIZE, (2048, before[1]))
        try:
            with (
                sheets.drafted(tmp_path / name, overwrite=False) as draft,
                sheets.sheet(
                    draft.path, tmp_path.joinpath(name).suffix, headings, title="N", zone=zone
                ) as add,
            ):
                for _ in range(2 if name.endswith("xlsx") else 1000):
                    add(["text"])
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
    gc.collect()  # what the writers dropped must not complain either
    assert list(tmp_path.iterdir()) == []


def test_that_more_rows_than_a_workbook_holds_are_refused(
    people: None, offline_desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 2)
    with pytest.raises(Refused, match="at most 2 rows"):
        export_users(offline_desk, path=tmp_path / "people.xlsx")
