"""What `users`, `links` and `sites` change, and what they print before and after."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine

from tests.cli.people import CALLED, INA, ON_RUTH, PAUL, RUTH
from tests.cli.spine import Cli
from tests.services.filled import audit_rows, everything

# Changes


def test_that_a_user_is_created_pending_with_several_accounts(cli: Cli, portal: Engine) -> None:
    words = ("--site", "main", "--email", "New@X.example", "--first", "Nora", "--last", "New")
    ran = cli("users", "create", *words, "--account", "A-003", "--account", "A-001", "--json")
    row = ran.row
    mail = row.pop("last_mail")
    assert (mail["kind"], mail["status"]) == ("registration", "queued")
    assert (ran.code, row) == (
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
    (("users", "reset", *ON_RUTH, *CALLED), {"mail": {"kind": "reset", "status": "queued"}}),
    (
        ("users", "resend", "--site", "MAIN", "--email", PAUL),
        {"mail": {"kind": "registration", "status": "queued"}},
    ),
    (
        ("users", "change-email", *ON_RUTH, "--to", "r@new.example", *CALLED),
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


def test_that_a_failed_read_after_a_creation_is_a_warning_and_no_failure(cli: Cli, sandbox: Any) -> None:
    sandbox.fault(status=500)
    words = ("--site", "MAIN", "--email", "n@x.example", "--first", "N", "--last", "N", "--account", "A-001")
    ran = cli("users", "create", *words, "--json")
    assert (ran.code, ran.row["email"]) == (0, "n@x.example")
    assert "Warning: Saved, but A-001" in ran.stderr


def test_that_a_site_is_created(cli: Cli) -> None:
    ran = cli(
        "sites", "create", "WEST", "--name", "West", "--label", "B", "--label", "A", "--unlabelled", "--json"
    )
    assert (ran.code, ran.row) == (
        0,
        {"key": "WEST", "name": "West", "labels": ["A", "B"], "unlabelled": True},
    )


@pytest.mark.parametrize(
    "given",
    [
        ("--account", "A-003", "A-005"),
        ("--account", "A-003", "--account", "A-005"),
        ("--account", "A-003", "A-005", "--account", "A-005"),
    ],
)
def test_that_several_accounts_follow_one_option_or_each_its_own(cli: Cli, given: tuple[str, ...]) -> None:
    assert cli("links", "preview", *ON_RUTH, *given, "--add", "--json").code == 0
    assert cli("links", "add", *ON_RUTH, *given, "--json").row["accounts"] == ["A-001", "A-003", "A-005"]
    assert cli("links", "remove", *ON_RUTH, *given, "--json").row["accounts"] == ["A-001"]
    new = ("--site", "MAIN", "--email", "n@x.example", "--first", "N", "--last", "N")
    assert cli("users", "create", *new, *given, "--json").row["accounts"] == ["A-003", "A-005"]


def test_that_several_labels_follow_one_option(cli: Cli) -> None:
    ran = cli("sites", "create", "WEST", "--name", "West", "--label", "B", "A", "--label", "C", "--json")
    assert ran.row["labels"] == ["A", "B", "C"]


def test_that_a_changed_address_tells_what_becomes_of_both_users(cli: Cli) -> None:
    ran = cli("users", "change-email", *ON_RUTH, "--to", "r@new.example", *CALLED)
    assert ran.stderr.splitlines() == [
        f"{RUTH} is Inactive now. r@new.example is Pending, and a registration mail to that address is queued, "
        "not yet sent."
    ]


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
            "refused": None,
            "look_alikes": [{"account_id": "A-002", "name": "Prairie Hauling, L.L.C."}],
        },
    )
    assert everything(portal) == before


def test_that_look_alikes_of_what_is_linked_are_named(cli: Cli) -> None:
    said = (
        "Warning: Prairie Hauling LLC (A-001) is easily mistaken for Prairie Hauling, L.L.C. (A-002). "
        "Make sure that it is the right one."
    )
    on_paul = ("--site", "MAIN", "--email", PAUL, "--account", "a-001")
    created = ("users", "create", "--site", "MAIN", "--email", "n@x.example", "--first", "N", "--last", "X")
    assert said in cli("links", "preview", *on_paul, "--add").stderr
    assert said in cli("links", "add", *on_paul).stderr
    assert said in cli(*created, "--account", "A-001").stderr
    assert "mistaken" not in cli("links", "remove", *on_paul).stderr


@pytest.mark.parametrize(
    ("change", "rule"), [(("A-006", "--add"), "role"), (("A-001", "--remove"), "last_link")]
)
def test_that_a_link_preview_warns_that_the_change_would_be_refused(
    cli: Cli, change: tuple[str, str], rule: str
) -> None:
    ran = cli("links", "preview", *ON_RUTH, "--account", *change, "--json")
    assert (ran.code, ran.row["refused"]["rule"]) == (0, rule)
    assert ran.row["refused"]["message"] in ran.stderr
    assert "would be refused" in cli("links", "preview", *ON_RUTH, "--account", *change).stderr


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
    assert shown.row["site"]["labels"] == ["NORTHWIND"]
    assert shown.row["proposed"] == done.row["site"] == done.row["proposed"]
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


def test_that_labels_that_look_like_a_slip_are_warned_of(cli: Cli) -> None:
    shown = cli("sites", "set-labels", "MAIN", "--label", "Northwindd", "prairie", "--dry-run")
    assert "Warning: No booked contract has the label Northwindd; known labels: " in shown.stderr
    assert "northwind, PRAIRIE" in shown.stderr
    assert "Warning: Site PRAIRIE takes the label prairie too" in shown.stderr
    made = cli("sites", "create", "NEW", "--name", "New", "--unlabelled", "--json")
    assert (made.code, made.row["key"]) == (0, "NEW")
    assert (
        made.stderr
        == "Warning: Site MAIN takes contracts without a label too: each contract shows on both.\n"
    )
    assert "Warning" not in cli("sites", "set-labels", "MAIN", "--label", "NORTHWIND").stderr


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        (["EASTERN", "--unlabelled"], "0 contracts gained and 1 contract lost by 1 end user."),
        (["NORTHWIND", "--unlabelled"], "0 contracts gained and 0 contracts lost by 0 end users."),
    ],
)
def test_that_a_label_preview_counts_in_words(cli: Cli, labels: list[str], said: str) -> None:
    assert said in cli("sites", "set-labels", "MAIN", "--label", *labels, "--dry-run").stderr
