"""`access`, `accounts`, `links`, `users` and `sites` from end to end: shapes, order, exit codes, last lines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from portal_admin.aspire.client import AspireClient
from portal_admin.domain.people import Status
from portal_admin.models.engine import writing
from tests.cli.spine import Cli, command_line
from tests.services.filled import add_site, add_user, audit_rows, everything, receive, set_confirmed

RUTH, PAUL, INA = "ruth@prairie.example", "paul@new.example", "ina@old.example"
ON_RUTH = ("--site", "MAIN", "--email", RUTH)


@pytest.fixture
def portal(
    engine: Engine, sandbox: Any, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Engine]:
    """A portal that received ASPIRE a minute ago; the profile comes from the environment."""
    client = AspireClient(sandbox.url, user="sandbox", password=lambda: "sandbox")
    receive(engine, client, at=datetime.now(UTC) - timedelta(minutes=1))
    client.close()
    with writing(engine) as connection:
        main = add_site(connection, "MAIN", ["NORTHWIND"], unlabelled=True)
        prairie = add_site(connection, "PRAIRIE", ["PRAIRIE"])
        add_user(connection, main, RUTH, [(1, "A-001")])
        add_user(connection, main, PAUL, [(2, "A-002")], first="Paul", last="New", status=Status.PENDING)
        add_user(connection, main, INA, [(4, "A-004"), (3, "A-003")], first="Ina", status=Status.INACTIVE)
        add_user(connection, prairie, "é@x.example", [(1, "A-001")])
        add_user(connection, prairie, "z@x.example", [(1, "A-001")])
    for name, value in {
        "DATABASE_URL": database_url,
        "ASPIRE_URL": sandbox.url,
        "ASPIRE_USER": "sandbox",
        "ASPIRE_PASSWORD": "sandbox",
    }.items():
        monkeypatch.setenv(f"PORTAL_ADMIN_{name}", value)
    return engine


@pytest.fixture
def cli(portal: Engine, capfdbinary: Any) -> Cli:
    return command_line(capfdbinary)


def age(engine: Engine, minutes: float | None) -> None:
    with writing(engine) as connection:
        set_confirmed(connection, None if minutes is None else datetime.now(UTC) - timedelta(minutes=minutes))


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


# Lists


def test_that_a_contract_list_is_the_reports_rows_of_that_user_without_site_and_email(cli: Cli) -> None:
    listed = cli("access", "contracts", *ON_RUTH, "--json")
    assert listed.code == 0
    assert listed.rows[0] == {
        "contract_id": "0012-0045",
        "area": "open",
        "via": [{"account_id": "A-001", "role": "Customer"}],
    }
    report = cli("access", "report", "--json").rows
    mine = [row for row in report if (row["site"], row["email"]) == ("MAIN", RUTH)]
    assert [{"site": "MAIN", "email": RUTH} | row for row in listed.rows] == mine


def test_that_the_report_is_ordered_by_site_email_and_contract_in_code_points(cli: Cli) -> None:
    ran = cli("access", "report", "--json")
    assert (ran.code, list(ran.rows[0])) == (0, ["site", "email", "contract_id", "area", "via"])
    keys = [(row["site"], row["email"], row["contract_id"]) for row in ran.rows]
    assert keys == sorted(keys)
    assert [email for site, email, _ in keys if site == "PRAIRIE"] == ["z@x.example", "é@x.example"]
    assert {row["email"] for row in ran.rows}.isdisjoint({PAUL, INA})


def test_that_the_report_adds_what_others_would_see_with_their_status(cli: Cli) -> None:
    rows = cli("access", "report", "--include-inactive", "--json").rows
    assert {row["email"]: row["status"] for row in rows} == {
        RUTH: "Active",
        PAUL: "Pending",
        INA: "Inactive",
        "é@x.example": "Active",
        "z@x.example": "Active",
    }
    keys = [(row["site"], row["email"], row["contract_id"]) for row in rows]
    assert keys == sorted(keys)


def test_that_viewers_come_with_name_and_status(cli: Cli) -> None:
    ran = cli("access", "who", "--contract", "0012-0045", "--json")
    assert ran.code == 0
    assert ran.rows[0] == {
        "site": "MAIN",
        "email": INA,
        "name": "Ina Olsen",
        "status": "Inactive",
        "contract_id": "0012-0045",
        "area": "open",
        "via": [{"account_id": "A-003", "role": "Guarantor"}],
    }


def test_that_users_are_listed_as_json_lines_by_site_and_email(cli: Cli) -> None:
    ran = cli("users", "list", "--json")
    assert ran.code == 0
    assert [(row["site"], row["email"]) for row in ran.rows] == [
        ("MAIN", INA),
        ("MAIN", PAUL),
        ("MAIN", RUTH),
        ("PRAIRIE", "z@x.example"),
        ("PRAIRIE", "é@x.example"),
    ]
    assert ran.rows[0] == {
        "site": "MAIN",
        "email": INA,
        "first_name": "Ina",
        "last_name": "Olsen",
        "status": "Inactive",
        "version": 1,
        "accounts": ["A-003", "A-004"],
    }
    assert cli("users", "show", "--site", "MAIN", "--email", INA, "--json").row == ran.rows[0]


@pytest.mark.parametrize(
    ("words", "emails"),
    [
        (("--site", "prairie"), ["z@x.example", "é@x.example"]),
        (("--status", "pending", "--status", "inactive"), [INA, PAUL]),
        (("--text", "paul"), [PAUL]),
        (("--text", "%"), []),
        (("--text", "\udcff"), []),
    ],
)
def test_that_the_user_list_is_narrowed(cli: Cli, words: tuple[str, ...], emails: list[str]) -> None:
    ran = cli("users", "list", *words, "--json")
    assert (ran.code, [row["email"] for row in ran.rows]) == (0, emails)


def test_that_sites_are_listed_in_their_shape(cli: Cli) -> None:
    assert cli("sites", "list", "--json").rows == [
        {"key": "MAIN", "name": "Site MAIN", "labels": ["NORTHWIND"], "unlabelled": True},
        {"key": "PRAIRIE", "name": "Site PRAIRIE", "labels": ["PRAIRIE"], "unlabelled": False},
    ]


def test_that_accounts_are_found_in_their_shape_offered_ones_first(cli: Cli) -> None:
    ran = cli("accounts", "find", "--site", "MAIN", "A-00", "--json")
    assert ran.code == 0
    assert ran.rows[0] == {
        "account_id": "A-005",
        "name": "Blue Heron Dental Group",
        "verdict": "offered",
        "reasons": [],
    }
    assert {row["account_id"]: row["reasons"] for row in ran.rows}["A-004"] == [
        "active_contract",
        "same_contract",
    ]


def test_that_a_search_that_finds_none_is_done_and_says_so(cli: Cli) -> None:
    ran = cli("accounts", "find", "--site", "MAIN", "nobody at all", "--json")
    assert (ran.code, ran.stdout) == (0, b"")
    told = cli("accounts", "find", "--site", "MAIN", "nobody at all")
    assert "no account like" in told.stderr


# Stale and silent


@pytest.mark.parametrize("minutes", [31, None])
@pytest.mark.parametrize(
    "words",
    [
        ("access", "report"),
        ("access", "report", "--include-inactive"),
        ("access", "who", "--contract", "0012-0045"),
        ("access", "contracts", *ON_RUTH),
        ("links", "preview", "--site", "MAIN", "--email", PAUL, "--account", "A-001", "--add"),
        ("sites", "set-labels", "MAIN", "--label", "PRAIRIE", "--dry-run"),
        ("accounts", "find", "--site", "MAIN", "prairie"),
    ],
)
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


# Changes


def test_that_a_user_is_created_pending_with_several_accounts(cli: Cli, portal: Engine) -> None:
    words = ("--site", "main", "--email", "New@X.example", "--first", "Nora", "--last", "New")
    ran = cli("users", "create", *words, "--account", "A-003", "--account", "A-001", "--json")
    assert (ran.code, ran.row) == (
        0,
        {
            "site": "MAIN",
            "email": "new@x.example",
            "first_name": "Nora",
            "last_name": "New",
            "status": "Pending",
            "version": 1,
            "accounts": ["A-001", "A-003"],
        },
    )
    told = cli("users", "show", "--site", "MAIN", "--email", "new@x.example")
    assert "queued, not yet sent" in told.stdout.decode()
    (row,) = audit_rows(portal)
    assert row.action == "user.create"


def test_that_a_user_with_a_login_elsewhere_is_created_active(cli: Cli) -> None:
    words = ("--site", "MAIN", "--email", "n@x.example", "--first", "N", "--last", "N", "--account", "A-001")
    assert cli("users", "create", *words, "--status", "active", "--json").row["status"] == "Active"


LIFE = [
    (("users", "edit", *ON_RUTH, "--last", "Olsson"), {"last_name": "Olsson", "version": 2}),
    (("users", "deactivate", *ON_RUTH), {"status": "Inactive", "version": 2}),
    (("users", "reactivate", "--site", "MAIN", "--email", INA), {"status": "Active"}),
    (("users", "reset", *ON_RUTH), {"mail": {"kind": "reset", "status": "queued"}}),
    (
        ("users", "resend", "--site", "MAIN", "--email", PAUL),
        {"mail": {"kind": "registration", "status": "queued"}},
    ),
    (
        ("users", "change-email", *ON_RUTH, "--to", "r@new.example"),
        {"email": "r@new.example", "status": "Pending"},
    ),
    (
        ("links", "add", *ON_RUTH, "--account", "A-003", "--account", "A-005"),
        {"accounts": ["A-001", "A-003", "A-005"]},
    ),
    (("links", "remove", "--site", "MAIN", "--email", INA, "--account", "A-004"), {"accounts": ["A-003"]}),
]


@pytest.mark.parametrize(("words", "expected"), LIFE)
def test_that_an_action_prints_the_user_it_leaves(
    cli: Cli, words: tuple[str, ...], expected: dict[str, Any]
) -> None:
    ran = cli(*words, "--json")
    assert ran.code == 0
    assert ran.row | expected == ran.row


REFUSED = [
    (("users", "resend", *ON_RUTH), "status:resend"),
    (("users", "reset", "--site", "MAIN", "--email", PAUL), "status:reset"),
    (("users", "deactivate", "--site", "MAIN", "--email", PAUL), "status:deactivate"),
    (("users", "reactivate", *ON_RUTH), "status:reactivate"),
    (
        ("users", "change-email", "--site", "MAIN", "--email", INA, "--to", "x@y.example"),
        "status:change-email",
    ),
    (("users", "change-email", *ON_RUTH, "--to", PAUL.upper()), "unique_email"),
    (
        (
            "users",
            "create",
            "--site",
            "MAIN",
            "--email",
            RUTH,
            "--first",
            "R",
            "--last",
            "O",
            "--account",
            "A-001",
        ),
        "unique_email",
    ),
    (("links", "add", *ON_RUTH, "--account", "A-006"), "role"),
    (("links", "add", *ON_RUTH, "--account", "A-004"), "active_contract"),
    (("links", "add", *ON_RUTH, "--account", "A-001"), "already_linked"),
    (("links", "remove", *ON_RUTH, "--account", "A-001"), "last_link"),
    (("sites", "create", "main", "--name", "Again"), "unique_site"),
]


@pytest.mark.parametrize(("words", "rule"), REFUSED)
def test_that_a_refusal_exits_1_changes_nothing_and_names_its_rule(
    cli: Cli, portal: Engine, words: tuple[str, ...], rule: str
) -> None:
    before = everything(portal)
    ran = cli(*words, "--json")
    assert (ran.code, ran.error["kind"], ran.error["rule"]) == (1, "refused", rule)
    assert {"kind", "title", "message"} <= ran.error.keys()
    assert len(ran.rows) == 1
    told = cli(*words)
    assert (told.code, told.stdout) == (1, b"")
    assert ran.error["message"] in told.stderr.replace("\n", " ")
    assert everything(portal) == before


NOT_DONE = [
    (("users", "show", "--site", "MAIN", "--email", "x@y.example"), "not_found"),
    (("users", "show", "--site", "NOWHERE", "--email", RUTH), "not_found"),
    (("users", "list", "--site", "NOWHERE"), "not_found"),
    (
        ("access", "explain", "--site", "MAIN", "--email", "x@y.example", "--contract", "0012-0045"),
        "not_found",
    ),
    (("access", "contracts", "--site", "NOWHERE", "--email", RUTH), "not_found"),
    (("access", "who", "--contract", "0099-0001"), "not_found"),
    (("accounts", "find", "--site", "NOWHERE", "prairie"), "not_found"),
    (("accounts", "find", "--site", "MAIN", " "), "invalid_input"),
    (("links", "remove", *ON_RUTH, "--account", "A-002"), "not_found"),
    (("links", "preview", *ON_RUTH, "--account", "A-404", "--add"), "not_found"),
    (("links", "preview", *ON_RUTH, "--account", "A-002", "--remove"), "not_found"),
    (("sites", "set-labels", "NOWHERE", "--unlabelled"), "not_found"),
    (("sites", "create", "a b", "--name", "N"), "invalid_input"),
    (("users", "edit", *ON_RUTH, "--first", "\x1b[2J"), "invalid_input"),
    (("users", "edit", *ON_RUTH, "--first", "X", "--version", "7"), "conflict"),
    (("users", "change-email", *ON_RUTH, "--to", "no address"), "invalid_input"),
    (("users", "show", "--site", "\udcff", "--email", "\udcff"), "not_found"),
    (("access", "who", "--contract", "\udcff"), "not_found"),
]


@pytest.mark.parametrize(("words", "kind"), NOT_DONE)
def test_that_what_is_not_found_or_not_usable_exits_1_with_the_error_last(
    cli: Cli, words: tuple[str, ...], kind: str
) -> None:
    ran = cli(*words, "--json")
    assert (ran.code, ran.error["kind"], len(ran.rows)) == (1, kind, 1)
    assert ran.error["title"]
    assert ran.error["message"]


@pytest.mark.parametrize(
    "words",
    [
        ("access", "explain", *ON_RUTH),
        ("access", "nothing"),
        ("accounts", "find", "prairie"),
        ("users", "create", *ON_RUTH, "--first", "R", "--last", "O"),
        ("users", "list", "--status", "deleted"),
        (
            "users",
            "create",
            *ON_RUTH,
            "--first",
            "R",
            "--last",
            "O",
            "--account",
            "A-1",
            "--status",
            "inactive",
        ),
        ("links", "preview", *ON_RUTH, "--account", "A-001"),
        ("links", "preview", *ON_RUTH, "--account", "A-001", "--add", "--remove"),
        ("links", "add", *ON_RUTH),
        ("sites", "create", "--name", "N"),
        ("users", "edit", *ON_RUTH, "--version", "one"),
        ("users", "edit", *ON_RUTH, "--email-address", "x"),
    ],
)
def test_that_a_wrong_command_line_exits_2(cli: Cli, words: tuple[str, ...]) -> None:
    ran = cli(*words, "--json")
    assert (ran.code, ran.error["kind"]) == (2, "usage")


# Previews


def test_that_a_link_preview_has_its_shape(cli: Cli, portal: Engine) -> None:
    before = everything(portal)
    words = ("links", "preview", "--site", "MAIN", "--email", PAUL, "--account", "A-001")
    ran = cli(*words, "--add", "--json")
    assert (ran.code, ran.row) == (
        0,
        {
            "gained": [
                {"contract_id": "0012-0045", "area": "open"},
                {"contract_id": "0012-0046", "area": "closed"},
                {"contract_id": "0012-0050", "area": "open"},
                {"contract_id": "EG-2019-7", "area": "open"},
            ],
            "lost": [],
            "hidden": [
                {"contract_id": "0012-0047", "reasons": ["booked"]},
                {"contract_id": "0012-0048", "reasons": ["private_label"]},
                {"contract_id": "0012-0049", "reasons": ["private_label"]},
            ],
        },
    )
    assert everything(portal) == before


def test_that_a_label_preview_changes_nothing_and_the_change_is_what_it_said(
    cli: Cli, portal: Engine
) -> None:
    words = ("sites", "set-labels", "MAIN", "--label", "prairie", "--json")
    before = everything(portal)
    shown = cli(*words, "--dry-run")
    assert everything(portal) == before
    done = cli(*words)
    assert (shown.code, done.code) == (0, 0)
    assert (shown.row["gained"], shown.row["lost"]) == (done.row["gained"], done.row["lost"])
    assert {"email": RUTH, "status": "Active", "contract_id": "0012-0049", "area": "open"} in shown.row[
        "gained"
    ]
    assert done.row["site"] == {
        "key": "MAIN",
        "name": "Site MAIN",
        "labels": ["prairie"],
        "unlabelled": False,
    }
    assert cli("sites", "list", "--json").rows[0]["labels"] == ["prairie"]


def test_that_a_site_is_created(cli: Cli) -> None:
    ran = cli(
        "sites", "create", "WEST", "--name", "West", "--label", "B", "--label", "A", "--unlabelled", "--json"
    )
    assert (ran.code, ran.row) == (
        0,
        {"key": "WEST", "name": "West", "labels": ["A", "B"], "unlabelled": True},
    )


def test_that_a_failed_read_after_a_creation_is_a_warning_and_no_failure(cli: Cli, sandbox: Any) -> None:
    sandbox.fault(status=500)
    words = ("--site", "MAIN", "--email", "n@x.example", "--first", "N", "--last", "N", "--account", "A-001")
    ran = cli("users", "create", *words, "--json")
    assert (ran.code, ran.row["email"]) == (0, "n@x.example")
    assert "Warning: Saved, but A-001" in ran.stderr


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
