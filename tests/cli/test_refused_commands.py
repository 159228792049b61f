"""Commands that change nothing: refused, not found, not usable or misspelt."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from tests.cli.people import INA, ON_RUTH, PAUL, RUTH
from tests.cli.spine import Cli
from tests.services.filled import everything

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
    (("users", "change-email", *ON_RUTH, "--to", RUTH.upper()), "unique_email"),
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
        ("users", "edit", *ON_RUTH),
        ("users", "edit", *ON_RUTH, "--version", "1"),
        ("users", "edit", *ON_RUTH, "--email-address", "x"),
    ],
)
def test_that_a_wrong_command_line_exits_2(cli: Cli, words: tuple[str, ...]) -> None:
    ran = cli(*words, "--json")
    assert (ran.code, ran.error["kind"]) == (2, "usage")


@pytest.mark.parametrize("typed", ["", " ", "9" * 65])
@pytest.mark.parametrize(
    "words",
    [
        ("access", "explain", *ON_RUTH, "--contract"),
        ("access", "who", "--contract"),
        ("accounts", "explain", "--site", "MAIN", "--account"),
        ("links", "add", *ON_RUTH, "--account"),
        ("links", "preview", *ON_RUTH, "--add", "--account"),
        ("fields", "show", "--contract"),
        ("fields", "check", "--contract"),
    ],
)
def test_that_an_id_that_aspire_could_not_hold_gets_no_verdict(
    cli: Cli, words: tuple[str, ...], typed: str
) -> None:
    ran = cli(*words, typed, "--json")
    assert (ran.code, ran.error["kind"], len(ran.rows)) == (1, "invalid_input", 1)
    assert " id" in ran.error["message"]


def test_that_a_site_key_in_use_is_named_as_it_was_created(cli: Cli) -> None:
    assert "There is a site MAIN already." in cli("sites", "create", "main", "--name", "Again").stderr
