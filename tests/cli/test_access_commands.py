"""Verdicts and reports from end to end: their shape, and exit 3 where nobody could look."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, insert

from portal_admin.models import sync_run
from portal_admin.models.engine import writing
from tests.cli.people import ON_RUTH, PAUL, age
from tests.cli.spine import Cli
from tests.services.filled import everything

# Verdicts

CHECK_KEYS = ["check", "result", "evidence", "source", "as_of", "fix"]
A_CHECKS = ["exists", "booked", "role", "private_label", "user_active", "synced", "restored", "look_alike"]
B_CHECKS = ["exists", "role", "active_contract", "private_label", "same_contract", "synced", "look_alike"]


@pytest.mark.parametrize(
    ("contract", "verdict", "area"),
    [
        ("0012-0045", "visible", "open"),
        ("0012-0046", "visible", "closed"),
        ("0012-0047", "not_visible", None),
    ],
)
def test_that_an_explanation_has_the_shape_of_a_verdict(
    cli: Cli, contract: str, verdict: str, area: str | None
) -> None:
    ran = cli("access", "explain", *ON_RUTH, "--contract", contract, "--json")
    assert (ran.code, ran.stderr) == (0, "")
    assert list(ran.row) == ["verdict", "area", "checks", "edition"]
    assert (ran.row["verdict"], ran.row["area"], ran.row["edition"]) == (verdict, area, "2026")
    assert [check["check"] for check in ran.row["checks"]] == A_CHECKS
    for check in ran.row["checks"]:
        assert list(check) == CHECK_KEYS
        assert check["result"] in {"pass", "fail", "unknown", "advice"}
        assert check["as_of"].endswith("Z")
        assert isinstance(check["evidence"], dict)


def test_that_an_offer_has_the_same_shape(cli: Cli) -> None:
    ran = cli("accounts", "explain", "--site", "MAIN", "--account", "A-004", "--json")
    assert ran.code == 0
    assert list(ran.row) == ["verdict", "area", "checks", "edition"]
    assert (ran.row["verdict"], ran.row["area"]) == ("not_offered", None)
    assert [check["check"] for check in ran.row["checks"]] == B_CHECKS
    assert all(list(check) == CHECK_KEYS for check in ran.row["checks"])


def test_that_a_verdict_that_cannot_be_told_is_printed_and_exits_3(
    cli: Cli, portal: Engine, sandbox: Any
) -> None:
    age(portal, 31)
    sandbox.fault(status=500)
    for words in (
        ("access", "explain", *ON_RUTH, "--contract", "0012-0045"),
        ("accounts", "explain", "--site", "MAIN", "--account", "A-001"),
    ):
        ran = cli(*words, "--json")
        assert (ran.code, ran.row["verdict"]) == (3, "cannot_tell")
        told = cli(*words)
        assert (told.code, told.stdout.splitlines()[0]) == (3, b"Cannot tell  (rules of 2026)")


def test_that_a_verdict_in_words_names_each_check_and_the_way_out(cli: Cli) -> None:
    lines = cli("access", "explain", *ON_RUTH, "--contract", "0012-0047").stdout.decode().splitlines()
    assert lines[0] == "Not visible  (rules of 2026)"
    assert [line.split(":")[0].split()[-1] for line in lines if "→" not in line][1:] == A_CHECKS
    assert any("Book the contract in ASPIRE" in line for line in lines)


def test_that_nothing_that_a_name_holds_reaches_the_terminal_as_a_command(cli: Cli, portal: Engine) -> None:
    with writing(portal) as connection:
        connection.exec_driver_sql("UPDATE aspire_account SET name = 'Evil\x1b[2J\u202eLLC' WHERE oid = 1")
    for words in (
        ("users", "show", *ON_RUTH),
        ("accounts", "find", "--site", "MAIN", "A-001"),
        ("access", "explain", *ON_RUTH, "--contract", "0012-0045"),
    ):
        ran = cli(*words)
        assert ran.code == 0
        assert b"\x1b" not in ran.stdout
        assert "\u202e" not in ran.stdout.decode()


# Stale and silent


REPORTS = [
    ("access", "report"),
    ("access", "report", "--include-inactive"),
    ("access", "who", "--contract", "0012-0045"),
    ("access", "contracts", *ON_RUTH),
    ("links", "preview", "--site", "MAIN", "--email", PAUL, "--account", "A-001", "--add"),
    ("sites", "set-labels", "MAIN", "--label", "PRAIRIE", "--dry-run"),
]


@pytest.mark.parametrize("words", REPORTS)
def test_that_a_report_after_a_restore_prints_warns_and_exits_3(
    cli: Cli, portal: Engine, words: tuple[str, ...]
) -> None:
    before = cli(*words, "--json")
    with writing(portal) as connection:
        run = {"started_at": datetime.now(UTC), "full": False, "outcome": "restored", "operator": "service"}
        connection.execute(insert(sync_run).values(**run))
    ran = cli(*words, "--json")
    assert (before.code, ran.code, ran.stdout) == (0, 3, before.stdout)
    assert "restored from a backup" in ran.stderr


@pytest.mark.parametrize("minutes", [31, None])
@pytest.mark.parametrize("words", [*REPORTS, ("accounts", "find", "--site", "MAIN", "prairie")])
def test_that_a_report_on_a_stale_snapshot_prints_warns_and_exits_3(
    cli: Cli, portal: Engine, words: tuple[str, ...], minutes: float | None
) -> None:
    fresh = cli(*words, "--json")
    age(portal, minutes)
    ran = cli(*words, "--json")
    assert (fresh.code, ran.code) == (0, 3)
    assert not any("error" in row for row in ran.rows)
    assert "copy of ASPIRE" in ran.stderr
    assert len(ran.rows) == len(fresh.rows) > 0


SILENT = {
    "who": ("access", "who", "--contract", "0099-0001"),
    "find": ("accounts", "find", "--site", "MAIN", "nobody at all"),
    "preview": ("links", "preview", *ON_RUTH, "--account", "A-404", "--add"),
    "link": ("links", "add", *ON_RUTH, "--account", "A-404"),
    "create": (
        *("users", "create", "--site", "MAIN", "--email", "n@x.example"),
        *("--first", "N", "--last", "N", "--account", "A-404"),
    ),
}


@pytest.mark.parametrize("name", SILENT)
def test_that_a_question_that_could_not_be_asked_exits_3_with_the_error_last(
    cli: Cli, portal: Engine, sandbox: Any, name: str
) -> None:
    before = everything(portal)
    sandbox.fault(status=500)
    ran = cli(*SILENT[name], "--json")
    assert ran.code == 3
    assert list(ran.error)[:3] == ["kind", "title", "message"]
    assert ran.error["kind"] == "could_not_look"
    assert len(ran.rows) == 1
    assert "sandbox" not in ran.error["message"]
    assert everything(portal) == before
