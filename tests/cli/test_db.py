from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from portal_admin.cli import run
from portal_admin.errors import SchemaMismatch
from portal_admin.models.schema import HEAD
from portal_admin.wiring import open_desk, operator_name
from tests.cli.db_files import audited, change, make_old, mode, out


def test_that_upgrade_creates_the_database_and_its_folder(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["db", "upgrade", "--json"]) == 0
    assert out(capsys) == [{"before": None, "after": HEAD, "backup": None}]
    assert run(["db", "check"]) == 0


def test_that_an_older_database_is_copied_before_it_is_upgraded(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_old(file)
    with pytest.raises(SchemaMismatch):
        open_desk()
    assert run(["db", "upgrade", "--json"]) == 0
    (done,) = out(capsys)
    assert (done["before"], done["after"]) == ("0001", HEAD)
    if sys.platform != "win32":
        assert mode(Path(str(done["backup"]))) == 0o600
    with closing(sqlite3.connect(str(done["backup"]))) as connection:
        assert connection.execute("select version_num from alembic_version").fetchall() == [("0001",)]
    assert run(["db", "check"]) == 0


def test_that_a_newer_database_is_not_touched(ready: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(ready, "update alembic_version set version_num = '9999'")
    assert run(["db", "upgrade", "--json"]) == 1
    (error,) = out(capsys)
    assert error["error"]["kind"] == "schema"  # type: ignore[index]


def test_that_check_reports_each_fault_by_itself(ready: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(ready, "insert into setting (key, value) values ('edition', '1999')")
    change(
        ready,
        "insert into mail_outbox "
        "(message_key, attempts, due_at, user_id, kind, recipient, status, created_at, created_by) "
        "values ('k', 0, '2026-11-21', 7, 'reset', 'a@b.example', 'queued', '2026-11-21', 'jdoe')",
    )
    assert run(["db", "check", "--json"]) == 1
    results = {line["check"]: line["result"] for line in out(capsys)}
    assert results == {
        "integrity": "pass",
        "foreign_keys": "fail",
        "search": "pass",
        "schema": "pass",
        "settings": "fail",
    }


def test_that_check_notices_a_search_index_that_lost_a_row(
    ready: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(
        ready,
        "insert into aspire_account (oid, account_id, account_id_key, name, name_key, fingerprint, seen) "
        "values (1, 'A-1', 'a-1', 'Prairie', 'prairie', 1, 1)",
    )
    change(ready, "insert into aspire_account_search(aspire_account_search) values ('delete-all')")
    assert run(["db", "check", "--json"]) == 1
    assert [line["check"] for line in out(capsys) if line["result"] == "fail"] == ["search"]


def test_that_whoever_creates_the_database_is_its_first_administrator_and_the_audit_says_so(
    file: Path,
) -> None:
    assert run(["db", "upgrade"]) == 0
    line = ("operator.add", operator_name(), operator_name(), None, {"role": "Administrator"})
    assert audited(file) == [line]
    assert run(["db", "upgrade"]) == 0
    assert audited(file) == [line]


def test_that_an_upgrade_that_ended_before_its_administrator_was_appointed_is_completed(file: Path) -> None:
    assert run(["db", "upgrade"]) == 0
    change(file, "delete from operator")
    assert run(["db", "upgrade"]) == 0
    assert [line[0] for line in audited(file)] == ["operator.add", "operator.add"]


def test_that_the_help_says_who_runs_the_grants(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["db", "grants", "--help"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "psql runs it as a superuser or as the tables' owner with the right to create roles" in told
