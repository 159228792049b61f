"""A database from which somebody dropped a part: each command leads to the backup, none in a circle."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from portal_admin.cli import run


@pytest.fixture
def file(tmp_path: Path, migrated_file: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "desk" / "portal.db"
    path.parent.mkdir()
    path.write_bytes(migrated_file.read_bytes())
    monkeypatch.setenv("PORTAL_ADMIN_DATABASE_URL", f"sqlite:///{path}")
    return path


def change(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(statement)
        connection.commit()


DROPS = [
    ("drop table audit_event", "table audit_event"),
    ("drop table operator", "table operator"),
    ("drop table payment_event", "table payment_event"),
    ("drop trigger end_user_search_update", "trigger end_user_search_update"),
    ("drop table aspire_account_search", "table aspire_account_search"),
    ("alter table mail_outbox drop column failure", "column mail_outbox.failure"),
]


@pytest.mark.parametrize(("statement", "part"), DROPS)
def test_that_what_is_missing_is_named_with_the_way_out(
    statement: str, part: str, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(file, statement)
    for command, code in (("check", 1), ("upgrade", 1)):
        assert run(["db", command]) == code
        told = "".join(capsys.readouterr())
        assert f"has lost what it needs: {part}" in told
        assert "Restore the last backup with `portal-admin db restore`." in told
        assert "not set up" not in told
    assert run(["doctor"]) == 1
    assert part in capsys.readouterr().out


def test_that_another_command_leads_to_the_check(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(file, "drop table audit_event")
    assert run(["audit", "list"]) == 3
    told = capsys.readouterr().err
    assert "portal-admin db check" in told
    assert "db upgrade" not in told


def test_that_a_backup_can_be_restored_over_a_lost_audit_and_none_that_lost_its_own(
    file: Path, tmp_path: Path
) -> None:
    sound, broken = tmp_path / "sound.db", tmp_path / "broken.db"
    for copy in (sound, broken):
        copy.write_bytes(file.read_bytes())
    change(broken, "drop table audit_event")
    change(file, "drop table audit_event")
    assert run(["db", "restore", str(broken)]) == 1
    assert run(["db", "check"]) == 1
    assert run(["db", "restore", str(sound)]) == 0
    assert run(["db", "check"]) == 0
