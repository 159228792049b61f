"""Backups of the portal database, and putting them in its place."""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from portal_admin.cli import run
from portal_admin.models.schema import HEAD
from portal_admin.services import backup as backing_up
from portal_admin.services import restore as restoring
from portal_admin.services.database import copy_file
from portal_admin.wiring import operator_name, utc_now
from tests.cli.db_files import audited, change, head_of, make_old, mode, out, zones


def test_that_upgrading_a_current_database_makes_no_copy(
    ready: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["db", "upgrade", "--json"]) == 0
    assert out(capsys) == [{"before": HEAD, "after": HEAD, "backup": None}]
    assert [path.name for path in ready.parent.iterdir()] == [ready.name]


def test_that_a_backup_is_one_file_and_can_be_restored(
    ready: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = ready.parent / "copies" / "monday.db"
    copy.parent.mkdir()
    assert run(["db", "backup", str(copy)]) == 0
    assert [path.name for path in copy.parent.iterdir()] == ["monday.db"]
    change(ready, "update setting set value = 'America/Denver' where key = 'time_zone'")
    capsys.readouterr()
    assert run(["db", "restore", str(copy), "--json"]) == 0
    (done,) = out(capsys)
    assert zones(ready) == ["America/Chicago"]
    assert zones(Path(str(done["kept"]))) == ["America/Denver"]
    assert [path.name for path in copy.parent.iterdir()] == ["monday.db"]
    assert run(["db", "check"]) == 0


def test_that_a_backup_and_its_copy_say_who_made_it(ready: Path, tmp_path: Path) -> None:
    copy = tmp_path / "monday.db"
    assert run(["db", "backup", str(copy)]) == 0
    line = ("database.backup", operator_name(), "monday.db", None, None)
    assert audited(ready)[-1] == audited(copy)[-1] == line
    assert head_of(ready) == head_of(copy)


@pytest.mark.parametrize("role", ["'CSR'", "'Read-only'", "null"])
def test_that_only_an_administrator_copies_the_whole_database(
    role: str, ready: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(ready, f"update operator set role = {role}")
    before = audited(ready)
    assert run(["db", "backup", str(tmp_path / "copy.db"), "--json"]) == 1
    error: Any = out(capsys)[0]["error"]
    assert error["kind"] == "not_allowed"
    assert error["message"].startswith("“Back Up Database” is for Administrators;")
    assert list(tmp_path.glob("copy.db*")) == []
    assert audited(ready) == before


def test_that_a_database_older_than_roles_is_copied_for_whoever_may_read_it(
    file: Path, tmp_path: Path
) -> None:
    make_old(file)
    assert run(["db", "backup", str(tmp_path / "old.db")]) == 0
    assert (tmp_path / "old.db").exists()


def test_that_a_backup_makes_no_folder(
    ready: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "not mounted"
    assert run(["db", "backup", str(folder / "copy.db")]) == 1
    assert f"There is no folder {folder}." in capsys.readouterr().err
    assert not folder.exists()


def test_that_a_backup_is_taken_while_a_writer_is_at_work(
    ready: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def copy_meanwhile(source: Path, to: Path) -> None:
        with closing(sqlite3.connect(ready)) as writer:
            writer.execute("begin immediate")
            writer.execute("update setting set value = 'half done'")
            copy_file(source, to)
            writer.rollback()

    monkeypatch.setattr(backing_up, "copy_file", copy_meanwhile)
    assert run(["db", "backup", str(tmp_path / "copy.db")]) == 0
    assert zones(tmp_path / "copy.db") == ["America/Chicago"]


def test_that_a_backup_overwrites_nothing(
    ready: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "copy.db").write_text("precious")
    assert run(["db", "backup", str(tmp_path / "copy.db"), "--json"]) == 1
    assert out(capsys)[0]["error"]["rule"] == "no_overwriting"  # type: ignore[index]
    assert (tmp_path / "copy.db").read_text() == "precious"


@pytest.mark.parametrize("content", [b"", b"Shopping list\n" * 200])
def test_that_a_file_that_is_no_backup_is_refused(
    content: bytes, ready: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "list.txt").write_bytes(content)
    assert run(["db", "restore", str(tmp_path / "list.txt"), "--json"]) == 1
    assert out(capsys)[0]["error"]["rule"] == "sound_backup"  # type: ignore[index]
    assert zones(ready) == ["America/Chicago"]


def test_that_a_backup_of_a_newer_program_is_refused(ready: Path, tmp_path: Path) -> None:
    copy = tmp_path / "newer.db"
    assert run(["db", "backup", str(copy)]) == 0
    change(copy, "update alembic_version set version_num = '9999'")
    assert run(["db", "restore", str(copy)]) == 1
    assert zones(ready) == ["America/Chicago"]


def test_that_a_database_in_use_is_not_replaced(
    ready: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "copy.db"
    assert run(["db", "backup", str(copy)]) == 0
    capsys.readouterr()
    with closing(sqlite3.connect(ready)) as desk:
        desk.execute("pragma journal_mode = wal")
        desk.execute("select * from setting").fetchall()
        assert run(["db", "restore", str(copy), "--json"]) == 1
    assert out(capsys)[0]["error"]["rule"] == "not_in_use"  # type: ignore[index]
    assert run(["db", "restore", str(copy)]) == 0


def test_that_a_damaged_database_can_be_replaced(ready: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    assert run(["db", "backup", str(copy)]) == 0
    ready.write_bytes(b"\0" * 100 + ready.read_bytes()[100:])
    assert run(["db", "check"]) != 0
    assert run(["db", "restore", str(copy)]) == 0
    assert zones(ready) == ["America/Chicago"]


def test_that_a_missing_database_or_backup_is_named(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["db", "backup", str(tmp_path / "copy.db")]) == 1
    assert str(file) in capsys.readouterr().err
    assert run(["db", "restore", str(tmp_path / "copy.db")]) == 1
    assert str(tmp_path / "copy.db") in capsys.readouterr().err
    assert run(["db", "check"]) == 1
    assert not file.exists()


def test_that_server_databases_are_left_to_their_own_tools(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORTAL_ADMIN_DATABASE_URL", "postgresql://portal:x@127.0.0.1:1/portal")
    assert run(["db", "backup", str(tmp_path / "copy.db")]) == 1
    assert "pg_dump" in capsys.readouterr().err
    assert run(["db", "check"]) == 3
    assert "cannot be reached" in capsys.readouterr().err


def test_that_restoring_where_no_database_was_keeps_nothing_aside(ready: Path, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/new/portal.db"
    assert restoring.restore(url, source=ready, now=utc_now(), operator="jdoe").kept is None
    assert zones(tmp_path / "new" / "portal.db") == ["America/Chicago"]


@pytest.mark.parametrize("role", ["'CSR'", "'Read-only'", "null"])
def test_that_only_an_administrator_of_the_database_replaces_it(
    role: str, file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "copy.db"
    assert run(["db", "upgrade"]) == 0
    assert run(["db", "backup", str(copy)]) == 0
    change(file, f"update operator set role = {role}")
    before = audited(file)
    capsys.readouterr()
    assert run(["db", "restore", str(copy), "--json"]) == 1
    assert out(capsys)[0]["error"]["kind"] == "not_allowed"  # type: ignore[index]
    assert audited(file) == before
    assert sorted(path.name for path in file.parent.iterdir()) == [file.name]


def test_that_the_restored_audit_tells_who_restored_what_over_what(file: Path, tmp_path: Path) -> None:
    copy = tmp_path / "monday.db"
    assert run(["db", "upgrade"]) == 0
    assert run(["db", "backup", str(copy)]) == 0
    assert run(["sites", "create", "MAIN", "--name", "Main"]) == 0
    replaced = head_of(file)
    assert run(["db", "restore", str(copy)]) == 0
    after = {"file": "monday.db", **head_of(copy)}
    assert audited(file)[2:] == [("database.restore", operator_name(), "monday.db", replaced, after)]
    assert len(audited(copy)) == 2


def test_that_whoever_restores_is_told_what_the_audit_will_say(
    ready: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "monday.db"
    assert run(["db", "backup", str(copy)]) == 0
    assert run(["db", "restore", str(copy)]) == 0
    told = capsys.readouterr().out
    assert "`portal-admin audit verify` reports" in told
    assert "`portal-admin audit accept-restore --reason WHY`" in told


def test_that_a_backup_of_an_older_schema_is_upgraded_as_it_is_restored(
    ready: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "old.db"
    make_old(copy)
    assert run(["db", "restore", str(copy), "--json"]) == 0
    assert out(capsys)[0]["upgraded_from"] == "0001"
    assert [line[0] for line in audited(ready)] == ["operator.add", "database.restore"]
    assert run(["db", "check"]) == 0


def test_that_a_damaged_database_is_restored_by_whoever_may_write_its_file(
    ready: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.db"
    assert run(["db", "backup", str(copy)]) == 0
    change(ready, "update operator set role = null")
    ready.write_bytes(b"\0" * 100 + ready.read_bytes()[100:])
    assert run(["db", "restore", str(copy)]) == 0
    assert audited(ready)[-1][3] is None


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_that_a_new_database_and_its_copies_are_their_owner_s_alone(file: Path, tmp_path: Path) -> None:
    assert run(["db", "upgrade"]) == 0
    assert (mode(file.parent), mode(file)) == (0o700, 0o600)
    with closing(sqlite3.connect(file)) as desk:
        desk.execute("insert into setting (key, value) values ('time_zone', 'America/Chicago')")
        desk.commit()
        assert {mode(path) for path in file.parent.iterdir()} == {0o600}
    copy = tmp_path / "copy.db"
    assert run(["db", "backup", str(copy)]) == 0
    assert mode(copy) == 0o600
    assert run(["db", "restore", str(copy)]) == 0
    assert [mode(path) for path in file.parent.glob("*.before-restore-*")] == [0o600]
    assert mode(file) == 0o600


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_that_a_database_that_others_share_stays_shared(ready: Path, tmp_path: Path) -> None:
    ready.chmod(0o660)
    copy = tmp_path / "copy.db"
    assert run(["db", "backup", str(copy)]) == 0
    assert run(["db", "upgrade"]) == 0
    assert run(["db", "restore", str(copy)]) == 0
    assert (mode(ready), mode(copy)) == (0o660, 0o600)
