"""`audit` on the command line: listing, proving, keeping a head, exporting."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from portal_admin.models.engine import writing
from portal_admin.services import audit_heads
from portal_admin.wiring import operator_name
from tests.cli.people import INA, RUTH
from tests.cli.spine import Cli

FIELDS = {"id", "at", "operator", "action", "site", "subject", "operation_id", "before", "after", "reason"}
FIELDS |= {"attention", "previous_hash", "hash"}


@pytest.fixture
def worked(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Three changes of two people; each command is a program of its own, so each remembers how far it got."""
    monkeypatch.setattr(audit_heads, "SECONDS_BETWEEN_NOTES", 0.0)
    assert cli("users", "edit", "--site", "MAIN", "--email", RUTH, "--last", "Olson").code == 0
    assert cli("users", "reactivate", "--site", "MAIN", "--email", INA).code == 0
    assert cli("users", "edit", "--site", "MAIN", "--email", RUTH, "--first", "Rut").code == 0
    return cli


def tamper(portal: Engine, statement: str) -> None:
    with writing(portal) as connection:
        connection.execute(text(statement))


def test_that_events_are_listed_newest_first(worked: Cli) -> None:
    ran = worked("audit", "list", "--json")
    assert ran.code == 0
    assert [(row["id"], row["action"]) for row in ran.rows] == [
        (3, "user.edit"),
        (2, "user.reactivate"),
        (1, "user.edit"),
    ]
    last = ran.rows[-1]
    assert set(last) == FIELDS
    assert (last["subject"], last["operator"], last["site"]) == (RUTH, operator_name(), "MAIN")
    assert (last["before"]["last_name"], last["after"]["last_name"]) == ("Olsen", "Olson")
    assert last["at"].endswith("Z")


def test_that_events_are_chosen_by_person_action_operator_and_time(worked: Cli) -> None:
    def ids(*words: str) -> list[int]:
        return [row["id"] for row in worked("audit", "list", "--json", *words).rows]

    operation = worked("audit", "list", "--json").rows[0]["operation_id"]
    assert ids("--person", RUTH.upper()) == [3, 1]
    assert ids("--action", "user.reactivate") == [2]
    assert ids("--operator", "nobody") == []
    assert ids("--operation", operation) == [3]
    assert ids("--site", "MAIN", "--since", "2000-01-01", "--until", "2000-01-02") == []
    assert ids("--since", "2000-01-01T00:00Z") == [3, 2, 1]


def test_that_people_read_sentences(worked: Cli) -> None:
    shown = worked("audit", "list", "--person", RUTH).stdout.decode()
    assert "Changed last name: Olsen → Olson" in shown
    assert worked("audit", "list", "--person", "who@x.example").stderr.strip() == "No event matches."


def test_that_a_filter_that_names_nothing_says_what_there_is(worked: Cli) -> None:
    ran = worked("audit", "list", "--action", "nosuch", "--operator", "nobody")
    assert (ran.code, ran.stdout) == (0, b"")
    assert "There is no action nosuch; actions are: user.edit, user.reactivate." in ran.stderr
    assert f"Nobody named nobody did anything; operators are: {operator_name()}." in ran.stderr
    quiet = worked("audit", "list", "--action", "nosuch", "--json")
    assert (quiet.code, quiet.stdout, quiet.stderr) == (0, b"", "")


def test_that_people_read_how_a_caller_was_verified(worked: Cli) -> None:
    worked(
        "users", "verify", "--site", "MAIN", "--email", RUTH, "--method", "code", "--note", "to 402-555-0142"
    )
    shown = worked("audit", "list", "--action", "caller.verify").stdout.decode()
    assert "to 402-555-0142" in shown


def test_that_a_time_that_is_none_is_refused(cli: Cli) -> None:
    ran = cli("audit", "list", "--since", "yesterday", "--json")
    assert (ran.code, ran.error["field"]) == (1, "since")


def test_that_a_sound_audit_is_proved(worked: Cli) -> None:
    ran = worked("audit", "verify", "--json")
    last = worked("audit", "list", "--json").rows[0]
    assert ran.code == 0
    assert ran.row == {"sound": True, "lines": 3, "head": {"id": 3, "hash": last["hash"]}, "broken": None}
    assert worked("audit", "verify").stdout.decode().startswith("Sound: 3 lines")


def test_that_the_first_broken_line_is_named(worked: Cli, portal: Engine) -> None:
    tamper(portal, "update audit_event set operator = 'somebody' where id = 2")
    ran = worked("audit", "verify", "--json")
    assert (ran.code, ran.row["sound"], ran.row["lines"], ran.row["broken"]["id"]) == (1, False, 1, 2)
    assert "edited" in ran.row["broken"]["problem"]
    assert worked("audit", "verify").stdout.decode().startswith("Broken at line 2. It was edited")


def test_that_this_machine_remembers_how_far_the_audit_got(worked: Cli, portal: Engine) -> None:
    tamper(portal, "delete from audit_event where id > 1")
    ran = worked("audit", "verify", "--json")
    assert (ran.code, ran.row["broken"]["id"]) == (1, 2)
    assert "Lines 2 to 3 are missing: this desk had line 3 as the last one" in ran.row["broken"]["problem"]
    accepted = worked("audit", "accept-restore", "--reason", "agreed", "--json")
    assert (accepted.code, accepted.row["id"]) == (0, 2)
    assert worked("audit", "verify").code == 0
    again = worked("audit", "accept-restore", "--reason", "agreed", "--json")
    assert (again.code, again.error["kind"]) == (1, "refused")


def test_that_a_head_kept_elsewhere_is_looked_for(
    worked: Cli, portal: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "head.json"
    kept = worked("audit", "export-head", str(file), "--json")
    assert kept.code == 0
    assert json.loads(file.read_bytes()) == kept.row
    assert set(kept.row) == {"id", "hash", "at", "database"}
    assert worked("audit", "export-head").row["hash"] == kept.row["hash"]
    monkeypatch.setenv("PORTAL_ADMIN_HOME", str(tmp_path / "another machine"))
    tamper(portal, "delete from audit_event where id > 2")
    assert worked("audit", "verify").code == 0
    ran = worked("audit", "verify", "--head", str(file), "--json")
    assert (ran.code, ran.row["broken"]["id"]) == (1, 3)
    assert "the head that was kept" in ran.row["broken"]["problem"]


def test_that_a_head_that_was_kept_is_not_overwritten_by_mistake(worked: Cli, tmp_path: Path) -> None:
    file = tmp_path / "head.json"
    assert worked("audit", "export-head", str(file)).code == 0
    before = file.read_bytes()
    again = worked("audit", "export-head", str(file), "--json")
    assert (again.code, again.error["field"]) == (1, "file")
    assert file.read_bytes() == before
    assert worked("users", "edit", "--site", "MAIN", "--email", RUTH, "--first", "Ruth").code == 0
    assert worked("audit", "export-head", str(file), "--overwrite").code == 0
    assert json.loads(file.read_bytes())["id"] == 4
    assert [path.name for path in tmp_path.iterdir() if "head" in path.name] == ["head.json"]


def test_that_no_head_is_kept_of_a_broken_audit(worked: Cli, portal: Engine, tmp_path: Path) -> None:
    tamper(portal, "update audit_event set operator = 'somebody' where id = 2")
    ran = worked("audit", "export-head", str(tmp_path / "head.json"), "--json")
    assert (ran.code, ran.error["rule"]) == (1, "sound_audit")
    assert "broken at line 2" in ran.error["message"]
    assert not (tmp_path / "head.json").exists()
    assert worked("audit", "export-head").code == 1


def test_that_a_terminal_is_told_how_far_a_proof_has_got(
    worked: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert worked("audit", "verify").stderr == ""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    ran = worked("audit", "verify")
    assert "Verifying… 100 %" in ran.stderr
    assert ran.stderr.endswith("\r")


def test_that_a_file_that_is_no_head_is_refused(cli: Cli, tmp_path: Path) -> None:
    assert cli("audit", "verify", "--head", str(tmp_path / "none"), "--json").error["kind"] == "not_found"
    file = tmp_path / "wrong.json"
    file.write_text("{}", encoding="utf-8")
    assert cli("audit", "verify", "--head", str(file), "--json").error["field"] == "head"
    file.write_bytes(b"\xff\xfe\x00")
    assert cli("audit", "verify", "--head", str(file), "--json").error["field"] == "head"


def test_that_an_export_is_an_event_itself(worked: Cli, tmp_path: Path) -> None:
    file = tmp_path / "audit.csv"
    ran = worked("audit", "export", str(file), "--person", RUTH, "--json")
    assert (ran.code, ran.row) == (0, {"file": str(file), "rows": 2})
    lines = file.read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == 3
    assert "Changed last name: Olsen → Olson" in lines[2]
    event = worked("audit", "list", "--json").rows[0]
    assert (event["action"], event["after"]) == ("audit.export", {"person": RUTH, "rows": 2})
    again = worked("audit", "export", str(file), "--json")
    assert (again.code, again.error["field"]) == (1, "file")
    assert worked("audit", "export", str(file), "--overwrite").code == 0


def test_that_a_restored_backup_is_noticed_explained_and_accepted(
    worked: Cli, portal: Engine, tmp_path: Path
) -> None:
    backup = tmp_path / "monday.db"
    assert worked("db", "backup", str(backup)).code == 0
    for name in ("Tuesday", "Wednesday"):
        assert worked("users", "edit", "--site", "MAIN", "--email", RUTH, "--first", name).code == 0
    portal.dispose()
    assert worked("db", "restore", str(backup)).code == 0
    ran = worked("audit", "verify", "--json")
    assert (ran.code, ran.row["broken"]["id"]) == (1, 6)
    problem = ran.row["broken"]["problem"]
    assert f"Line 5 says that {operator_name()} restored a backup" in problem
    assert "portal-admin audit accept-restore" in problem
    assert worked("audit", "accept-restore", "--reason", "the disk failed").code == 0
    assert worked("audit", "verify").code == 0
