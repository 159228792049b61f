"""`users import` and `users imports` as a script drives them."""

from __future__ import annotations

import re
import signal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from portal_admin.models.engine import writing
from tests.cli.people import RUTH
from tests.cli.spine import Cli
from tests.services.filled import set_confirmed
from tests.services.imports.files import HEADER, csv_source, workbook
from tests.services.imports.importing import written

GOOD = ("new@x.example", "New", "Person", "A-001")
BAD = ("bad@x.example", "Bad", "Person", "A-404")
KEYS = ["batch", "read", "created", "changed", "unchanged", "refused", "rows"]


@pytest.fixture
def people(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_bytes(csv_source(GOOD, (RUTH, "", "", "A-001")).data)
    return path


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    path = tmp_path / "mixed.csv"
    path.write_bytes(csv_source(GOOD, BAD).data)
    return path


def test_that_a_dry_run_prints_what_would_be_done_and_writes_nothing(
    cli: Cli, portal: Engine, people: Path
) -> None:
    before = written(portal)
    ran = cli("users", "import", str(people), "--site", "MAIN", "--dry-run", "--json")
    assert ran.code == 0
    assert list(ran.row) == KEYS
    assert [ran.row[key] for key in KEYS[:6]] == [None, 2, 1, 0, 1, 0]
    first = ran.row["rows"][0]
    assert list(first) == ["row", "email", "result", "reason"]
    assert (first["row"], first["email"], first["result"]) == (2, "new@x.example", "created")
    assert "It opens" in first["reason"]
    assert written(portal) == before


def test_that_an_import_prints_its_number_and_its_rows(cli: Cli, people: Path) -> None:
    ran = cli("users", "import", str(people), "--site", "main", "--json")
    assert ran.code == 0
    assert [ran.row[key] for key in KEYS[:6]] == [1, 2, 1, 0, 1, 0]
    assert (
        cli("users", "show", "--site", "MAIN", "--email", "new@x.example", "--json").row["status"]
        == "Pending"
    )
    again = cli("users", "import", str(people), "--site", "main", "--json")
    assert [again.row[key] for key in KEYS[:6]] == [2, 2, 0, 0, 2, 0]


@pytest.mark.parametrize("more", [(), ("--dry-run",)])
def test_that_a_refused_row_exits_1(cli: Cli, mixed: Path, more: tuple[str, ...]) -> None:
    ran = cli("users", "import", str(mixed), "--site", "MAIN", "--json", *more)
    assert (ran.code, ran.row["created"], ran.row["refused"]) == (1, 1, 1)


@pytest.mark.parametrize("more", [(), ("--dry-run",)])
def test_that_a_fact_that_could_not_be_got_exits_3(
    cli: Cli, portal: Engine, people: Path, more: tuple[str, ...]
) -> None:
    with writing(portal) as connection:
        set_confirmed(connection, None)
    ran = cli("users", "import", str(people), "--site", "MAIN", "--json", *more)
    assert (ran.code, ran.row["refused"]) == (3, 1)
    assert "too old to rely on" in ran.row["rows"][0]["reason"]


def test_that_all_or_nothing_imports_nothing_when_a_row_is_refused(cli: Cli, mixed: Path) -> None:
    ran = cli("users", "import", str(mixed), "--site", "MAIN", "--all-or-nothing", "--json")
    assert (ran.code, ran.row["created"], ran.row["refused"]) == (1, 0, 2)
    assert cli("users", "show", "--site", "MAIN", "--email", "new@x.example").code == 1


def test_that_people_read_a_table_of_refused_rows_and_the_counts(cli: Cli, mixed: Path) -> None:
    ran = cli("users", "import", str(mixed), "--site", "MAIN", "--status", "active", "--no-mail")
    text = ran.stdout.decode()
    assert "bad@x.example" in text
    assert "new@x.example" not in text
    assert "Created    1" in text


def test_that_the_table_of_a_dry_run_says_what_would_be_done(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "four.csv"
    path.write_bytes(csv_source(GOOD, (RUTH, "", "", "A-003"), (RUTH, "", "", "A-001"), BAD).data)
    dry = ("users", "import", str(path), "--site", "MAIN", "--dry-run")
    lines = cli(*dry).stdout.decode().splitlines()
    said = [re.split(" {2,}", line)[2] for line in lines if "@" in line]
    assert said == ["would create", "would change", "unchanged", "refused"]
    assert any("dry run" in line for line in lines)
    rows = cli(*dry, "--json").row["rows"]
    assert [row["result"] for row in rows] == ["created", "changed", "unchanged", "refused"]


def test_that_the_failed_rows_come_back_in_a_file_ready_to_import(
    cli: Cli, mixed: Path, tmp_path: Path
) -> None:
    failed = tmp_path / "failed.csv"
    ran = cli("users", "import", str(mixed), "--site", "MAIN", "--results", str(failed))
    assert "1 refused row is in" in ran.stderr
    failed.write_text(failed.read_text("utf-8-sig").replace("A-404;", "").replace("A-404", "A-003"), "utf-8")
    assert cli("users", "import", str(failed), "--site", "MAIN", "--json").row["created"] == 1
    again = cli("users", "import", str(mixed), "--site", "MAIN", "--results", str(failed), "--json")
    assert (again.code, again.error["field"]) == (1, "file")
    assert cli("users", "import", str(mixed), "--site", "MAIN", "--results", "x.csv", "--dry-run").code == 2


def test_that_it_is_told_how_a_file_was_read_that_is_no_plain_table(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "people.xlsx"
    path.write_bytes(workbook({"People": [("To take over",), (), HEADER, GOOD], "Notes": [("x",)]}))
    ran = cli("users", "import", str(path), "--site", "MAIN", "--dry-run", "--json")
    assert (ran.code, ran.row["rows"][0]["row"]) == (0, 4)
    assert "The sheet People is read, of People, Notes." in ran.stderr
    assert "The headings are those in row 3." in ran.stderr
    path.write_bytes(workbook({"People": [("Adresse", "Name"), GOOD[:2]]}))
    ran = cli("users", "import", str(path), "--site", "MAIN", "--dry-run", "--json")
    assert (ran.code, ran.error["field"]) == (1, "mapping")
    assert "The headings in the file are: Adresse, Name." in ran.stderr


def test_that_an_import_whose_results_cannot_be_written_says_that_it_is_done(
    cli: Cli, mixed: Path, tmp_path: Path
) -> None:
    command = ("users", "import", str(mixed), "--site", "MAIN", "--results")
    early = cli(*command, str(tmp_path / "absent" / "failed.csv"), "--json")
    assert (early.code, early.error["field"]) == (1, "file")
    assert cli("users", "imports", "list", "--json").rows == []
    late = cli(*command, str(tmp_path / f"{'a' * 250}.csv"), "--json")
    assert (late.code, late.rows[0]["created"], late.rows[1]["error"]["kind"]) == (1, 1, "failed")
    assert "users imports show 1 --results FILE" in late.stderr


def test_that_all_or_nothing_stopped_says_that_nothing_is_imported(
    cli: Cli, people: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from portal_admin.services.imports import working

    real = working.look

    def interrupt(*given: Any, **named: Any) -> Any:
        signal.raise_signal(signal.SIGINT)
        return real(*given, **named)

    monkeypatch.setattr("portal_admin.services.imports.working.look", interrupt)
    ran = cli("users", "import", str(people), "--site", "MAIN", "--all-or-nothing", "--json")
    assert (ran.code, ran.row["read"]) == (1, 0)
    assert "nothing is imported" in ran.stderr
    assert "undo" not in ran.stderr


def test_that_columns_sheet_delimiter_and_encoding_can_be_told(cli: Cli, tmp_path: Path) -> None:
    header = ("Adresse", "Vorname", "Nachname", "Konten")
    path = tmp_path / "people.xlsx"
    path.write_bytes(workbook({"Read me": [("x",)], "People": [header, GOOD]}))
    maps = [
        word
        for name, heading in zip(HEADER, header, strict=True)
        for word in ("--map", f"{name.lower()}={heading.upper()}")
    ]
    base = ["users", "import", str(path), "--site", "MAIN", "--dry-run", "--json"]
    assert cli(*base, "--sheet", "People", *maps).row["created"] == 1
    lost = cli(*base, "--sheet", "People")
    assert (lost.code, lost.error["field"]) == (1, "mapping")
    wrong = cli(*base, "--sheet", "People", "--map", "Email=Nothing")
    assert "Adresse, Vorname, Nachname, Konten" in wrong.error["message"]
    text = tmp_path / "people.txt"
    text.write_bytes(
        "\r\n".join("|".join(row) for row in (HEADER, ("ü@x.example", *GOOD[1:]))).encode("cp1252")
    )
    told = ["users", "import", str(text), "--site", "MAIN", "--dry-run", "--json"]
    ran = cli(*told, "--encoding", "windows 1252", "--delimiter", "pipe")
    assert ran.row["rows"][0]["email"] == "ü@x.example"
    for wrong_words in (
        ("--encoding", "rot13"),
        ("--delimiter", "x"),
        ("--map", "Nick=Email"),
        ("--map", "Email"),
    ):
        assert cli(*told, *wrong_words).code == 2


def test_that_a_column_which_is_missing_is_said(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "links.csv"
    path.write_text(f"Email,Accounts\n{RUTH},A-003\n")
    ran = cli("users", "import", str(path), "--site", "MAIN", "--json")
    assert ran.row["changed"] == 1
    assert "no column First name" in ran.stderr


@pytest.mark.parametrize("name", ["gone.csv", "."])
def test_that_a_file_that_cannot_be_read_is_named(cli: Cli, tmp_path: Path, name: str) -> None:
    ran = cli("users", "import", str(tmp_path / name), "--site", "MAIN", "--json")
    assert (ran.code, ran.error["kind"]) == (1, "invalid_input")


def test_that_imports_are_listed_shown_and_taken_back(cli: Cli, mixed: Path) -> None:
    imported = cli("users", "import", str(mixed), "--site", "MAIN", "--json").row
    (listed,) = cli("users", "imports", "list", "--json").rows
    assert {key: listed[key] for key in ("batch", "site", "file", "status", "total", "read", "created")} == {
        "batch": 1,
        "site": "MAIN",
        "file": "mixed.csv",
        "status": "done",
        "total": 2,
        "read": 2,
        "created": 1,
    }
    assert "mixed.csv" in cli("users", "imports", "list").stdout.decode()
    shown = cli("users", "imports", "show", "1", "--json")
    assert (shown.code, shown.row) == (0, imported)
    undone = cli("users", "imports", "undo", "1", "--json")
    assert (undone.code, undone.row) == (0, {"batch": 1, "removed": 1, "restored": 0})
    assert cli("users", "imports", "undo", "1").code == 1
    assert cli("users", "imports", "show", "7").code == 1
    assert cli("users", "imports", "resume", "1").code == 1


def test_that_ctrl_c_ends_an_import_between_two_pieces_and_it_can_go_on(
    cli: Cli, people: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from portal_admin.services.imports import working

    real = working.look

    def interrupt(*given: Any, **named: Any) -> Any:
        signal.raise_signal(signal.SIGINT)
        return real(*given, **named)

    with monkeypatch.context() as interrupted:
        interrupted.setattr("portal_admin.services.imports.working.ROWS_AT_ONCE", 1)
        interrupted.setattr("portal_admin.services.imports.working.look", interrupt)
        ran = cli("users", "import", str(people), "--site", "MAIN", "--json")
    assert (ran.code, ran.row["read"], ran.row["created"]) == (1, 1, 1)
    assert "users imports resume 1" in ran.stderr
    resumed = cli("users", "imports", "resume", "1", "--json")
    assert (resumed.code, resumed.row["read"], resumed.row["created"]) == (0, 2, 1)
    assert cli("users", "imports", "list", "--json").row["status"] == "done"


def test_that_a_dry_run_can_be_stopped(cli: Cli, people: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from portal_admin.services.imports import plan

    real = plan.look

    def interrupt(*given: Any, **named: Any) -> Any:
        signal.raise_signal(signal.SIGINT)
        return real(*given, **named)

    monkeypatch.setattr("portal_admin.services.imports.looking.ROWS_AT_ONCE", 1)
    monkeypatch.setattr("portal_admin.services.imports.plan.look", interrupt)
    ran = cli("users", "import", str(people), "--site", "MAIN", "--dry-run", "--json")
    assert (ran.code, ran.error["rule"]) == (1, "stopped")
    assert "stopped after 1 of 2 rows. Nothing was written." in ran.error["message"]


def test_that_a_column_status_is_said_to_be_ignored(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(csv_source((*GOOD, "Active"), header=(*HEADER, "Status")).data)
    command = ("users", "import", str(path), "--site", "MAIN", "--json")
    assert "The column Status is not imported: new end users are Active." in (
        cli(*command, "--dry-run", "--status", "active").stderr
    )
    ran = cli(*command)
    assert ran.stderr.count("The column Status is not imported: new end users are Pending.") == 1
    assert ran.row["created"] == 1
