"""`users export` as a script uses it."""

from __future__ import annotations

import csv
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import Engine

from tests.cli.people import INA, PAUL, RUTH
from tests.cli.spine import Cli
from tests.services.filled import audit_rows


def test_that_it_tells_the_file_and_the_number_of_rows(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "people.xlsx"
    ran = cli("users", "export", str(path), "--json")
    assert (ran.code, ran.row) == (0, {"file": str(path), "rows": 5})
    sheet = openpyxl.load_workbook(path).worksheets[0]
    emails = [row[0].value for row in sheet.iter_rows(min_row=2)]
    assert emails == [INA, PAUL, RUTH, "z@x.example", "é@x.example"]


def test_that_filters_and_links_choose_the_rows_and_are_audited(
    cli: Cli, tmp_path: Path, portal: Engine
) -> None:
    path = tmp_path / "links.csv"
    words = ("--site", "main", "--status", "inactive", "--status", "active", "--text", "ina", "--links")
    assert cli("users", "export", str(path), *words, "--json").row["rows"] == 2
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["Email"], row["Accounts"]) for row in rows] == [(INA, "A-003"), (INA, "A-004")]
    line = audit_rows(portal)[-1]
    assert (line.action, line.after["statuses"], line.after["rows"]) == (
        "users.export",
        ["Inactive", "Active"],
        2,
    )


@pytest.mark.parametrize("name", ["people.txt", "there.csv", "nowhere/people.csv"])
def test_that_a_file_that_cannot_be_written_is_said_and_nothing_is_audited(
    cli: Cli, tmp_path: Path, portal: Engine, name: str
) -> None:
    (tmp_path / "there.csv").write_text("mine")
    ran = cli("users", "export", str(tmp_path / name), "--json")
    assert ran.code == 1
    assert ran.error["message"]
    assert (tmp_path / "there.csv").read_text() == "mine"
    assert audit_rows(portal) == []


def test_that_people_read_where_it_was_written(cli: Cli, tmp_path: Path) -> None:
    ran = cli("users", "export", str(tmp_path / "people.csv"), "--site", "PRAIRIE")
    assert ran.code == 0
    assert b"people.csv" in ran.stdout
    assert b"2" in ran.stdout
