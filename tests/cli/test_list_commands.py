"""What `access`, `users`, `sites` and `accounts` list: shape and order."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cli.people import INA, ON_RUTH, PAUL, RUTH
from tests.cli.spine import Cli
from tests.fixtures.sandbox import contract


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
        "last_mail": None,
    }
    shown = cli("users", "show", "--site", "MAIN", "--email", INA, "--json").row
    assert shown == ran.rows[0] | {"flags": []}


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


def test_that_an_account_search_from_which_aspire_withheld_one_warns_and_exits_3(
    cli: Cli, sandbox: Any
) -> None:
    sandbox.put("Accounts", {"AccountOid": 50, "AccountId": "A-050", "Name": "Prairie Secret LLC"})
    sandbox.fault(deny="Accounts/50")
    ran = cli("accounts", "find", "--site", "MAIN", "prairie", "--json")
    assert (ran.code, [row["account_id"] for row in ran.rows]) == (3, ["A-001", "A-002"])
    assert "Warning: ASPIRE withheld 1 account that fits" in ran.stderr
    assert b"Secret" not in ran.stdout


def test_that_an_account_search_without_aspire_lists_the_copy_warns_and_exits_3(
    cli: Cli, sandbox: Any
) -> None:
    sandbox.fault(status=500)
    ran = cli("accounts", "find", "--site", "MAIN", "prairie", "--json")
    assert (ran.code, [row["account_id"] for row in ran.rows]) == (3, ["A-001", "A-002"])
    assert "Warning: only the portal's copy was searched" in ran.stderr


def test_that_a_contract_not_received_yet_is_seen_by_nobody_and_said_so(cli: Cli, sandbox: Any) -> None:
    sandbox.put("Contracts", contract(500, "0500-0001", 1))
    ran = cli("access", "who", "--contract", "0500-0001", "--json")
    assert (ran.code, ran.stdout) == (0, b"")
    assert "The portal has not received contract 0500-0001 yet: nobody sees it." in ran.stderr
